"""Categories: given, named and kept, with real events."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from samdesk.store.project import Project
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
    assert "makes the selection the new category <b>disc</b>" in window.draft_bar.label.text()
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
    assert "accepts as the new category <b>a&lt;b</b>" in label.text()
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


def names(hand: Hand) -> list[str]:
    model = hand.app.window.categories.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def with_forty(hand: Hand) -> None:
    for number in range(1, 38):
        hand.app.window.categorising.add(f"kind {number}")
    for name in ("zebra crossing", "bus", "minibus"):
        hand.app.window.categorising.add(name)


def test_one_of_many_categories_is_found_in_the_list_by_a_part_of_its_name(hand: Hand) -> None:
    annotator, window = hand.app.annotator, hand.app.window
    with_forty(hand)
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_C)
    assert len(names(hand)) == 40
    hand.qtbot.keyClicks(window.categories.entry, "bus")
    # Those that begin so come first, and nothing is chosen but what is typed.
    assert names(hand) == ["bus", "minibus"]
    assert window.categories.list.selectedIndexes() == []
    hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Down)
    assert "accepts as <b>minibus</b>" in window.draft_bar.label.text()
    hand.key(Qt.Key.Key_Return)
    (made,) = annotator.accepted.annotations
    category = annotator.accepted.category_of(made)
    assert category is not None and category.name == "minibus"
    assert len(names(hand)) == 40 and window.categories.entry.text() == ""
    assert QApplication.focusWidget() is window.canvas
    # The same for what is selected.
    annotator.selection.select(made.id)
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(window.categories.entry, "cross")
    assert "<b>Down</b> takes <b>zebra crossing</b>" in window.draft_bar.label.text()
    hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Return)
    category = annotator.accepted.category_of(annotator.accepted.annotations[0])
    assert category is not None and category.name == "zebra crossing"
    assert len(annotator.accepted.categories) == 40


def test_what_is_typed_stays_a_new_name_and_escape_lists_all_again(hand: Hand) -> None:
    window, annotator = hand.app.window, hand.app.annotator
    with_forty(hand)
    current = annotator.accepted.category_id
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(window.categories.entry, "zeb")
    assert names(hand) == ["zebra crossing"]
    hand.key(Qt.Key.Key_Up)
    hand.key(Qt.Key.Key_Up)
    hand.key(Qt.Key.Key_Escape)
    assert len(names(hand)) == 40 and annotator.accepted.category_id == current
    assert window.categories.list.currentIndex().data() == "minibus"
    # What is left of it is typed over, and Down begins at the first of what is listed then.
    hand.key(Qt.Key.Key_C)
    assert len(names(hand)) == 40
    hand.qtbot.keyClicks(window.categories.entry, "zebu")
    assert names(hand) == [] and "No category is called so" in window.categories._empty.text()
    assert not window.categories._empty.isHidden()
    hand.key(Qt.Key.Key_Return)
    assert annotator.accepted.category is not None
    assert annotator.accepted.category.name == "zebu" and len(names(hand)) == 41
    assert window.categories._empty.isHidden()
    # A click beside the field lists all again, too.
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(window.categories.entry, "zeb")
    assert len(names(hand)) == 2
    hand.click(50, 60)
    assert len(names(hand)) == 41


def test_a_click_chooses_among_those_that_are_listed_and_a_double_click_takes(hand: Hand) -> None:
    window, annotator = hand.app.window, hand.app.annotator
    with_forty(hand)
    panel, left = window.categories, Qt.MouseButton.LeftButton
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(panel.entry, "bus")
    place = panel.list.visualRect(panel.list.model().index(1, 0)).center()
    hand.qtbot.mouseClick(panel.list.viewport(), left, pos=place)
    assert annotator.accepted.annotations == [] and panel.entry.hasFocus()
    assert "accepts as <b>minibus</b>" in window.draft_bar.label.text()
    hand.qtbot.mouseDClick(panel.list.viewport(), left, pos=place)
    (made,) = annotator.accepted.annotations
    category = annotator.accepted.category_of(made)
    assert category is not None and category.name == "minibus"
    assert QApplication.focusWidget() is window.canvas


def test_a_category_found_by_typing_has_its_menu_and_is_renamed(hand: Hand) -> None:
    window, annotator = hand.app.window, hand.app.annotator
    with_forty(hand)
    panel = window.categories
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(panel.entry, "minib")
    panel.open_menu(panel.list.model().index(0, 0))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (rename,) = [one for one in menu.actions() if one.text().startswith("Rename")]
    menu.close()
    rename.trigger()
    field = panel.list.findChild(QLineEdit)
    assert field is not None and field.text() == "minibus" and len(names(hand)) == 40
    hand.qtbot.keyClicks(field, "van")
    hand.qtbot.keyClick(field, Qt.Key.Key_Return)
    hand.qtbot.waitUntil(lambda: annotator.accepted.categories[-1].name == "van")


def dropped(hand: Hand, row: int, before: int) -> None:
    """Drags a category to between two others, as the list gets it from the mouse."""
    view = hand.app.window.categories.list
    model, viewport = view.model(), view.viewport()
    data = model.mimeData([model.index(row, 0)])
    if before < model.rowCount():
        place = view.visualRect(model.index(before, 0)).topLeft() + QPoint(20, 1)
    else:
        place = view.visualRect(model.index(before - 1, 0)).bottomLeft() + QPoint(20, 20)
    link, left = Qt.DropAction.LinkAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    for event in (
        QDragEnterEvent(place, link, data, left, none),
        QDragMoveEvent(place, link, data, left, none),
    ):
        QApplication.sendEvent(viewport, event)
        assert event.isAccepted()
    QApplication.sendEvent(viewport, QDropEvent(QPointF(place), link, data, left, none))


def test_categories_are_put_in_order_and_the_number_keys_follow(
    hand: Hand, start: Started, photos: Path
) -> None:
    annotator, window = hand.app.annotator, hand.app.window
    for name in ("a", "b", "c", "d"):
        window.categorising.add(name)
    dropped(hand, 3, 0)
    assert names(hand) == ["d", "a", "b", "c"]
    dropped(hand, 1, 4)
    assert names(hand) == ["d", "b", "c", "a"]
    hand.key(Qt.Key.Key_1)
    assert annotator.accepted.category is not None and annotator.accepted.category.name == "d"
    # By keys it is the one in use; beyond the ends there is nothing.
    alt = Qt.KeyboardModifier.AltModifier
    hand.key(Qt.Key.Key_Up, alt)
    hand.key(Qt.Key.Key_Down, alt)
    assert names(hand) == ["b", "d", "c", "a"]
    hand.key(Qt.Key.Key_Z, CONTROL)
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert names(hand) == ["d", "a", "b", "c"]
    hand.key(Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert names(hand) == ["d", "b", "c", "a"]
    # A new one comes last, and with the keyboard in the list it is the list's.
    window.categorising.add("e")
    window.categories.list.setFocus()
    window.categories.list.setCurrentIndex(window.categories.list.model().index(3, 0))
    hand.key(Qt.Key.Key_Down, alt)
    hand.key(Qt.Key.Key_Up, alt)
    hand.key(Qt.Key.Key_Up, alt)
    assert names(hand) == ["d", "b", "a", "c", "e"]
    window.close()
    hand.app.close()
    again = start(photos)
    assert [one.name for one in again.annotator.accepted.categories] == ["d", "b", "a", "c", "e"]
    with Project.open(photos, data=photos / "data", read_only=True) as project:
        # A file that is exported knows them as before.
        assert [one.name for one in project.snapshot().categories] == ["a", "b", "c", "d", "e"]


def test_the_list_stays_where_it_is_when_one_of_it_is_moved(hand: Hand) -> None:
    window = hand.app.window
    with_forty(hand)
    bar = window.categories.list.verticalScrollBar()
    assert bar.value() > 0
    bar.setValue(0)
    dropped(hand, 2, 0)
    assert names(hand)[:3] == ["kind 3", "kind 1", "kind 2"] and bar.value() == 0


def test_annotations_are_not_dropped_among_categories(hand: Hand) -> None:
    window = hand.app.window
    window.categorising.add("a")
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    data = window.annotations.list.model().mimeData([window.annotations.list.model().index(0, 0)])
    rows = window.categories.list.model()
    assert not rows.canDropMimeData(data, Qt.DropAction.LinkAction, 0, 0, QModelIndex())


def test_panels_that_were_put_away_are_there_while_a_name_is_typed(hand: Hand) -> None:
    window, annotator = hand.app.window, hand.app.annotator
    window.categorising.add("dog")
    hand.key(Qt.Key.Key_B, CONTROL)
    assert not window.categories.isVisible() and not window.images.isVisible()
    for leave in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        hand.key(Qt.Key.Key_F2)
        field = window.categories.list.findChild(QLineEdit)
        assert field is not None and field.isVisible()
        hand.qtbot.keyClicks(field, "hound")
        hand.qtbot.keyClick(field, leave)
        hand.qtbot.waitUntil(lambda: not window.categories.isVisible())
        assert not window.images.isVisible() and window.canvas.hasFocus()
        assert [one.name for one in annotator.accepted.categories] == ["hound"]
    # The same for a new name.
    for leave in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        hand.key(Qt.Key.Key_C)
        assert window.categories.entry.hasFocus()
        hand.qtbot.keyClicks(window.categories.entry, "cat")
        hand.key(leave)
        hand.qtbot.waitUntil(lambda: not window.categories.isVisible())
        assert window.canvas.hasFocus() and len(annotator.accepted.categories) == 2
    # From one name to another they stay, and who wants them back has them.
    hand.key(Qt.Key.Key_C)
    window.actions_by_id["rename_category"].trigger()
    QApplication.sendPostedEvents()
    field = window.categories.list.findChild(QLineEdit)
    assert field is not None and field.isVisible()
    hand.qtbot.keyClick(field, Qt.Key.Key_Escape)
    hand.qtbot.waitUntil(lambda: not window.categories.isVisible())
    hand.key(Qt.Key.Key_B, CONTROL)
    hand.key(Qt.Key.Key_F2)
    field = window.categories.list.findChild(QLineEdit)
    assert field is not None
    hand.qtbot.keyClick(field, Qt.Key.Key_Escape)
    hand.qtbot.waitUntil(lambda: window.canvas.hasFocus())
    QApplication.sendPostedEvents()
    assert window.categories.isVisible()


def test_a_category_is_named_by_its_offer_with_the_panels_put_away(hand: Hand) -> None:
    window = hand.app.window
    hand.key(Qt.Key.Key_B, CONTROL)
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    hand.qtbot.mouseClick(window.notices._button, Qt.MouseButton.LeftButton)
    field = window.categories.list.findChild(QLineEdit)
    assert field is not None and field.isVisible()
    hand.qtbot.keyClicks(field, "disc")
    hand.qtbot.keyClick(field, Qt.Key.Key_Return)
    hand.qtbot.waitUntil(lambda: not window.categories.isVisible())
    assert [one.name for one in hand.app.annotator.accepted.categories] == ["disc"]


def test_panels_are_not_put_away_under_a_button_that_is_down(hand: Hand) -> None:
    window, annotator = hand.app.window, hand.app.annotator
    hand.key(Qt.Key.Key_B, CONTROL)
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(window.categories.entry, "di")
    viewport, left = window.canvas.viewport(), Qt.MouseButton.LeftButton
    hand.qtbot.mousePress(viewport, left, pos=hand.place(50, 60))
    hand.qtbot.wait(300)
    assert window.categories.isVisible()
    hand.qtbot.mouseRelease(viewport, left, pos=hand.place(50, 60))
    hand.qtbot.waitUntil(lambda: not window.categories.isVisible())
    assert annotator.draft is not None
    (point,) = annotator.draft.prompt.points
    assert (int(point.x), int(point.y)) == (50, 60) and annotator.draft.prompt.box is None
