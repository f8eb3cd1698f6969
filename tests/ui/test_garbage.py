from __future__ import annotations

import gc
import weakref

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from samdesk.ui import garbage
from samdesk.ui.garbage import Garbage


class Cycle:
    def __init__(self) -> None:
        self.itself = self


def test_garbage_is_collected_by_timer_only(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_YOUNG_EVERY", 0.02)
    collector = Garbage()
    try:
        assert not gc.isenabled()
        gone = weakref.ref(Cycle())
        assert gone() is not None
        qtbot.waitUntil(lambda: gone() is None)
    finally:
        collector.close()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_what_comes_in_masses_is_soon_not_looked_through_any_more(qtbot: QtBot) -> None:
    collector = Garbage()
    try:
        settled = gc.get_freeze_count()
        data = [[number] for number in range(3 * garbage._MASSES)]
        qtbot.waitUntil(lambda: gc.get_freeze_count() > settled + len(data))
        gone = weakref.ref(Cycle())
        qtbot.waitUntil(lambda: gone() is None)
    finally:
        collector.close()


def test_what_was_left_alone_is_looked_through_while_the_user_is_away(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = Qt.ApplicationState.ApplicationActive
    monkeypatch.setattr(QGuiApplication, "applicationState", lambda: state)
    monkeypatch.setattr(garbage, "_ALL_EVERY", 20)
    dialog = Cycle()
    collector = Garbage()
    try:
        gone = weakref.ref(dialog)
        del dialog
        qtbot.wait(100)
        assert gone() is not None
        settled = gc.get_freeze_count()
        state = Qt.ApplicationState.ApplicationInactive
        qtbot.waitUntil(lambda: gone() is None)
        assert gc.get_freeze_count() > settled / 2
    finally:
        collector.close()
