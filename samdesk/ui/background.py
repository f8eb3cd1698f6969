"""What is encoded while nobody waits for it: when, and what is remembered of it."""

from __future__ import annotations

import os

from PySide6.QtCore import QObject, QTimer, Signal

from samdesk.engine.base import CancelToken
from samdesk.runtime.inference import Inference
from samdesk.runtime.lane import Lane
from samdesk.runtime.power import is_on_battery
from samdesk.ui import words
from samdesk.ui.bridge import InferenceSignals
from samdesk.ui.workspace import Workspace

_POWER_ASKED_EVERY = 30_000  # ms
_REMEMBERED_WITHIN = 3_000  # ms


class Background(QObject):
    """Tells inference of the open folder, and pauses it by the user's word or on battery.

    Attributes:
        is_on: the user's word, for the settings.
        is_on_battery: as last seen.
    """

    changed = Signal()
    told = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        inference: Inference,
        signals: InferenceSignals,
        io: Lane,
        is_on: bool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._inference = inference
        self._io = io
        self.is_on = is_on
        self.is_on_battery = False
        self._is_despite_battery = False
        self._rows: dict[str, int] = {}
        self._to_remember: set[str] = set()
        self._power = QTimer(self, interval=_POWER_ASKED_EVERY)
        self._power.timeout.connect(self._ask_for_power)
        self._remembering = QTimer(self, interval=_REMEMBERED_WITHIN, singleShot=True)
        self._remembering.timeout.connect(self.remember)
        workspace.opened.connect(self._opened)
        workspace.relisted.connect(self._opened)
        signals.encode_finished.connect(lambda key, _seconds: self._encoded(key))
        signals.store_error.connect(lambda error: self.told.emit(words.explained(error)))
        inference.pause(self.is_paused)

    @property
    def waits_for_power(self) -> bool:
        """Whether it pauses by itself."""
        return self.is_on and self.is_on_battery and not self._is_despite_battery

    @property
    def is_paused(self) -> bool:
        """Whether nothing is encoded but the image on screen."""
        return not self.is_on or self.waits_for_power

    def start(self) -> None:
        """Looks at the power supply now, and now and then."""
        self._ask_for_power()
        self._power.start()

    def toggle(self) -> None:
        """Pauses or goes on."""
        self.set_on(self.is_paused)

    def set_on(self, is_on: bool) -> None:
        """Encodes in the background, or does not; who asks for it while on battery means it."""
        self.is_on = is_on
        self._is_despite_battery = is_on and self.is_on_battery
        self._apply()

    def remember(self) -> None:
        """Keeps in the project which contents the files had, so that they need not be read anew."""
        if not self._rows:
            return
        contents = {}
        for key in self._to_remember:
            content = self._inference.content(key)
            if content is not None and key in self._rows:
                contents[self._rows[key]] = content
        self._to_remember.clear()
        self._workspace.note_contents(contents)

    def _apply(self) -> None:
        self._inference.pause(self.is_paused)
        self.changed.emit()

    def _ask_for_power(self) -> None:
        self._io.submit(
            "power", lambda _token: is_on_battery(), done=self._power_seen, failed=self._raise
        )

    def _power_seen(self, is_on_battery: bool) -> None:
        if is_on_battery != self.is_on_battery:
            self.is_on_battery = is_on_battery
            self._is_despite_battery = False
            self._apply()

    def _opened(self) -> None:
        """Tells inference of the folder; its names are put together beside the GUI thread."""
        self._rows = {}
        self._to_remember.clear()
        self._inference.fill({})
        folder, records = self._workspace.folder, list(self._workspace.records)
        if not records or folder is None:
            self._inference.want([])
            return
        root = str(folder)

        def work(_token: CancelToken) -> tuple[dict[str, int], dict[str, str | None]]:
            rows = {
                os.path.join(root, record.path.replace("/", os.sep)): row
                for row, record in enumerate(records)
            }
            return rows, {key: records[row].sha256 for key, row in rows.items()}

        def done(found: tuple[dict[str, int], dict[str, str | None]]) -> None:
            if self._workspace.folder == folder:
                self._rows, contents = found
                self._inference.fill(contents)

        self._io.submit("names", work, done=done, failed=self._raise)

    def _encoded(self, key: str) -> None:
        self._to_remember.add(key)
        if not self._remembering.isActive():
            self._remembering.start()

    def _raise(self, error: Exception) -> None:
        raise error
