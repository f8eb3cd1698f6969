"""Python's garbage collection, at times and in the thread that this program chooses."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_YOUNG_EVERY = 1_000  # milliseconds
_ALL_EVERY = 60_000


class Garbage(QObject):
    """Collects garbage on the GUI thread: often what is young, which is cheap, and seldom all.

    Left alone, Python collects wherever a thread happens to allocate. That stops every thread, for
    a quarter of a second when there is much to look through, in the middle of a movement of the
    hand; and in another thread than Qt's it may take Qt's objects down there.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self.settle()
        for generation, every in ((1, _YOUNG_EVERY), (2, _ALL_EVERY)):
            timer = QTimer(self)
            timer.timeout.connect(lambda generation=generation: gc.collect(generation))
            timer.start(every)

    def settle(self, *_: object) -> None:
        """What has been loaded by now stays, and need not be looked through any more."""
        gc.freeze()

    def close(self) -> None:
        """Leaves collecting to Python again."""
        for timer in self.findChildren(QTimer):
            timer.stop()
        gc.unfreeze()
        gc.enable()
