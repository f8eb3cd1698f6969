"""What the program relies on in the Qt binding itself."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot


class Emitter(QObject):
    signal = Signal(object)


# From Python 3.12 on None is immortal: there is nothing to be lost, and nothing to be tested.
if sys.version_info < (3, 12):

    def test_calls_that_return_nothing_keep_none_alive(qtbot: QtBot) -> None:
        """PySide6 6.12 on Python 3.10 and 3.11 loses a reference to None with each such call."""
        label, emitter = QLabel(), Emitter()
        qtbot.addWidget(label)
        before = sys.getrefcount(None)
        for _ in range(1000):
            label.setText("x")
            emitter.signal.emit(None)
        assert sys.getrefcount(None) > before - 100
