"""Listing images by state and order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from samdesk.core.dataset import Change
from tests.ui.conftest import Started
from tests.ui.hand import Hand


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot) -> Hand:
    return Hand(start(photos), qtbot)


def listed(hand: Hand) -> list[str]:
    model = hand.app.window.images.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def choose(hand: Hand, *, state: str | int = "all", order: str = "name") -> None:
    choice = hand.app.window.images.choice
    for box, value in ((choice.state, state), (choice.order, order)):
        box.setCurrentIndex(box.findData(value))
        box.activated.emit(box.currentIndex())


def accept(hand: Hand) -> None:
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)


def test_each_state_lists_its_images(hand: Hand) -> None:
    accept(hand)
    hand.app.annotator.set_status("done")
    hand.app.workspace.go_to(1)
    hand.wait_for_image(1)
    hand.app.annotator.set_status("skipped")
    hand.app.workspace.errors[hand.app.workspace._key(2)] = OSError("torn")
    for state, names in {
        "all": ["disc1.png", "disc2.png", "disc3.png"],
        "open": ["disc3.png"],
        "done": ["disc1.png"],
        "skipped": ["disc2.png"],
        "annotated": ["disc1.png"],
        "bare": ["disc2.png", "disc3.png"],
        "draft": [],
        "problem": ["disc3.png"],
    }.items():
        choose(hand, state=state)
        assert listed(hand) == names, state


def test_a_choice_goes_to_its_first_image_and_keeps_what_changes(hand: Hand) -> None:
    hand.app.annotator.set_status("done")
    choose(hand, state="open")
    hand.wait_for_image(1)
    hand.app.annotator.set_status("done")
    assert listed(hand) == ["disc2.png", "disc3.png"]
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(2)
    choose(hand, state="open")
    assert listed(hand) == ["disc3.png"]


def test_the_order_is_that_of_the_steps(hand: Hand) -> None:
    hand.app.workspace.go_to(2)
    hand.wait_for_image(2)
    accept(hand)
    choose(hand, order="most")
    assert listed(hand) == ["disc3.png", "disc1.png", "disc2.png"]
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(0)
    hand.key(Qt.Key.Key_A)
    hand.wait_for_image(2)
    assert hand.app.window.images.list.currentIndex().row() == 0
    record = hand.app.workspace.records[0]
    hand.app.annotator.change("", [Change(record, replace(record, status="done"))])
    choose(hand, order="state")
    assert listed(hand) == ["disc2.png", "disc3.png", "disc1.png"]


def test_images_with_a_draft_are_marked_and_found(hand: Hand) -> None:
    panel = hand.app.window.images
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    assert "draft" in panel.list.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "draft" not in panel.list.model().index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    choose(hand, state="draft")
    assert listed(hand) == ["disc1.png"]


def test_without_a_match_the_list_says_so_and_the_image_keeps_its_draft(hand: Hand) -> None:
    window, panel = hand.app.window, hand.app.window.images
    panel.filter.setText("no such name")
    assert panel.show_all.isVisible()
    assert not panel.list.isVisible()
    assert window.header._position.text().startswith("not in the list")
    panel.show_all.click()
    assert len(listed(hand)) == 3
    assert panel.list.isVisible()
    panel.filter.setText("disc2")
    hand.qtbot.keyClick(panel.filter, Qt.Key.Key_Return)
    hand.wait_for_image(1)


def test_home_and_end_go_to_the_ends_of_the_list(hand: Hand) -> None:
    listed, workspace = hand.app.window.images.list, hand.app.workspace
    listed.setFocus()
    hand.qtbot.keyClick(listed, Qt.Key.Key_End)
    assert workspace.row == len(workspace.records) - 1
    hand.qtbot.keyClick(listed, Qt.Key.Key_Home)
    assert workspace.row == 0


def test_an_image_on_screen_that_matches_again_is_listed_again(hand: Hand) -> None:
    annotator = hand.app.annotator
    annotator.set_status("done")
    choose(hand, state="open")
    hand.wait_for_image(1)
    annotator.undoing.undo()
    hand.wait_for_image(0)
    assert listed(hand) == ["disc1.png", "disc2.png", "disc3.png"]
    # But what no longer matches stays: the list does not move under the hand.
    annotator.set_status("done")
    assert len(listed(hand)) == 3


def test_images_are_listed_by_category(hand: Hand) -> None:
    window = hand.app.window
    window.categorising.add("disc")
    accept(hand)
    window.categorising.add("ball")
    disc, ball = hand.app.annotator.accepted.categories
    choose(hand, state=disc.id)
    assert listed(hand) == ["disc1.png"]
    assert window.images.choice.state.currentText() == "With disc"
    choose(hand, state=ball.id)
    assert listed(hand) == []
    window.categorising.edit(ball, name="sphere")
    assert window.images.choice.state.currentText() == "With sphere"
    # Without its category there is nothing to list by.
    window.categorising.delete(hand.app.annotator.accepted.categories[1])
    assert len(listed(hand)) == 3
    assert window.images.choice.state.findText("With sphere") < 0


def test_an_image_that_cannot_be_read_is_skipped_and_so_finished(
    start: Started, photos: Path, qtbot: QtBot
) -> None:
    (photos / "disc1.png").write_bytes(b"no image")
    hand = Hand(start(photos), qtbot)
    actions = hand.app.window.actions_by_id
    assert hand.app.workspace.error is not None
    assert actions["skipped"].isEnabled() and not actions["done"].isEnabled()
    actions["skipped"].trigger()
    hand.wait_for_image(1)
    assert hand.app.workspace.records[0].status == "skipped"
    choose(hand, state="open")
    assert listed(hand) == ["disc2.png", "disc3.png"]
