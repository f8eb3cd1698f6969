"""Categories: given, named and kept, with real events."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Started
from tests.ui.hand import Hand

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot) -> Hand:
    return Hand(start(photos), qtbot)


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


def test_f2_renames_the_category_in_use(hand: Hand) -> None:
    window = hand.app.window
    for name in ("dog", "cat"):
        window.categorising.add(name)
    view = window.categories.list
    at = view.visualRect(view.model().index(0, 0)).center()
    hand.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    hand.key(Qt.Key.Key_F2)
    field = view.findChild(QLineEdit)
    assert field is not None and field.text() == "dog"
    # Asked for again, the field that is open stays.
    window.actions_by_id["rename_category"].trigger()
    assert view.findChildren(QLineEdit) == [field]
    hand.qtbot.keyClicks(field, "hound")
    hand.qtbot.keyClick(field, Qt.Key.Key_Return)
    hand.qtbot.waitUntil(
        lambda: [one.name for one in hand.app.annotator.accepted.categories] == ["hound", "cat"]
    )


def test_a_name_is_completed_and_never_made_twice(hand: Hand) -> None:
    window, annotator = hand.app.window, hand.app.annotator
    for name in ("toilet", "table", "dog"):
        window.categorising.add(name)
    for typed, meant in (("toil", "toilet"), ("AB", "table")):
        hand.key(Qt.Key.Key_C)
        hand.qtbot.keyClicks(window.categories.entry, typed)
        hand.key(Qt.Key.Key_Tab)
        assert window.categories.entry.text() == meant
        assert QApplication.focusWidget() is window.categories.entry
        hand.key(Qt.Key.Key_Return)
        assert annotator.accepted.category is not None
        assert annotator.accepted.category.name == meant
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(window.categories.entry, "DOG")
    assert "<b>dog</b>" in window.draft_bar.label.text()
    hand.key(Qt.Key.Key_Return)
    assert [one.name for one in annotator.accepted.categories] == ["toilet", "table", "dog"]
