"""The annotator's work, with real events in the real window."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from samdesk.core.mask import Mask
from samdesk.core.prompt import Box, Point, Prompt
from samdesk.errors import EngineError
from samdesk.runtime.clicks import Request
from samdesk.settings import load
from samdesk.store.project import Project
from samdesk.ui.dialogs.quit import QuitBox
from tests.ui.conftest import Started
from tests.ui.hand import Hand

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


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


def test_box_points_and_their_undo(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    assert annotator.draft is not None
    assert annotator.draft.prompt.box == Box(22, 32, 78, 88)
    first = annotator.draft
    hand.click(5, 5, Qt.MouseButton.RightButton)
    hand.wait_for_mask()
    hand.click(8, 110, modifier=SHIFT)
    hand.wait_for_mask()
    points = annotator.draft.prompt.points
    assert [(p.x, p.y, p.positive) for p in points] == [(5, 5, False), (8, 110, False)]
    assert annotator.draft.prompt.box == Box(22, 32, 78, 88)
    hand.key(Qt.Key.Key_Z, CONTROL)
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.draft == first
    hand.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert len(annotator.draft.prompt.points) == 1
    hand.key(Qt.Key.Key_Escape)
    assert annotator.draft is None


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


def test_undo_and_redo_of_what_was_accepted(hand: Hand) -> None:
    annotator, workspace = hand.app.annotator, hand.app.workspace
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    accepted = list(annotator.accepted.annotations)
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    assert annotator.accepted.annotations == []
    hand.key(Qt.Key.Key_Z, CONTROL)
    # What is undone is shown.
    assert workspace.row == 0
    assert annotator.accepted.annotations == []
    assert annotator.accepted.categories == []
    hand.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert annotator.accepted.annotations == accepted


def test_undo_and_redo_keep_the_order_in_which_things_were_done(hand: Hand) -> None:
    annotator = hand.app.annotator
    undo, redo = (Qt.Key.Key_Z, CONTROL), (Qt.Key.Key_Z, CONTROL | SHIFT)

    def seen() -> tuple[int, int, list[str]]:
        points = len(annotator.draft.prompt.points) if annotator.draft else 0
        return (
            len(annotator.accepted.annotations),
            points,
            [one.name for one in annotator.accepted.categories],
        )

    states = [seen()]
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    states.append(seen())
    hand.click(5, 5, Qt.MouseButton.RightButton)
    hand.wait_for_mask()
    states.append(seen())
    hand.key(Qt.Key.Key_Return)
    states.append(seen())
    hand.click(100, 20)
    hand.wait_for_mask()
    states.append(seen())
    hand.app.window.categorising.add("ring")
    states.append(seen())
    hand.click(20, 100, Qt.MouseButton.RightButton)
    hand.wait_for_mask()
    states.append(seen())
    hand.key(Qt.Key.Key_Escape)
    states.append(seen())
    assert states == [
        (0, 0, []),
        (0, 0, []),
        (0, 1, []),
        (1, 0, ["object"]),
        (1, 1, ["object"]),
        (1, 1, ["object", "ring"]),
        (1, 2, ["object", "ring"]),
        (1, 0, ["object", "ring"]),
    ]
    for _ in range(2):
        for before in reversed(states[:-1]):
            hand.key(*undo)
            assert seen() == before
        assert not annotator.can_undo
        for after in states[1:]:
            hand.key(*redo)
            assert seen() == after
        assert not annotator.can_redo
    # What is done anew takes the place of what was undone.
    for _ in range(4):
        hand.key(*undo)
    hand.click(50, 60)
    hand.wait_for_mask()
    assert not annotator.can_redo
    assert seen() == (1, 1, ["object"])


def test_undo_takes_a_click_on_another_image_back_there(hand: Hand) -> None:
    annotator, workspace = hand.app.annotator, hand.app.workspace
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    hand.click(80, 50)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_A)
    hand.wait_for_image(0)
    hand.key(Qt.Key.Key_Return)
    accepted = list(annotator.accepted.annotations)
    # The annotation of the first image came last; before it, the draft on the second.
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert workspace.row == 0 and annotator.accepted.annotations == []
    assert annotator.draft is not None
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert workspace.row == 1 and annotator.draft is None
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert workspace.row == 0 and annotator.draft is None
    assert not annotator.can_undo
    hand.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert workspace.row == 0 and annotator.draft is not None
    hand.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert workspace.row == 1 and annotator.draft is not None
    hand.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert workspace.row == 0 and annotator.accepted.annotations == accepted


def test_undo_of_an_accept_gives_the_draft_back_to_correct_it(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.click(5, 5, Qt.MouseButton.RightButton)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Tab)
    before = annotator.draft
    assert before is not None
    hand.key(Qt.Key.Key_Return)
    accepted = list(annotator.accepted.annotations)
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.accepted.annotations == []
    assert annotator.draft == before
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.draft is not None and len(annotator.draft.prompt.points) == 1
    for _ in range(2):
        assert not annotator.accepted.annotations
        hand.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert annotator.draft is None and annotator.accepted.annotations == accepted
    # It is corrected and accepted anew.
    hand.key(Qt.Key.Key_Z, CONTROL)
    hand.click(5, 110, Qt.MouseButton.RightButton)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    (again,) = annotator.accepted.annotations
    assert again.provenance.prompt is not None
    assert len(again.provenance.prompt.points) == 3 and again.provenance.clicks == 3
    assert not annotator.can_redo


def test_a_draft_that_comes_back_shows_the_candidate_that_was_chosen(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Tab)
    before = annotator.draft
    assert before is not None and before.chosen == 1
    hand.key(Qt.Key.Key_Return)
    hand.click(100, 20)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    for _ in range(3):
        hand.key(Qt.Key.Key_Z, CONTROL)
    hand.wait_for_mask()
    assert annotator.draft is not None and annotator.draft.chosen == 1
    assert annotator.draft.mask == before.mask


def test_redo_of_an_accept_gives_the_same_whatever_the_engine_answers_now(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    annotator = hand.app.annotator
    for x, y in ((50, 60), (100, 20)):
        hand.click(x, y)
        hand.wait_for_mask()
        hand.key(Qt.Key.Key_Return)
    accepted = list(annotator.accepted.annotations)
    asked: list[Prompt] = []
    request = annotator.inference.request

    def other(key: str, prompt: Prompt) -> int:
        asked.append(prompt)
        return request(key, Prompt((Point(120, 90),)))

    monkeypatch.setattr(annotator.inference, "request", other)
    for _ in range(3):
        hand.key(Qt.Key.Key_Z, CONTROL)
    # Of all but the draft that went last, the answers were not kept.
    assert [(one.x, one.y) for one in asked[0].points] == [(50, 60)]
    hand.wait_for_mask()
    assert annotator.draft is not None and annotator.draft.mask != accepted[0].mask
    for _ in range(3):
        hand.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert annotator.accepted.annotations == accepted and annotator.draft is None


def test_a_mended_draft_comes_back_without_logits_and_still_says_what_made_it(hand: Hand) -> None:
    annotator, window = hand.app.annotator, hand.app.window
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_B)
    hand.drag(50, 60, 90, 60)
    hand.key(Qt.Key.Key_Return)
    (before,) = annotator.accepted.annotations
    hand.key(Qt.Key.Key_S)
    hand.click(100, 20)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    for _ in range(3):
        hand.key(Qt.Key.Key_Z, CONTROL)
    draft = annotator.draft
    assert draft is not None and draft.drawn == before.mask
    assert draft.candidate is not None and draft.candidate.logits is None
    window.actions_by_id["accept"].trigger()
    (again,) = annotator.accepted.annotations
    assert again.mask == before.mask
    assert again.provenance.engine == before.provenance.engine
    assert again.provenance.predicted_iou == before.provenance.predicted_iou
    assert again.provenance.stability_score == before.provenance.stability_score


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


def test_the_offer_to_name_goes_with_the_next_mask(hand: Hand) -> None:
    window = hand.app.window
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    offer = window.notices.notice
    assert offer is not None and offer.button
    hand.click(100, 20)
    hand.wait_for_mask()
    assert offer in window.notices._notices, "a click is no answer"
    hand.key(Qt.Key.Key_Return)
    assert offer not in window.notices._notices


def test_a_step_on_another_image_says_so(hand: Hand) -> None:
    annotator, window = hand.app.annotator, hand.app.window
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    name = hand.app.workspace.records[0].path

    def said() -> str:
        return window.notices.notice.text if window.notices.notice is not None else ""

    hand.key(Qt.Key.Key_Z, CONTROL)
    assert said() == f"Undone on {name}: Accept object"
    assert annotator.draft is not None
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.draft is None
    assert "Undone" not in said(), "here it can be seen"
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    hand.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert said() == f"Redone on {name}: Change draft"


def test_a_click_that_is_not_answered_leaves_no_step(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.click(50, 60)
    hand.wait_for_mask()
    first = annotator.draft
    hand.app.window.categorising.add("ring")
    hand.click(5, 5, Qt.MouseButton.RightButton)
    assert annotator.draft is not None
    hand.app.signals.answer_error.emit(
        Request(0, hand.app.workspace.key, annotator.draft.serial, annotator.draft.prompt),
        EngineError("The engine is gone.", "Choose another."),
    )
    assert annotator.draft == first
    assert not annotator.can_redo
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.accepted.categories == [] and annotator.draft == first
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.draft is None and not annotator.can_undo


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


def test_select_recategorise_delete_and_undo(hand: Hand) -> None:
    annotator, window = hand.app.annotator, hand.app.window
    for name in ("disc", "ring"):
        window.categories.entry.setFocus()
        hand.qtbot.keyClicks(window.categories.entry, name)
        hand.key(Qt.Key.Key_Return)
    assert [one.name for one in annotator.accepted.categories] == ["disc", "ring"]
    assert QApplication.focusWidget() is window.canvas
    hand.key(Qt.Key.Key_1)
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    (accepted,) = annotator.accepted.annotations
    assert accepted.category_id == annotator.accepted.categories[0].id
    hand.key(Qt.Key.Key_V)
    hand.click(50, 60)
    assert annotator.selection.last == accepted
    hand.key(Qt.Key.Key_2)
    second = annotator.accepted.categories[1]
    assert annotator.accepted.annotations == [replace(accepted, category_id=second.id)]
    hand.key(Qt.Key.Key_Delete)
    assert annotator.accepted.annotations == []
    hand.key(Qt.Key.Key_Z, CONTROL)
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.accepted.annotations == [accepted]


def test_a_click_on_a_category_never_changes_an_annotation(hand: Hand) -> None:
    annotator, panel = hand.app.annotator, hand.app.window.categories
    for name in ("disc", "ring", "ball"):
        hand.app.window.categorising.add(name)
    hand.key(Qt.Key.Key_1)
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    (accepted,) = annotator.accepted.annotations
    annotator.selection.select(accepted.id)
    told: list[str] = []
    annotator.told.connect(told.append)
    viewport, left = panel.list.viewport(), Qt.MouseButton.LeftButton

    def place(row: int) -> QPoint:
        return panel.list.visualRect(panel.list.model().index(row, 0)).center()

    hand.qtbot.mouseClick(viewport, left, pos=place(1))
    assert annotator.accepted.category is not None and annotator.accepted.category.name == "ring"
    assert annotator.accepted.annotations == [accepted] and annotator.selection.last == accepted
    assert told == ["ring is for what you accept next. Key 2 gives it to the selection."]
    # A double click edits the name, and nothing else.
    hand.qtbot.mouseClick(viewport, left, pos=place(2))
    hand.qtbot.mouseDClick(viewport, left, pos=place(2))
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    hand.qtbot.keyClicks(editor, "balloon")
    hand.qtbot.keyClick(editor, Qt.Key.Key_Return)
    hand.qtbot.waitUntil(lambda: QApplication.focusWidget() is hand.app.window.canvas)
    assert [one.name for one in annotator.accepted.categories] == ["disc", "ring", "balloon"]
    assert annotator.accepted.annotations == [accepted]


def test_who_chose_a_category_by_mouse_goes_on_with_the_mask(hand: Hand) -> None:
    annotator, window = hand.app.annotator, hand.app.window
    for name in ("disc", "ring"):
        window.categorising.add(name)
    hand.click(50, 60)
    hand.wait_for_mask()
    rows = window.categories.list
    place = rows.visualRect(rows.model().index(0, 0)).center()
    hand.qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    hand.key(Qt.Key.Key_Space)
    (made,) = annotator.accepted.annotations
    assert made.category_id == annotator.accepted.categories[0].id


def test_a_number_key_gives_the_selected_ones_a_category_and_says_so(hand: Hand) -> None:
    annotator = hand.app.annotator
    for name in ("disc", "ring"):
        hand.app.window.categorising.add(name)
    hand.key(Qt.Key.Key_1)
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    (accepted,) = annotator.accepted.annotations
    annotator.selection.select(accepted.id)
    hand.key(Qt.Key.Key_2)
    second = annotator.accepted.categories[1]
    assert annotator.accepted.annotations == [replace(accepted, category_id=second.id)]
    # What comes next has the category that was chosen for it.
    assert annotator.accepted.category == annotator.accepted.categories[0]
    notice = hand.app.window.notices.notice
    assert notice is not None
    assert notice.text == "Gave 1 mask the category ring. Ctrl+Z takes that back."
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.accepted.annotations == [accepted]
    # Over a draft it is the draft's.
    hand.click(100, 20)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_2)
    assert annotator.accepted.category == annotator.accepted.categories[1]
    assert annotator.accepted.annotations == [accepted]


def test_a_new_name_is_given_to_what_is_selected_in_one_step(hand: Hand) -> None:
    annotator, window = hand.app.annotator, hand.app.window
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    (accepted,) = annotator.accepted.annotations
    annotator.selection.select(accepted.id)
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(window.categories.entry, "disc")
    assert "makes the selection <b>disc</b>" in window.draft_bar.label.text()
    hand.key(Qt.Key.Key_Return)
    assert [one.name for one in annotator.accepted.categories] == ["object", "disc"]
    assert annotator.accepted.annotations[0].category_id == annotator.accepted.categories[1].id
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.accepted.annotations == [accepted] and len(annotator.accepted.categories) == 1


def test_the_first_category_is_named_when_its_user_likes(hand: Hand) -> None:
    annotator, window = hand.app.annotator, hand.app.window
    hand.click(50, 60)
    hand.wait_for_mask()
    assert "names it" in window.draft_bar.label.text()
    assert "<b>object</b> for now" in window.draft_bar.label.text()
    hand.key(Qt.Key.Key_Return)
    notice = window.notices.notice
    assert notice is not None and notice.button == "Name it"
    # It goes with what it is about.
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert notice not in window.notices._notices
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    notice = window.notices.notice
    assert notice is not None and notice.button == "Name it"
    # Nothing is in the way of the next object.
    assert QApplication.focusWidget() is window.canvas
    hand.qtbot.mouseClick(window.notices._button, Qt.MouseButton.LeftButton)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    hand.qtbot.keyClicks(editor, "disc")
    hand.qtbot.keyClick(editor, Qt.Key.Key_Return)
    hand.qtbot.waitUntil(lambda: QApplication.focusWidget() is window.canvas)
    assert [one.name for one in annotator.accepted.categories] == ["disc"]
    hand.click(100, 20)
    hand.wait_for_mask()
    assert "accepts as <b>disc</b>" in window.draft_bar.label.text()
    window.notices.clear()
    hand.key(Qt.Key.Key_Return)
    assert window.notices.notice is None or window.notices.notice.button != "Name it"


def test_the_bar_says_what_a_typed_name_does(hand: Hand) -> None:
    window, label = hand.app.window, hand.app.window.draft_bar.label
    hand.click(50, 60)
    hand.wait_for_mask()
    assert "right-click</b> takes away" in label.text()
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(window.categories.entry, "a<b")
    assert "accepts as <b>a&lt;b</b>" in label.text()
    assert "object" not in label.text()
    hand.key(Qt.Key.Key_Escape)
    assert "<b>object</b> for now" in label.text()


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


def test_quitting_asks_before_drafts_are_lost(hand: Hand) -> None:
    window, annotator = hand.app.window, hand.app.annotator
    hand.click(50, 60)
    hand.wait_for_mask()
    window.actions_by_id["quit"].trigger()
    box = window.findChild(QuitBox)
    assert box is not None and box.isVisible() and "1" in box.text()
    hand.qtbot.mouseClick(box.go_back, Qt.MouseButton.LeftButton)
    hand.qtbot.waitUntil(lambda: window.findChild(QuitBox) is None)
    assert window.isVisible() and annotator.draft is not None
    window.actions_by_id["quit"].trigger()
    box = window.findChild(QuitBox)
    assert box is not None
    hand.qtbot.mouseClick(box.drop, Qt.MouseButton.LeftButton)
    hand.qtbot.waitUntil(lambda: not window.isVisible())


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


def test_a_dropped_draft_comes_back(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    hand.click(100, 20)
    hand.wait_for_mask()
    before = annotator.draft
    hand.key(Qt.Key.Key_Escape)
    assert annotator.draft is None
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.draft == before
    assert len(annotator.accepted.annotations) == 1


def test_what_the_filter_leaves_is_what_is_stepped_through(hand: Hand) -> None:
    window, workspace = hand.app.window, hand.app.workspace
    window.images.filter.setFocus()
    hand.qtbot.keyClicks(window.images.filter, "3")
    assert workspace.row == 0
    hand.key(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is window.canvas
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(2)
    assert window.images.list.currentIndex().data() == "disc3.png"
    hand.key(Qt.Key.Key_D)
    hand.key(Qt.Key.Key_A)
    assert workspace.row == 2
    window.images.filter.clear()
    hand.key(Qt.Key.Key_A)
    hand.wait_for_image(1)


def test_a_name_accepts_what_is_drafted(hand: Hand) -> None:
    annotator, window = hand.app.annotator, hand.app.window
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(window.categories.entry, "disc")
    hand.key(Qt.Key.Key_Return)
    (accepted,) = annotator.accepted.annotations
    assert annotator.draft is None
    assert [one.id for one in annotator.accepted.categories] == [accepted.category_id]
    assert QApplication.focusWidget() is window.canvas
    # A name alone accepts nothing, and a correction keeps the category of what it corrects.
    annotator.selection.select(accepted.id)
    annotator.correct("add")
    hand.click(5, 5)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(window.categories.entry, "rung")
    window.canvas.setFocus()
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(window.categories.entry, "ring")
    hand.key(Qt.Key.Key_Return)
    assert [one.name for one in annotator.accepted.categories] == ["disc", "ring"]
    assert annotator.draft is not None
    assert annotator.accepted.annotations == [accepted]
    hand.key(Qt.Key.Key_Escape)


def test_buttons_work_while_text_is_typed(hand: Hand) -> None:
    window = hand.app.window
    hand.key(Qt.Key.Key_C)
    assert QApplication.focusWidget() is window.categories.entry
    hand.qtbot.keyClicks(window.categories.entry, "dada")
    assert window.categories.entry.text() == "dada"
    assert window.actions_by_id["next"].isEnabled()
    window.actions_by_id["next"].trigger()
    hand.wait_for_image(1)


def test_a_current_category_is_never_lost(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.app.window.categorising.add("disc")
    hand.app.window.categorising.add("zebra")
    hand.app.window.categorising.delete(annotator.accepted.categories[1])
    assert annotator.accepted.category is not None
    assert annotator.accepted.category.name == "disc"


def test_the_draft_has_the_colour_that_it_will_keep(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.click(50, 60)
    hand.wait_for_mask()
    colour = annotator.draft_colour
    hand.key(Qt.Key.Key_Return)
    assert annotator.accepted.category is not None
    assert annotator.accepted.category.colour == colour


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


def test_images_by_key_and_done(hand: Hand) -> None:
    workspace = hand.app.workspace
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return, SHIFT)
    hand.wait_for_image(1)
    assert workspace.records[0].status == "done"
    hand.key(Qt.Key.Key_A)
    hand.wait_for_image(0)
    assert len(hand.app.annotator.accepted.annotations) == 1
    hand.key(Qt.Key.Key_N)
    hand.wait_for_image(1)


def test_a_draft_waits_on_its_image(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.click(50, 60)
    hand.wait_for_mask()
    before = annotator.draft
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    assert annotator.draft is None
    hand.key(Qt.Key.Key_A)
    hand.wait_for_image(0)
    assert annotator.draft == before and before is not None and before.prediction is not None
    pictured = hand.app.window.draft_bar.buttons[: len(before.prediction.candidates)]
    hand.qtbot.waitUntil(lambda: not any(one.icon().isNull() for one in pictured), timeout=20000)


def test_work_goes_on_where_it_stood(
    hand: Hand, start: Started, photos: Path, samples: Path, home: Path
) -> None:
    app = hand.app
    for name in ("disc", "ring", "ball"):
        app.window.categorising.add(name)
    hand.key(Qt.Key.Key_2)
    for row in (1, 2):
        hand.key(Qt.Key.Key_D)
        hand.wait_for_image(row)
    hand.key(Qt.Key.Key_A)
    hand.wait_for_image(1)
    # In another folder it stands elsewhere.
    app.workspace.open(samples)
    hand.qtbot.waitUntil(lambda: app.workspace.folder == samples, timeout=20000)
    app.workspace.open(photos)
    hand.qtbot.waitUntil(lambda: app.workspace.folder == photos, timeout=20000)
    assert app.workspace.row == 1
    # It is on disk before the window is closed: the program may end otherwise.
    settings = home / "config" / "settings.json"
    hand.qtbot.waitUntil(
        lambda: load(settings).left_off(photos) == ("disc2.png", "ring"), timeout=20000
    )
    app.window.close()
    app.close()
    again = start(photos)
    assert again.workspace.row == 1
    left = again.annotator.accepted.category
    assert left is not None and left.name == "ring"
    # Nothing of that is the folder's: for somebody else it opens where work is left to do.
    again.window.close()
    again.close()
    settings.unlink()
    assert start(photos).workspace.row == 0


def test_work_is_there_again_after_a_restart(
    hand: Hand, start: Started, photos: Path, qtbot: QtBot, home: Path
) -> None:
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Space)
    accepted = list(hand.app.annotator.accepted.annotations)
    assert accepted
    hand.app.window.close()
    hand.app.close()
    again = start(photos)
    assert again.workspace.row == 0
    assert again.annotator.accepted.annotations == accepted


def test_a_broken_image_shows_its_reason_and_the_others_work(
    start: Started, photos: Path, qtbot: QtBot
) -> None:
    (photos / "a broken.jpg").write_bytes(b"")
    hand = Hand(start(photos), qtbot)
    window = hand.app.window
    assert "is empty" in window.welcome.message.text()
    hand.click(20, 20)
    assert hand.app.annotator.draft is None
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    qtbot.waitUntil(lambda: hand.app.inference.has_embedding(hand.app.workspace.key))
    assert not window.welcome.message.isVisible()
    Image.new("RGB", (50, 40), "red").save(photos / "a broken.jpg")
    hand.key(Qt.Key.Key_A)
    hand.key(Qt.Key.Key_F5)
    hand.wait_for_image(0)


def test_an_empty_folder_says_what_to_do(start: Started, tmp_path: Path) -> None:
    app = start(tmp_path)
    assert "Ctrl+O" in app.window.welcome.message.text()
    assert list(tmp_path.iterdir()) == []
    assert app.annotator.draft is None


def test_a_file_that_changed_its_size_is_not_annotated_over(
    start: Started, photos: Path, qtbot: QtBot
) -> None:
    first = Hand(start(photos), qtbot)
    first.click(50, 60)
    first.wait_for_mask()
    first.key(Qt.Key.Key_Return)
    first.app.window.close()
    first.app.close()
    Image.new("RGB", (50, 40), "red").save(photos / "disc1.png")
    app = start(photos)
    app.workspace.go_to(0)
    qtbot.waitUntil(lambda: app.workspace.error is not None, timeout=20000)
    assert "160 x 120" in str(app.workspace.error)


def test_a_second_window_only_looks(start: Started, photos: Path, qtbot: QtBot) -> None:
    start(photos)
    second = Hand(start(photos), qtbot)
    assert second.app.window.notices.notice is not None
    second.click(50, 60)
    assert second.app.annotator.draft is None


def test_zoom_keeps_the_point_under_the_mouse(hand: Hand) -> None:
    canvas = hand.app.window.canvas
    at = hand.place(30, 40)
    before = canvas.viewportTransform().inverted()[0].map(at.toPointF())
    canvas.set_zoom(canvas.zoom * 3, at.toPointF())
    after = canvas.viewportTransform().inverted()[0].map(at.toPointF())
    assert abs(before.x() - after.x()) < 0.5
    assert abs(before.y() - after.y()) < 0.5
    hand.click(30, 40)
    assert hand.app.annotator.draft is not None
    point = hand.app.annotator.draft.prompt.points[0]
    assert (point.x, point.y) == (30, 40)


def test_the_sign_where_there_is_no_image_follows_the_colours(
    start: Started, tmp_path: Path
) -> None:
    window = start(tmp_path).window
    sign = next(one for one in window.welcome.findChildren(QLabel) if not one.pixmap().isNull())
    drawn = []
    for colours in ("light", "dark"):
        window.actions_by_id[colours].trigger()
        drawn.append(sign.pixmap().toImage())
    assert drawn[0] != drawn[1]
