"""The mask that a click here would give, shown under the mouse before anything is clicked."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from samdesk.core.mask import Mask
from samdesk.core.prompt import Point, Prompt
from samdesk.engine.base import Prediction
from samdesk.runtime.clicks import Request
from samdesk.ui.annotator import Annotator
from samdesk.ui.bridge import InferenceSignals

_PAUSE_MS = 60
_SLOW = 0.2  # seconds: a click that comes at a bad moment waits for one answer
_PATIENCE = 3  # slow answers in a row; an engine's first one is often slow


class Hovering(QObject):
    """Asks for one answer at a time, where the mouse was last; a click takes its place.

    Pauses are twice as long as answers; an engine that is slow again and again is asked no more.
    """

    changed = Signal()

    def __init__(
        self, annotator: Annotator, signals: InferenceSignals, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.mask: Mask | None = None
        self._annotator = annotator
        self._is_on = True
        self._slow_answers = 0
        self._place: tuple[int, int] | None = None
        self._asked: tuple[int, int] | None = None
        self._serial = 0
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        signals.answered.connect(self._answered)
        signals.answer_error.connect(self._not_answered)
        signals.loaded_engine.connect(self._engine_changed)
        annotator.draft_changed.connect(self.stop)
        annotator.proposals.changed.connect(self.stop)
        annotator.workspace.moved.connect(self.stop)

    @property
    def _is_slow(self) -> bool:
        return self._slow_answers >= _PATIENCE

    def use(self, is_on: bool) -> None:
        """Turns the preview on or off."""
        self._is_on = is_on
        self.stop()

    def move(self, x: int, y: int) -> None:
        """The mouse is on the pixel (x, y)."""
        if self._is_on and not self._is_slow and (x, y) != self._place:
            self._place = (x, y)
            if not self._serial and not self._pause.isActive():
                self._pause.start()

    def stop(self) -> None:
        """The mouse is elsewhere, or does something else."""
        self._place = self._asked = None
        self._serial = 0
        self._pause.stop()
        self._show(None)

    def _ask(self) -> None:
        annotator, place = self._annotator, self._place
        key = annotator.workspace.key
        is_free = annotator.draft is None and annotator.can_prompt
        if place is None or not is_free:
            return
        offered = annotator.proposals.offered_at(*place)
        if offered is not None:
            self._show(offered.annotation.mask)
            return
        if not annotator.inference.has_embedding(key):
            return
        self._asked = place
        self._serial = annotator.inference.request(key, Prompt((Point(*place),)))

    def _answered(self, request: Request, prediction: Prediction, seconds: float) -> None:
        if request.serial != self._serial or not self._serial:
            return
        self._serial = 0
        self._pause.setInterval(max(_PAUSE_MS, round(2000 * seconds)))
        self._slow_answers = self._slow_answers + 1 if seconds > _SLOW else 0
        if self._is_slow:
            self.stop()
            return
        self._show(prediction.candidates[0].mask())
        if self._place != self._asked:
            self._pause.start()

    def _not_answered(self, request: Request, _error: Exception) -> None:
        if request.serial == self._serial:
            self.stop()

    def _engine_changed(self) -> None:
        self._slow_answers = 0
        self.stop()

    def _show(self, mask: Mask | None) -> None:
        if mask is not self.mask:
            self.mask = mask
            self.changed.emit()
