"""The user's settings outlast the program: they are written whenever they change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from samdesk import settings as settings_file
from samdesk.errors import SamdeskError
from samdesk.settings import Settings
from samdesk.ui import words

_WRITTEN_AFTER = 3000  # milliseconds; who goes through images writes none of them down


class KeptSettings(QObject):
    """The one place that says what the settings are.

    Attributes:
        now: the settings, frozen; another one takes their place when they change.
    """

    failed = Signal(str)  # they could not be written

    def __init__(self, now: Settings, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.now = now
        self._path = path
        self._written = now
        self._timer = QTimer(self, singleShot=True, interval=_WRITTEN_AFTER)
        self._timer.timeout.connect(self._write)

    def use(self, settings: Settings) -> None:
        """Takes other settings and writes them at once."""
        self.now = settings
        self._write()

    def change(self, **values: Any) -> None:
        """Gives fields of the settings other values and writes them at once."""
        self.use(replace(self.now, **values))

    def leave_at(self, folder: Path, image: str, category: str) -> None:
        """Keeps where work in a folder stands, as of `Settings.leaving`; written a little later."""
        self.now = self.now.leaving(folder, image, category)
        self._timer.start()

    def _write(self) -> None:
        self._timer.stop()
        try:
            settings_file.save(self.now, self._path, self._written)
        except SamdeskError as error:
            self.failed.emit(words.explained(error))
        else:
            self._written = self.now
