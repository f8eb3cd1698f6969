from __future__ import annotations

import gc
import weakref

import pytest
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
