"""The annotator's work, with real events in the real window."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from samdesk.core.mask import Mask
from samdesk.store.project import Project
from tests.ui.conftest import Started
from tests.ui.hand import Hand

CONTROL = Qt.KeyboardModifier.ControlModifier


def disc(x: int, y: int) -> Mask:
    rows, columns = np.mgrid[:120, :160]
    return Mask.from_bitmap((columns - x) ** 2 + (rows - y) ** 2 <= 25**2)


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot) -> Hand:
    return Hand(start(photos), qtbot)


def test_click_and_enter_make_an_annotation_that_is_on_disk(hand: Hand, photos: Path) -> None:
    annotator = hand.app.annotator
    hand.click(50, 60)
    hand.wait_for_mask()
    assert annotator.draft is not None
    assert annotator.draft.prompt.points[0].x == 50
    assert annotator.draft.prompt.points[0].y == 60
    hand.key(Qt.Key.Key_Return)
    assert annotator.draft is None
    with Project.open(photos, data=photos, read_only=True) as reader:
        (stored,) = reader.annotations()
    assert stored == annotator.accepted.annotations[0]
    assert stored.mask.iou(disc(50, 60)) > 0.8
    assert stored.provenance.engine == "Built-in (no checkpoint)"
    assert stored.provenance.clicks == 1
    assert annotator.accepted.categories[0].name == "object"


def test_a_double_click_is_one_point(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.click(50, 60)
    hand.wait_for_mask()
    first = annotator.draft
    hand.qtbot.mouseDClick(
        hand.app.window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=hand.place(50, 60)
    )
    assert annotator.draft == first and first is not None
    assert len(first.prompt.points) == 1


@pytest.mark.parametrize("tool", ["smart", "brush"])
def test_escape_gives_up_what_the_button_that_is_down_began(hand: Hand, tool: str) -> None:
    annotator, viewport = hand.app.annotator, hand.app.window.canvas.viewport()
    hand.app.window.actions_by_id[tool].trigger()
    hand.qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=hand.place(22, 32))
    hand._move(QPointF(hand.place(78, 88)), Qt.MouseButton.LeftButton)
    hand.key(Qt.Key.Key_Escape)
    hand.qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=hand.place(78, 88))
    assert annotator.draft is None
    assert annotator.accepted.annotations == []


def test_a_hint_goes_when_what_it_says_is_no_longer_true(hand: Hand) -> None:
    annotator, window = hand.app.annotator, hand.app.window
    for category in ("disc", "ring"):
        window.categorising.add(category)
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    annotator.selection.select(annotator.accepted.annotations[0].id)
    hand.key(Qt.Key.Key_1)
    notice = window.notices.notice
    assert notice is not None and "disc" in notice.text
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert notice not in window.notices._notices
    hand.key(Qt.Key.Key_1)
    again = window.notices.notice
    assert again == notice
    hand.click(100, 20)
    assert again not in window.notices._notices, "undo would take the click back"


def test_tab_shows_the_next_candidate(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.click(50, 60)
    hand.wait_for_mask()
    assert annotator.draft is not None
    assert annotator.draft.prediction is not None
    count = len(annotator.draft.prediction.candidates)
    shown = []
    for _ in range(count):
        shown.append(annotator.draft.chosen)
        hand.key(Qt.Key.Key_Tab)
    assert shown == list(range(count))
    assert annotator.draft.chosen == 0


def test_candidates_show_the_key_that_takes_the_next(hand: Hand) -> None:
    bar = hand.app.window.draft_bar
    hand.click(50, 60)
    hand.wait_for_mask()
    draft = hand.app.annotator.draft
    assert draft is not None and draft.prediction is not None
    shown = [one for one in bar.buttons if one.isVisible()]
    assert len(shown) == len(draft.prediction.candidates) > 1
    assert all(re.fullmatch(r"[01][.]\d\d", one.text().strip()) for one in shown)
    assert bar._next.isVisible() and bar._next.text() == "<b>Tab</b> next"
    hand.key(Qt.Key.Key_Escape)
    assert not bar._next.isVisible()


def test_letters_typed_into_a_field_are_no_commands(hand: Hand) -> None:
    window = hand.app.window
    window.images.filter.setFocus()
    hand.qtbot.keyClicks(window.images.filter, "sad 1")
    assert window.images.filter.text() == "sad 1"
    assert hand.app.workspace.row == 0
    hand.key(Qt.Key.Key_Return)
    assert hand.app.annotator.accepted.annotations == []
    hand.key(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is window.canvas


def test_the_mask_stays_while_its_correction_is_awaited(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.click(50, 60)
    hand.wait_for_mask()
    assert annotator.draft is not None
    before = annotator.draft.mask
    hand.click(5, 5, Qt.MouseButton.RightButton)
    assert annotator.draft.mask is None
    assert before is not None and annotator.shown_mask is before
    hand.wait_for_mask()
    assert annotator.shown_mask is annotator.draft.mask is not before


def test_enter_before_the_mask_is_there_is_kept_until_it_is(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.click(50, 60)
    hand.key(Qt.Key.Key_Return)
    assert annotator.draft is not None and annotator.accepted.annotations == []
    hand.qtbot.waitUntil(lambda: len(annotator.accepted.annotations) == 1, timeout=20000)
    assert annotator.draft is None
    # What was meant for one prompt is not for the next.
    hand.click(120, 20)
    hand.key(Qt.Key.Key_Return)
    hand.click(125, 25)
    hand.wait_for_mask()
    assert len(annotator.accepted.annotations) == 1


def test_a_correction_that_changes_nothing_says_so(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    annotator.selection.select(annotator.accepted.annotations[0].id)
    hand.key(Qt.Key.Key_Plus)
    hand.click(50, 60)
    hand.wait_for_mask()
    told: list[str] = []
    annotator.told.connect(told.append)
    hand.key(Qt.Key.Key_Return)
    assert "changes nothing" in told[-1]
    assert annotator.draft is not None


def test_buttons_work_while_text_is_typed(hand: Hand) -> None:
    window = hand.app.window
    hand.key(Qt.Key.Key_C)
    assert QApplication.focusWidget() is window.categories.entry
    hand.qtbot.keyClicks(window.categories.entry, "dada")
    assert window.categories.entry.text() == "dada"
    assert window.actions_by_id["next"].isEnabled()
    window.actions_by_id["next"].trigger()
    hand.wait_for_image(1)


def test_masks_come_back_when_the_held_key_is_released_elsewhere(hand: Hand) -> None:
    canvas, window = hand.app.window.canvas, hand.app.window
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    item = canvas._masks
    window.actions_by_id["hide"].trigger()
    assert not item.isVisible()
    window.categories.entry.setFocus()
    assert item.isVisible()


def test_the_same_mask_twice_is_said(hand: Hand) -> None:
    annotator = hand.app.annotator
    told: list[str] = []
    annotator.told.connect(told.append)
    for x, y in ((50, 60), (120, 20), (50, 60)):
        hand.click(x, y)
        hand.wait_for_mask()
        assert not any("twice" in one for one in told)
        hand.key(Qt.Key.Key_Return)
    assert "twice now, as “object” too" in told[-1] and "Ctrl+Z" in told[-1]
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert len(annotator.accepted.annotations) == 2


def test_a_single_candidate_says_that_it_is_one(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.click(50, 60)
    hand.wait_for_mask()
    history = annotator.drafts.current[1]
    draft = annotator.draft
    assert draft is not None and draft.prediction is not None
    one = replace(draft.prediction, candidates=draft.prediction.candidates[:1])
    history.replace_current(prediction=one)
    told: list[str] = []
    annotator.told.connect(told.append)
    hand.key(Qt.Key.Key_Tab)
    assert "one mask only" in told[-1]


def test_a_row_says_at_length_what_its_numbers_are(hand: Hand) -> None:
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    model = hand.app.window.annotations.list.model()
    tip = model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert re.search(r"object\n[\d,]+ pixels\nScore 0\.\d\d: how well", tip)
