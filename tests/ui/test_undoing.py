"""Undo and redo, in the order in which things were done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from samdesk.core.prompt import Box, Point, Prompt
from samdesk.errors import EngineError
from samdesk.runtime.clicks import Request
from tests.ui.conftest import Started
from tests.ui.hand import Hand

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot) -> Hand:
    return Hand(start(photos), qtbot)


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
        assert not annotator.undoing.can_undo
        for after in states[1:]:
            hand.key(*redo)
            assert seen() == after
        assert not annotator.undoing.can_redo
    # What is done anew takes the place of what was undone.
    for _ in range(4):
        hand.key(*undo)
    hand.click(50, 60)
    hand.wait_for_mask()
    assert not annotator.undoing.can_redo
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
    assert not annotator.undoing.can_undo
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
    assert not annotator.undoing.can_redo


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
    assert not annotator.undoing.can_redo
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.accepted.categories == [] and annotator.draft == first
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.draft is None and not annotator.undoing.can_undo


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


def test_redo_selects_what_was_selected(hand: Hand) -> None:
    annotator = hand.app.annotator
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    (one,) = annotator.accepted.annotations
    annotator.selection.select(one.id)
    hand.key(Qt.Key.Key_B)
    hand.drag(60, 60, 110, 60)
    for _ in range(2):
        annotator.undoing.undo()
    for _ in range(2):
        annotator.undoing.redo()
    assert annotator.selection.ids == (one.id,)
    assert annotator.accepted.annotations[0].mask.area > one.mask.area


def test_keys_in_the_midst_of_a_stroke_take_nothing_else_away(hand: Hand) -> None:
    annotator, viewport = hand.app.annotator, hand.app.window.canvas.viewport()
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_B)
    left = Qt.MouseButton.LeftButton
    hand.qtbot.mousePress(viewport, left, pos=hand.place(100, 30))
    for key in (Qt.Key.Key_D, Qt.Key.Key_N):
        hand.key(key)
        assert hand.app.workspace.row == 0 and hand.app.window.canvas.is_drawing
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert not hand.app.window.canvas.is_drawing
    hand.qtbot.mouseRelease(viewport, left, pos=hand.place(120, 30))
    assert annotator.draft is None and len(annotator.accepted.annotations) == 1
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.accepted.annotations == []


def test_what_was_deleted_from_another_file_does_not_come_back(hand: Hand, photos: Path) -> None:
    annotator, workspace = hand.app.annotator, hand.app.workspace
    failed: list[str] = []
    annotator.failed.connect(failed.append)
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    hand.drag(52, 22, 108, 78)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_A)
    hand.wait_for_image(0)
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    (one,) = annotator.accepted.annotations
    Image.new("RGB", (90, 150)).save(photos / "disc1.png")
    annotator.selection.select(one.id)
    hand.key(Qt.Key.Key_Delete)
    with hand.qtbot.waitSignal(workspace.loaded):
        hand.key(Qt.Key.Key_F5)
    record, project = workspace.record, workspace.project
    assert record is not None and project is not None
    assert (record.width, record.height) == (90, 150)
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert "another size" in failed[-1] and "cannot be undone" in failed[-1]
    assert annotator.accepted.annotations == [] == [*project.annotations(record.id)]
    assert project.snapshot().misfits == frozenset()
    # What was done elsewhere still can be.
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert workspace.row == 1
    assert not [*project.annotations()]
