"""The polygon tool, with real events in the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from samdesk.core.dataset import Annotation
from samdesk.core.polygon import rasterised
from samdesk.store.project import Project
from samdesk.ui.draft import Draft
from tests.ui.conftest import Started
from tests.ui.hand import Hand

CONTROL = Qt.KeyboardModifier.ControlModifier
RIGHT = Qt.MouseButton.RightButton
SQUARE = ((30.0, 20.0), (90.0, 20.0), (90.0, 80.0), (30.0, 80.0))


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot) -> Hand:
    hand = Hand(start(photos), qtbot)
    hand.key(Qt.Key.Key_P)
    return hand


def corner(
    hand: Hand, x: float, y: float, button: Qt.MouseButton = Qt.MouseButton.LeftButton
) -> None:
    """A click on the corner of a pixel."""
    hand.click(x - 0.5, y - 0.5, button)


def drawn(hand: Hand) -> None:
    for x, y in SQUARE:
        corner(hand, x, y)


def outline(hand: Hand) -> tuple[tuple[float, float], ...]:
    draft = hand.app.annotator.draft
    return draft.outline if draft else ()


def only_annotation(photos: Path) -> Annotation:
    with Project.open(photos, data=photos, read_only=True) as reader:
        (annotation,) = reader.annotations()
    return annotation


def test_enter_closes_a_polygon_and_accepts_it(hand: Hand, photos: Path) -> None:
    drawn(hand)
    assert outline(hand) == SQUARE
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert outline(hand) == SQUARE[:3]
    corner(hand, *SQUARE[3])
    hand.key(Qt.Key.Key_Return)
    assert hand.app.annotator.draft is not None
    assert hand.app.annotator.draft.mask == rasterised([SQUARE], 160, 120)
    hand.key(Qt.Key.Key_Return)
    accepted = only_annotation(photos)
    assert accepted.mask.bbox_xywh == (30, 20, 60, 60)
    assert accepted.mask.area == 3600
    assert accepted.provenance.source == "manual"


def test_the_first_corner_closes_too_and_two_do_not_make_a_polygon(hand: Hand) -> None:
    annotator = hand.app.annotator
    told: list[str] = []
    annotator.told.connect(told.append)
    corner(hand, *SQUARE[0])
    corner(hand, *SQUARE[1])
    hand.key(Qt.Key.Key_Return)
    assert "three" in told[-1]
    assert annotator.draft is not None and annotator.draft.is_open
    corner(hand, *SQUARE[2])
    corner(hand, *SQUARE[0])
    assert not annotator.draft.is_open
    assert annotator.draft.mask == rasterised([SQUARE[:3]], 160, 120)


def double_click(hand: Hand, x: float, y: float) -> None:
    """As the window system tells it: a click, then a press that is the second one."""
    corner(hand, x, y)
    viewport = hand.app.window.canvas.viewport()
    hand.qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=hand.place(x - 0.5, y - 0.5))


def test_a_double_click_sets_the_last_corner_and_closes(hand: Hand) -> None:
    annotator = hand.app.annotator
    told: list[str] = []
    annotator.told.connect(told.append)
    double_click(hand, *SQUARE[0])
    assert outline(hand) == SQUARE[:1] and "three" in told[-1]
    corner(hand, *SQUARE[1])
    corner(hand, *SQUARE[2])
    double_click(hand, *SQUARE[3])
    draft = annotator.draft
    assert draft is not None and not draft.is_open
    assert draft.mask == rasterised([SQUARE], 160, 120)
    # Nothing is accepted by it, and a further one moves no corner.
    assert annotator.accepted.annotations == []
    double_click(hand, *SQUARE[0])
    assert outline(hand) == SQUARE and annotator.draft is draft


def test_an_open_polygon_is_kept_with_another_tool_which_says_so(hand: Hand) -> None:
    annotator, label = hand.app.annotator, hand.app.window.draft_bar.label
    told: list[str] = []
    annotator.told.connect(told.append)
    assert "double-click" in label.text()
    corner(hand, *SQUARE[0])
    corner(hand, *SQUARE[1])
    assert "takes one away" in label.text()
    hand.key(Qt.Key.Key_S)
    assert "<b>P</b> goes on with it" in label.text()
    hand.click(50, 60)
    hand.key(Qt.Key.Key_B)
    hand.click(50, 60)
    assert "Close the polygon" in told[-1]
    assert outline(hand) == SQUARE[:2]
    hand.key(Qt.Key.Key_P)
    corner(hand, *SQUARE[2])
    assert outline(hand) == SQUARE[:3]
    hand.key(Qt.Key.Key_Return)
    assert "an edge for a new one" in label.text()


def test_a_corner_that_is_held_while_its_polygon_is_dropped_changes_nothing_else(
    hand: Hand, photos: Path
) -> None:
    annotator = hand.app.annotator
    drawn(hand)
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_Return)
    (before,) = annotator.accepted.annotations
    for leave in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        annotator.selection.select(before.id)
        annotator.push(Draft(outline=((100.0, 90.0), (140.0, 90.0), (140.0, 115.0))))
        hand.key(Qt.Key.Key_Return)
        viewport, held, there = (
            hand.app.window.canvas.viewport(),
            hand.place(139.5, 114.5),
            hand.place(120, 100),
        )
        hand.qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=held)
        hand.qtbot.mouseMove(viewport, there)
        hand.key(leave)
        if leave == Qt.Key.Key_Escape:
            # The corner is put back first, and only then the draft is dropped.
            assert annotator.draft is not None
            hand.key(leave)
        assert annotator.draft is None
        hand.qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=there)
        assert annotator.accepted.annotation(before.id) == before
    assert len(annotator.accepted.annotations) == 2


def test_corners_are_moved_inserted_and_taken_away(hand: Hand) -> None:
    drawn(hand)
    corner(hand, *SQUARE[0])
    hand.drag(90, 20, 110, 10)
    moved = (SQUARE[0], (110.0, 10.0), *SQUARE[2:])
    assert outline(hand) == moved
    hand.drag(60, 80, 60, 100)
    inserted = (*moved[:3], (60.0, 100.0), moved[3])
    assert outline(hand) == inserted
    corner(hand, 110, 10, RIGHT)
    assert outline(hand) == (inserted[0], *inserted[2:])
    draft = hand.app.annotator.draft
    assert draft is not None and draft.mask == rasterised([draft.outline], 160, 120)
    for expected in (inserted, moved, SQUARE):
        hand.key(Qt.Key.Key_Z, CONTROL)
        assert outline(hand) == expected


def test_an_accepted_polygon_is_edited_again(hand: Hand, photos: Path) -> None:
    annotator = hand.app.annotator
    drawn(hand)
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_Return)
    before = only_annotation(photos)
    hand.key(Qt.Key.Key_V)
    hand.click(60, 50)
    assert annotator.selection.last_id == before.id
    hand.key(Qt.Key.Key_P)
    hand.drag(30, 20, 10, 10)
    after = only_annotation(photos)
    assert after.id == before.id
    assert after.mask == rasterised([((10.0, 10.0), *SQUARE[1:])], 160, 120)
    hand.drag(10, 10, 20, 20)
    hand.key(Qt.Key.Key_Z, CONTROL)
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert only_annotation(photos) == before
    hand.drag(30, 20, 10, 10)
    assert only_annotation(photos).mask == after.mask


def test_the_bar_says_how_an_accepted_polygon_is_edited(hand: Hand) -> None:
    label = hand.app.window.draft_bar.label
    drawn(hand)
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_Return)
    assert "corners of a new object" in label.text()
    assert "<b>V</b> selects a mask to edit its corners" in label.text()
    hand.key(Qt.Key.Key_V)
    hand.click(60, 50)
    hand.key(Qt.Key.Key_P)
    assert label.text().startswith("<b>Drag</b> corners, or an edge for a new one")
    assert "new object" not in label.text()


def test_a_polygon_stays_on_screen_with_another_tool_and_escape_drops_it(hand: Hand) -> None:
    canvas = hand.app.window.canvas
    drawn(hand)
    hand.key(Qt.Key.Key_V)
    assert canvas._outline is not None
    hand.key(Qt.Key.Key_Escape)
    assert canvas._outline is None
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert outline(hand) == SQUARE


def test_a_polygon_waits_on_its_image(hand: Hand) -> None:
    canvas = hand.app.window.canvas
    drawn(hand)
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    assert canvas._outline is None
    corner(hand, 10, 10)
    assert outline(hand) == ((10.0, 10.0),)
    hand.key(Qt.Key.Key_A)
    hand.wait_for_image(0)
    assert outline(hand) == SQUARE
    assert canvas._outline is not None
    corner(hand, 30, 20)
    assert hand.app.annotator.draft is not None
    assert hand.app.annotator.draft.mask == rasterised([SQUARE], 160, 120)


def test_masks_that_were_not_drawn_as_polygons_get_corners(hand: Hand, photos: Path) -> None:
    """Such as those of an engine, and polygons after the program was started again."""
    annotator = hand.app.annotator
    hand.key(Qt.Key.Key_S)
    hand.click(50, 60)
    hand.qtbot.waitUntil(
        lambda: annotator.draft is not None and annotator.draft.mask is not None, timeout=20000
    )
    hand.key(Qt.Key.Key_Return)
    before = only_annotation(photos)
    annotator.selection.select(before.id)
    hand.key(Qt.Key.Key_P)
    tool = hand.app.window.canvas.polygon
    corners = tool._vertices
    assert tool.edits_selected and 8 <= len(corners) <= 60
    x, y = max(corners)
    hand.drag(x, y, x + 30, y)
    after = only_annotation(photos)
    assert after.id == before.id and after.provenance.source == "manual"
    assert after.mask.iou(before.mask) > 0.8 and after.mask.w >= before.mask.w + 28
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert only_annotation(photos) == before
