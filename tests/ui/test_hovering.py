"""The preview under the mouse, and the candidates' small pictures, in the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from samdesk.core.prompt import Point
from samdesk.ui import hovering
from tests.ui.conftest import Started
from tests.ui.hand import Hand


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Hand:
    # However busy the machine is that runs the tests, the engine is not slow here.
    monkeypatch.setattr(hovering, "_SLOW", 1000.0)
    return Hand(start(photos), qtbot)


def wait_for_preview(hand: Hand) -> None:
    hand.qtbot.waitUntil(lambda: hand.app.window.hovering.mask is not None, timeout=20000)


def test_the_mask_under_the_mouse_is_shown_and_a_click_takes_its_place(hand: Hand) -> None:
    annotator, preview = hand.app.annotator, hand.app.window.hovering
    canvas = hand.app.window.canvas
    hand.hover(50, 60)
    wait_for_preview(hand)
    assert preview.mask is not None and preview.mask.contains(50, 60)
    assert canvas._hover is not None and canvas._hover._looks
    assert annotator.draft is None
    shown = preview.mask
    hand.click(50, 60)
    assert preview.mask is None and not canvas._hover._looks
    hand.wait_for_mask()
    assert annotator.draft is not None and annotator.draft.mask == shown
    assert annotator.draft.prompt.points == (Point(50, 60),)
    hand.hover(60, 60)
    hand.qtbot.wait(200)
    assert preview.mask is None, "there is a draft"


def test_the_preview_follows_the_mouse_and_goes_with_it(hand: Hand) -> None:
    preview = hand.app.window.hovering
    hand.hover(50, 60)
    wait_for_preview(hand)
    first = preview.mask
    hand.hover(150, 10)
    hand.qtbot.waitUntil(
        lambda: preview.mask is not first and preview.mask is not None, timeout=20000
    )
    assert preview.mask is not None and preview.mask.contains(150, 10)
    viewport = hand.app.window.canvas
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    assert preview.mask is None


def test_a_click_during_a_preview_s_decode_is_answered(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.hover(150, 10)
    hand.app.window.hovering._pause.stop()
    hand.app.window.hovering._ask()
    hand.click(50, 60)
    hand.wait_for_mask()
    assert annotator.draft is not None and annotator.draft.mask is not None
    assert annotator.draft.mask.contains(50, 60)
    assert hand.app.window.hovering.mask is None


def test_other_tools_and_the_setting_turn_it_off(hand: Hand) -> None:
    window = hand.app.window
    asked: list[object] = []
    annotator = hand.app.annotator
    request = annotator.inference.request
    annotator.inference.request = lambda *args: asked.append(args) or request(*args)  # type: ignore[method-assign, func-returns-value]
    hand.key(Qt.Key.Key_B)
    hand.hover(50, 60)
    hand.key(Qt.Key.Key_S)
    window.actions_by_id["hover"].trigger()
    hand.hover(55, 60)
    hand.qtbot.wait(250)
    assert asked == []
    assert not hand.app.settings.hover_preview
    window.actions_by_id["hover"].trigger()
    hand.hover(50, 60)
    wait_for_preview(hand)
    assert len(asked) == 1


def test_a_slow_engine_is_asked_no_more(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hovering, "_SLOW", 0.0)
    preview = hand.app.window.hovering
    for x in (50, 60, 150):
        preview.move(x, 60)
        # The pause is twice as long as the answer took, on a busy machine many seconds.
        hand.qtbot.waitUntil(
            lambda: not preview._serial and not preview._pause.isActive(), timeout=60_000
        )
    hand.hover(20, 10)
    assert preview._is_slow
    assert preview.mask is None
    assert not preview._pause.isActive()


def test_candidates_come_with_small_pictures_and_scores(hand: Hand) -> None:
    annotator, bar = hand.app.annotator, hand.app.window.draft_bar
    hand.click(50, 60)
    hand.wait_for_mask()
    assert annotator.draft is not None and annotator.draft.prediction is not None
    number = len(annotator.draft.prediction.candidates)
    assert number > 1
    hand.qtbot.waitUntil(lambda: not bar.buttons[0].icon().isNull(), timeout=20000)
    for button, candidate in zip(bar.buttons, annotator.draft.prediction.candidates, strict=False):
        assert f"{candidate.score:.2f}" in button.text()
        assert not button.icon().isNull()
    hand.key(Qt.Key.Key_Tab)
    assert annotator.draft.chosen == 1
    assert bar.buttons[1].isChecked()
    pixels = bar.buttons[0].icon().pixmap(40, 40).toImage()
    assert pixels.pixelColor(20, 20) != pixels.pixelColor(1, 1)
    hand.key(Qt.Key.Key_Escape)
    assert bar.buttons[0].icon().isNull()
