"""Masks corrected by hand, with real events in the real window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from samdesk.core.crowd import is_crowd
from samdesk.core.dataset import Annotation, Category, Change
from samdesk.core.hierarchy import as_tree
from samdesk.core.mask import Mask
from samdesk.core.morphology import components, difference, union
from samdesk.core.stroke import Stroke
from samdesk.store.project import Project
from samdesk.ui.canvas.mask_layer import Style
from tests.ui.conftest import Started
from tests.ui.hand import Hand

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
RIGHT = Qt.MouseButton.RightButton


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot) -> Hand:
    return Hand(start(photos), qtbot)


def rectangle(x: int, y: int, w: int, h: int) -> Mask:
    return Mask.from_crop(np.ones((h, w), bool), x, y, 160, 120)


def given(hand: Hand, *masks: Mask) -> list[Annotation]:
    """Annotations that are there already."""
    annotator = hand.app.annotator
    project = annotator.workspace.project
    record = annotator.workspace.record
    assert project is not None and record is not None
    changes = [Change(None, Category(1, "thing", "#e69f00"))]
    changes += [
        Change(None, Annotation(number, record.id, 1, mask))
        for number, mask in enumerate(masks, start=1)
    ]
    assert annotator.change("given", changes)
    return list(annotator.accepted.annotations)


def stored(folder: Path) -> list[Annotation]:
    with Project.open(folder, data=folder, read_only=True) as reader:
        return list(reader.annotations())


def stroke(size: int, *places: tuple[float, float]) -> Mask:
    drawn = Stroke(160, 120, size)
    for x, y in places:
        drawn.go_to(x, y)
    return drawn.mask()


def test_strokes_without_a_selection_draft_a_new_object(hand: Hand, photos: Path) -> None:
    annotator = hand.app.annotator
    hand.key(Qt.Key.Key_B)
    hand.drag(30, 30, 90, 30)
    assert annotator.draft is not None
    first = annotator.draft.mask
    assert first is not None
    assert first.iou(stroke(25, (29, 29), (89, 29))) > 0.9
    hand.drag(60, 30, 60, 90)
    assert annotator.draft.mask is not None and annotator.draft.mask.area > first.area
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.draft.mask == first
    hand.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    hand.key(Qt.Key.Key_Return)
    (accepted,) = stored(photos)
    assert accepted.mask.iou(stroke(25, (30, 30), (90, 30), (60, 30), (60, 90))) > 0.9
    assert accepted.provenance.source == "manual"
    assert accepted.provenance.clicks == 2
    assert accepted.provenance.engine == ""
    assert annotator.draft is None


def test_brush_and_eraser_change_the_selected_one_a_step_each(hand: Hand, photos: Path) -> None:
    annotator = hand.app.annotator
    (before,) = given(hand, rectangle(20, 20, 60, 40))
    annotator.selection.select(before.id)
    hand.key(Qt.Key.Key_B)
    hand.drag(80, 40, 120, 40)
    painted = stored(photos)[0].mask
    assert painted.iou(union([before.mask, stroke(25, (80, 40), (120, 40))])) > 0.97
    hand.key(Qt.Key.Key_E)
    hand.click(40, 40)
    erased = stored(photos)[0]
    assert erased.mask == difference(painted, stroke(25, (40.5, 40.5)))
    assert erased.provenance.source == "manual"
    assert erased.provenance.clicks == 2
    hand.click(40, 40, RIGHT)
    assert stored(photos)[0].mask == painted
    for expected in (erased.mask, painted, before.mask):
        hand.key(Qt.Key.Key_Z, CONTROL)
        assert stored(photos)[0].mask == expected
    assert annotator.selection.last_id == before.id


def test_what_follows_a_stroke_at_once_finds_it_stored(hand: Hand, photos: Path) -> None:
    annotator, workspace = hand.app.annotator, hand.app.workspace
    (before,) = given(hand, rectangle(20, 20, 60, 40))
    annotator.selection.select(before.id)
    hand.key(Qt.Key.Key_B)
    # No turn of the event loop is in between.
    hand.drag(80, 30, 120, 30)
    first = stored(photos)[0].mask
    hand.drag(80, 70, 120, 70)
    second = stored(photos)[0].mask
    assert second == union([first, second]) and second.area > first.area > before.mask.area
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert stored(photos)[0].mask == first
    hand.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    hand.drag(30, 100, 120, 100)
    third = stored(photos)[0].mask
    workspace.step(1)
    hand.wait_for_image(1)
    assert stored(photos)[0].mask == third
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert workspace.row == 0, "what is undone is shown"
    assert stored(photos)[0].mask == second


def test_an_engine_s_draft_is_mended_before_it_is_accepted(hand: Hand, photos: Path) -> None:
    annotator = hand.app.annotator
    hand.click(50, 60)
    hand.wait_for_mask()
    assert annotator.draft is not None and annotator.draft.mask is not None
    answer = annotator.draft.mask
    hand.key(Qt.Key.Key_E)
    hand.click(50, 60)
    hand.key(Qt.Key.Key_S)
    hand.click(100, 100)
    assert annotator.draft.mask == difference(answer, stroke(25, (50, 60))), "no click drops it"
    hand.key(Qt.Key.Key_Return)
    (accepted,) = stored(photos)
    assert accepted.mask.area == difference(answer, stroke(25, (50, 60))).area
    assert accepted.provenance.source == "manual"
    assert accepted.provenance.engine == "Built-in (no checkpoint)"
    assert accepted.provenance.predicted_iou is None
    assert accepted.provenance.prompt.points[0].x == 50


def test_the_eraser_never_leaves_an_annotation_empty(hand: Hand, photos: Path) -> None:
    annotator = hand.app.annotator
    told: list[str] = []
    annotator.told.connect(told.append)
    (before,) = given(hand, rectangle(40, 40, 5, 5))
    hand.key(Qt.Key.Key_E)
    hand.click(42, 42)
    assert "Select" in told[-1]
    annotator.selection.select(before.id)
    hand.click(42, 42)
    assert "Del" in told[-1]
    assert stored(photos)[0].mask == before.mask


def test_brackets_change_the_brush_and_its_ring(hand: Hand) -> None:
    canvas = hand.app.window.canvas
    hand.key(Qt.Key.Key_B)
    before = canvas.brush_size.pixels
    hand.key(Qt.Key.Key_BracketRight)
    assert canvas.brush_size.pixels > before
    hand.key(Qt.Key.Key_BracketLeft)
    hand.key(Qt.Key.Key_BracketLeft)
    assert canvas.brush_size.pixels < before
    hand.hover(50, 50)
    hand.drag(50, 50, 51, 50)
    size = canvas.brush_size.pixels
    ring = canvas._ring
    assert ring is not None
    assert ring.boundingRect().width() == pytest.approx(size + 6 / canvas.zoom)
    hand.key(Qt.Key.Key_S)
    assert canvas._ring is None


def test_a_stroke_is_seen_until_its_mask_is_drawn(hand: Hand) -> None:
    canvas = hand.app.window.canvas

    def shown() -> tuple[int, int, int]:
        place = hand.place(20, 20)
        return canvas.viewport().grab().toImage().pixelColor(place).getRgb()[:3]

    ground = shown()
    hand.key(Qt.Key.Key_B)
    hand.drag(15, 20, 25, 20)
    assert shown() != ground
    hand.qtbot.waitUntil(lambda: canvas.is_drawn, timeout=20000)
    assert shown() != ground
    hand.key(Qt.Key.Key_Escape)
    hand.qtbot.waitUntil(lambda: canvas.is_drawn and shown() == ground, timeout=20000)


def test_leaving_the_image_in_the_middle_of_a_stroke_drops_it(hand: Hand, photos: Path) -> None:
    viewport = hand.app.window.canvas.viewport()
    hand.key(Qt.Key.Key_B)
    hand.qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=hand.place(50, 50))
    # No key does that now, but an undo on another image might.
    hand.app.workspace.go_to(1)
    hand.wait_for_image(1)
    hand.qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=hand.place(50, 50))
    assert hand.app.annotator.draft is None
    assert stored(photos) == []


def test_holes_and_specks(hand: Hand, photos: Path) -> None:
    annotator = hand.app.annotator
    whole = rectangle(20, 20, 60, 40)
    ragged = union([difference(whole, rectangle(40, 30, 10, 10)), rectangle(120, 90, 4, 4)])
    (before,) = given(hand, ragged)
    annotator.selection.select(before.id)
    hand.key(Qt.Key.Key_O)
    assert stored(photos)[0].mask == union([whole, rectangle(120, 90, 4, 4)])
    hand.key(Qt.Key.Key_O, SHIFT)
    assert stored(photos)[0].mask == whole
    hand.key(Qt.Key.Key_Z, CONTROL)
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert stored(photos)[0] == before
    hand.key(Qt.Key.Key_B)
    annotator.selection.select(None)
    hand.click(100, 30)
    assert annotator.draft is not None
    told: list[str] = []
    annotator.told.connect(told.append)
    hand.key(Qt.Key.Key_O)
    assert "no holes" in told[-1]


def test_pieces_become_annotations_and_one_again(hand: Hand, photos: Path) -> None:
    annotator = hand.app.annotator
    large, small = rectangle(20, 20, 40, 40), rectangle(90, 20, 20, 20)
    (before,) = given(hand, union([large, small]))
    annotator.selection.select(before.id)
    hand.key(Qt.Key.Key_M, SHIFT)
    assert [one.mask for one in stored(photos)] == [large, small]
    assert set(annotator.selection.ids) == {one.id for one in annotator.accepted.annotations}
    hand.key(Qt.Key.Key_M)
    (again,) = stored(photos)
    assert again.id == before.id
    assert again.mask == before.mask
    hand.key(Qt.Key.Key_Z, CONTROL)
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert stored(photos) == [before]


def test_shift_and_control_select_several_for_one_step(hand: Hand, photos: Path) -> None:
    annotator = hand.app.annotator
    one, two, three = given(
        hand, rectangle(10, 10, 40, 40), rectangle(20, 20, 10, 10), rectangle(90, 60, 20, 20)
    )
    hand.key(Qt.Key.Key_V)
    hand.click(12, 12)
    hand.click(25, 25, modifier=SHIFT)
    hand.click(95, 65, modifier=CONTROL)
    assert annotator.selection.ids == (one.id, two.id, three.id)
    hand.click(95, 65, modifier=CONTROL)
    assert annotator.selection.ids == (one.id, two.id)
    hand.click(150, 110, modifier=SHIFT)
    assert annotator.selection.ids == (one.id, two.id), "a miss keeps what is selected"
    hand.key(Qt.Key.Key_G)
    assert [annotation.parent_id for annotation in stored(photos)] == [None, one.id, None]
    assert [depth for depth, _ in as_tree(annotator.accepted.annotations)] == [0, 1, 0]
    annotator.selection.select(two.id)
    hand.key(Qt.Key.Key_G, SHIFT)
    assert stored(photos)[1].parent_id is None
    hand.key(Qt.Key.Key_Z, CONTROL)
    annotator.selection.select_all((one.id, three.id))
    hand.key(Qt.Key.Key_Delete)
    (left,) = stored(photos)
    assert left.id == two.id and left.parent_id is None
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert stored(photos)[1].parent_id == one.id


def test_the_list_selects_what_the_canvas_selects_and_shows_the_tree(
    hand: Hand, photos: Path
) -> None:
    annotator, panel = hand.app.annotator, hand.app.window.annotations
    part, _, whole = given(
        hand, rectangle(20, 20, 10, 10), rectangle(90, 60, 20, 20), rectangle(10, 10, 40, 40)
    )
    annotator.selection.select_all((part.id, whole.id))
    hand.key(Qt.Key.Key_G)
    rows = panel.list.model()
    spoken = [rows.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]
    assert spoken == ["thing, 400 px", "thing, 1,600 px", "thing, part, 100 px"]
    assert {index.row() for index in panel.list.selectedIndexes()} == {1, 2}

    def click(row: int, modifier: Qt.KeyboardModifier, *, on_eye: bool = False) -> None:
        place = panel.list.visualRect(rows.index(row, 0))
        at = place.center()
        if on_eye:
            at.setX(place.right() - 12)
        hand.qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, modifier, at)

    click(0, Qt.KeyboardModifier.NoModifier)
    assert annotator.selection.ids == (2,)
    click(2, CONTROL)
    assert annotator.selection.ids == (2, part.id)
    click(0, Qt.KeyboardModifier.NoModifier)
    click(2, SHIFT)
    assert set(annotator.selection.ids) == {1, 2, 3}
    click(1, Qt.KeyboardModifier.NoModifier, on_eye=True)
    assert annotator.selection.hidden_ids == {whole.id}
    assert "hidden" in rows.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    click(1, Qt.KeyboardModifier.NoModifier, on_eye=True)
    assert annotator.selection.hidden_ids == frozenset()
    hand.key(Qt.Key.Key_Escape)
    assert panel.list.selectedIndexes() == []


def test_a_prompt_adds_to_the_selected_annotation(hand: Hand, photos: Path) -> None:
    annotator = hand.app.annotator
    (before,) = given(hand, rectangle(120, 5, 20, 20))
    annotator.selection.select(before.id)
    hand.key(Qt.Key.Key_Plus)
    assert "add" in hand.app.window.draft_bar.label.text()
    assert hand.app.window.actions_by_id["add_to"].isChecked()
    hand.click(50, 60)
    hand.wait_for_mask()
    assert annotator.draft is not None and annotator.draft.mask is not None
    found = annotator.draft.mask
    assert annotator.selection.last_id == before.id
    hand.key(Qt.Key.Key_Return)
    (after,) = stored(photos)
    assert after.mask == union([before.mask, found])
    assert after.id == before.id and after.provenance.source == "manual"
    assert annotator.correction is None and annotator.draft is None
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert stored(photos) == [before]


def test_a_prompt_takes_from_the_selected_annotation(hand: Hand, photos: Path) -> None:
    annotator = hand.app.annotator
    (before,) = given(hand, rectangle(0, 0, 160, 120))
    annotator.selection.select(before.id)
    hand.key(Qt.Key.Key_Minus)
    hand.click(50, 60)
    hand.wait_for_mask()
    assert annotator.draft is not None and annotator.draft.mask is not None
    found = annotator.draft.mask
    hand.key(Qt.Key.Key_Return)
    assert stored(photos)[0].mask == difference(before.mask, found)
    assert len(components(stored(photos)[0].mask)) >= 1


def test_escape_and_undo_bring_the_selection_back_that_a_click_beside_it_dropped(
    hand: Hand,
) -> None:
    annotator = hand.app.annotator
    (one,) = given(hand, rectangle(100, 10, 30, 30))
    annotator.selection.select(one.id)
    for back in ((Qt.Key.Key_Escape,), (Qt.Key.Key_Z, CONTROL)):
        hand.click(50, 60)
        assert annotator.draft is not None and annotator.selection.ids == ()
        hand.key(*back)
        assert annotator.draft is None
        assert annotator.selection.ids == (one.id,)
    hand.key(Qt.Key.Key_Escape)
    assert annotator.selection.ids == ()


def test_keys_that_need_a_selection_say_so(hand: Hand) -> None:
    annotator, notices = hand.app.annotator, hand.app.window.notices

    def said(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> str:
        notices._notices.clear()
        hand.key(key, modifier)
        return notices.notice.text if notices.notice is not None else ""

    assert said(Qt.Key.Key_Plus) == (
        "There are no masks here yet: S and a click on an object makes one."
    )
    given(hand, rectangle(100, 10, 30, 30))
    for key, modifier in (
        (Qt.Key.Key_Plus, SHIFT),
        (Qt.Key.Key_Plus, Qt.KeyboardModifier.KeypadModifier),
        (Qt.Key.Key_Minus, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_M, SHIFT),
        (Qt.Key.Key_O, Qt.KeyboardModifier.NoModifier),
    ):
        assert said(key, modifier) == "Select a mask first: V and a click on it."
    assert said(Qt.Key.Key_M) == "Select several masks first: V, then Shift and clicks."
    assert said(Qt.Key.Key_W, SHIFT) == "", "that is no key of anything"
    assert said(Qt.Key.Key_Y, CONTROL) == "", "nothing to redo is no riddle"
    hand.click(50, 60)
    hand.wait_for_mask()
    assert said(Qt.Key.Key_Minus).startswith("Accept the draft with Enter")
    hand.key(Qt.Key.Key_Escape)
    annotator.selection.select(annotator.accepted.annotations[0].id)
    assert said(Qt.Key.Key_Minus) == ""
    assert annotator.correction is not None


def test_undo_of_a_merge_selects_both_again_and_the_bar_says_which_category_wins(
    hand: Hand,
) -> None:
    annotator, label = hand.app.annotator, hand.app.window.draft_bar.label
    small, large = given(hand, rectangle(10, 10, 20, 20), rectangle(60, 10, 40, 40))
    hand.app.window.categorising.add("ring")
    annotator.selection.select(large.id)
    hand.key(Qt.Key.Key_2)
    annotator.selection.select_all((small.id, large.id))
    assert "merges into the largest, <b>ring</b>" in label.text()
    hand.key(Qt.Key.Key_M)
    (merged,) = annotator.accepted.annotations
    assert merged.category_id == 2
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.selection.ids == (small.id, large.id)
    annotator.selection.select(small.id)
    hand.key(Qt.Key.Key_2)
    annotator.selection.select_all((small.id, large.id))
    assert "merges ·" in label.text() and "largest, " not in label.text()


def test_the_select_tool_says_what_to_do_where_there_is_nothing_to_select(hand: Hand) -> None:
    label = hand.app.window.draft_bar.label
    hand.key(Qt.Key.Key_V)
    assert label.text() == "No masks here yet: <b>S</b> and <b>click</b> an object"
    given(hand, rectangle(100, 10, 30, 30))
    assert "selects a mask" in label.text()
    hand.app.annotator.selection.select(1)
    assert "<b>1</b> to <b>9</b>, <b>C</b> category" in label.text()


def test_what_will_be_taken_away_is_striped_and_its_click_is_a_minus(hand: Hand) -> None:
    annotator, canvas = hand.app.annotator, hand.app.window.canvas
    (one,) = given(hand, rectangle(20, 30, 70, 70))
    shown, said = {}, {}
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
        annotator.selection.select(one.id)
        hand.key(key)
        hand.click(50, 60)
        hand.wait_for_mask()
        hand.qtbot.waitUntil(lambda: canvas.is_drawn, timeout=20000)
        assert canvas._draft is not None and canvas._prompt is not None
        (look,) = canvas._draft._looks.values()
        # Beside the point, and on its middle.
        picture = canvas.grab().toImage()
        at = canvas.viewport().mapTo(canvas, hand.place(50, 60))
        row = [picture.pixelColor(at.x() + x, at.y() + 12).lightness() for x in range(-12, 13)]
        middle = max(picture.pixelColor(at.x() + x, at.y() - 2).lightness() for x in range(-2, 3))
        shown[key] = look.style, max(row) - min(row), middle
        said[key] = hand.app.window.draft_bar.label.text().split(" · ")[1]
        hand.key(Qt.Key.Key_Escape)
        hand.key(Qt.Key.Key_Escape)
    adds, takes = shown[Qt.Key.Key_Plus], shown[Qt.Key.Key_Minus]
    assert said == {
        Qt.Key.Key_Plus: "<b>click</b> adds, <b>right-click</b> takes away",
        Qt.Key.Key_Minus: "<b>click</b> takes more, <b>right-click</b> takes less",
    }
    assert (adds[0], takes[0]) == (None, Style.TAKEN)
    assert takes[1] > adds[1] + 60, "stripes, not a plain tint"
    assert adds[2] > 180 > takes[2], "a minus has no upright stroke"


def test_escape_leaves_the_correction_step_by_step(hand: Hand, photos: Path) -> None:
    annotator = hand.app.annotator
    (before,) = given(hand, rectangle(120, 5, 20, 20))
    annotator.selection.select(before.id)
    hand.key(Qt.Key.Key_Plus)
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Escape)
    assert annotator.draft is None and annotator.correction is not None
    hand.key(Qt.Key.Key_Escape)
    assert annotator.correction is None and annotator.selection.last_id == before.id
    hand.key(Qt.Key.Key_Escape)
    assert annotator.selection.last_id is None
    assert stored(photos) == [before]


def test_a_hidden_annotation_is_neither_drawn_nor_hit(hand: Hand, photos: Path) -> None:
    annotator, canvas = hand.app.annotator, hand.app.window.canvas
    (before,) = given(hand, rectangle(20, 20, 60, 40))
    annotator.selection.select(before.id)
    hand.key(Qt.Key.Key_H, SHIFT)
    assert canvas._masks is not None and not canvas._masks._looks
    annotator.selection.select(None)
    hand.key(Qt.Key.Key_V)
    hand.click(40, 40)
    assert annotator.selection.last_id is None
    annotator.selection.select(before.id)
    hand.key(Qt.Key.Key_H, SHIFT)
    assert before.id in canvas._masks._looks
    assert stored(photos) == [before]


def test_the_bar_says_what_the_tool_does_here(hand: Hand) -> None:
    annotator, label = hand.app.annotator, hand.app.window.draft_bar.label
    (one,) = given(hand, rectangle(20, 20, 60, 40))
    for key, alone, on_selected in (
        (Qt.Key.Key_B, "a new object", "on the selected"),
        (Qt.Key.Key_E, "selects what to erase from", "from the selected"),
        (Qt.Key.Key_P, "corners", "corners"),
        (Qt.Key.Key_V, "Shift", "paints"),
        (Qt.Key.Key_S, "drag", "paints"),
    ):
        annotator.selection.select(None)
        hand.key(key)
        assert alone in label.text()
        annotator.selection.select(one.id)
        assert on_selected in label.text()
    annotator.selection.select(None)
    hand.key(Qt.Key.Key_B)
    hand.click(100, 30)
    for key, said in (
        (Qt.Key.Key_B, "right button erases"),
        (Qt.Key.Key_E, "right button paints"),
    ):
        hand.key(key)
        assert said in label.text()
        assert "<b>[</b> <b>]</b> size" in label.text()
        assert "accepts as <b>thing</b>" in label.text()


def test_a_crowd_is_made_and_undone(hand: Hand) -> None:
    annotator, window = hand.app.annotator, hand.app.window
    (one,) = given(hand, rectangle(10, 10, 60, 60))
    annotator.selection.select(one.id)
    action = window.actions_by_id["crowd"]
    assert action.isEnabled() and not action.isChecked()
    hand.key(Qt.Key.Key_C, SHIFT)
    assert is_crowd(annotator.accepted.annotations[0]) and action.isChecked()
    model = window.annotations.list.model()
    spoken = model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert "crowd" in spoken
    hand.key(Qt.Key.Key_C, SHIFT)
    assert annotator.accepted.annotations == [one] and not action.isChecked()
    annotator.undoing.undo()
    annotator.selection.select(None)
    assert is_crowd(annotator.accepted.annotations[0])
    assert not action.isEnabled() and not action.isChecked()


def test_what_was_just_accepted_becomes_a_part_without_being_selected(hand: Hand) -> None:
    annotator, window = hand.app.annotator, hand.app.window
    (whole,) = given(hand, rectangle(5, 5, 100, 110))
    label = window.draft_bar.label
    hand.click(50, 60)
    hand.wait_for_mask()
    assert not window.actions_by_id["part"].isEnabled()
    hand.key(Qt.Key.Key_Return)
    assert "makes the last one a part of <b>thing</b>" in label.text()
    hand.key(Qt.Key.Key_W)
    part = annotator.accepted.annotations[-1]
    assert part.parent_id == whole.id and annotator.selection.ids == ()
    assert "part of" not in label.text()
    hand.key(Qt.Key.Key_W)
    assert annotator.accepted.annotations[-1].parent_id is None
