"""Python's garbage collection, at times and in the thread that this program chooses."""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

_LOOK_EVERY = 100  # milliseconds
_LOOK_AGAIN = 20  # while objects come in masses
_YOUNG_EVERY = 1.0  # seconds
_ALL_EVERY = 60_000  # milliseconds
_MASSES = 10_000  # objects that are young; to look through them takes about a millisecond


class Garbage(QObject):
    """Collects garbage on the GUI thread: often what is young, which is cheap, and seldom all.

    Left alone, Python collects wherever a thread happens to allocate. That stops every thread, for
    a quarter of a second when there is much to look through, in the middle of a movement of the
    hand; and in another thread than Qt's it may take Qt's objects down there.

    Where another thread makes objects in masses, as when a large file is read, they are looked
    through a few at a time, and then left alone: what came in masses is data. What is left alone
    is looked through while the user is in another program; some of it, such as a dialog that was
    open then, may be gone.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self.settle()
        self._collected = time.monotonic()
        self._young = QTimer(self)
        self._young.timeout.connect(self._look)
        self._young.start(_LOOK_EVERY)
        self._all = QTimer(self)
        self._all.timeout.connect(self._collect_all)
        self._all.start(_ALL_EVERY)
        self._are_coming = False

    def settle(self, *_: object) -> None:
        """What has been loaded by now stays, and need not be looked through any more."""
        gc.freeze()

    def close(self) -> None:
        """Leaves collecting to Python again."""
        for timer in self.findChildren(QTimer):
            timer.stop()
        gc.unfreeze()
        gc.enable()

    def _look(self) -> None:
        is_mass = gc.get_count()[0] > _MASSES
        now = time.monotonic()
        if not is_mass and now - self._collected < _YOUNG_EVERY:
            return
        gc.collect(1)
        self._collected = now
        if self._are_coming and not is_mass:
            self.settle()
        if self._are_coming != is_mass:
            self._are_coming = is_mass
            self._young.start(_LOOK_AGAIN if is_mass else _LOOK_EVERY)

    def _collect_all(self) -> None:
        if self._are_coming:
            return
        is_away = QGuiApplication.applicationState() != Qt.ApplicationState.ApplicationActive
        if is_away:
            gc.unfreeze()
        gc.collect()
        if is_away:
            self.settle()
