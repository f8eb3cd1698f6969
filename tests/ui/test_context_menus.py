"""Menus of what is under the mouse, and annotations dragged in their tree."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, Qt, QUrl, Slot
from PySide6.QtCore import QObject as Object
from PySide6.QtGui import (
    QContextMenuEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from samdesk.core.dataset import Annotation
from tests.ui.conftest import Started
from tests.ui.hand import Hand
from tests.ui.test_correcting import given, rectangle, stored

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot) -> Hand:
    return Hand(start(photos), qtbot)


def three(hand: Hand) -> list[Annotation]:
    """A whole and its part, and one beside them."""
    return given(
        hand, rectangle(10, 10, 40, 40), rectangle(20, 20, 10, 10), rectangle(90, 60, 20, 20)
    )


def at(view: QAbstractItemView, row: int) -> QPoint:
    return view.visualRect(view.model().index(row, 0)).center()


def right_click(hand: Hand, view: QAbstractItemView, place: QPoint) -> None:
    """As the window system tells it: a press, then that a menu is asked for."""
    viewport = view.viewport()
    hand.qtbot.mousePress(viewport, RIGHT, pos=place)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, viewport.mapToGlobal(place), NONE
    )
    QApplication.sendEvent(viewport, event)
    hand.qtbot.mouseRelease(viewport, RIGHT, pos=place)


def opened(hand: Hand) -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def texts(menu: QMenu) -> list[str]:
    return [one.text().replace("&", "") for one in menu.actions() if not one.isSeparator()]


def choose(hand: Hand, text: str) -> None:
    """Chooses from the menu that is open, and from its submenus."""
    menu = opened(hand)
    for part in text.split("/"):
        (action,) = [
            one
            for one in menu.actions()
            if one.text().replace("&", "").split("\t")[0] == part and one.isEnabled()
        ]
        menu.setActiveAction(action)
        hand.qtbot.keyClick(menu, Qt.Key.Key_Return)
        if action.menu() is not None:
            menu = action.menu()


def test_an_annotation_has_a_menu_with_the_keys(hand: Hand, photos: Path) -> None:
    annotator, view = hand.app.annotator, hand.app.window.annotations.list
    whole, _, _ = three(hand)
    hand.app.window.categorising.add("ring")
    right_click(hand, view, at(view, 0))
    assert annotator.selection.ids == (whole.id,)
    menu = opened(hand)
    assert texts(menu)[:2] == ["Category", "Rename category “thing”"]
    for name in ("add_to", "split", "part", "zoom_selected", "hide_selected", "delete"):
        action = hand.app.window.actions_by_id[name]
        assert action in menu.actions()
        assert not action.shortcut().isEmpty()
    choose(hand, "Category/ring")
    assert annotator.accepted.annotations[0].category_id == annotator.accepted.categories[1].id
    # What is current stays: this was about the annotation.
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert annotator.accepted.annotations[0] == whole
    right_click(hand, view, at(view, 2))
    choose(hand, "Delete annotation")
    assert len(stored(photos)) == 2


def test_several_have_a_menu_of_their_own(hand: Hand, photos: Path) -> None:
    annotator, view = hand.app.annotator, hand.app.window.annotations.list
    one, two, _ = three(hand)
    annotator.selection.select_all((one.id, two.id))
    right_click(hand, view, at(view, 1))
    assert set(annotator.selection.ids) == {one.id, two.id}
    assert "Merge selected" in texts(opened(hand))
    choose(hand, "Make parts of the largest selected")
    assert stored(photos)[1].parent_id == one.id
    # Beside all rows, with nothing selected, there is nothing to have a menu.
    annotator.selection.select(None)
    right_click(hand, view, QPoint(20, view.viewport().height() - 5))
    assert QApplication.activePopupWidget() is None


def test_the_select_tool_opens_the_menu_on_the_canvas(hand: Hand) -> None:
    annotator = hand.app.annotator
    one, two, _ = three(hand)
    hand.key(Qt.Key.Key_V)
    hand.click(25, 25, RIGHT)
    assert annotator.selection.ids == (two.id,)
    opened(hand).close()
    annotator.selection.select_all((one.id, two.id))
    hand.click(12, 12, RIGHT)
    assert annotator.selection.ids == (one.id, two.id)
    choose(hand, "Zoom to selected")
    canvas = hand.app.window.canvas
    middle = canvas.viewport().rect().center()
    assert (hand.place(30, 30) - middle).manhattanLength() < 100
    assert canvas.zoom == 8
    annotator.selection.select(None)
    canvas.fit()
    hand.click(150, 5, RIGHT)
    assert QApplication.activePopupWidget() is None


@pytest.mark.parametrize("key", [(Qt.Key.Key_Menu, NONE), (Qt.Key.Key_F10, SHIFT)])
def test_keys_open_the_menu_of_what_is_at_hand(
    hand: Hand, key: tuple[Qt.Key, Qt.KeyboardModifier]
) -> None:
    annotator, window = hand.app.annotator, hand.app.window
    told: list[str] = []
    annotator.told.connect(told.append)
    hand.key(*key)
    assert QApplication.activePopupWidget() is None and "Select" in told[-1]
    one, _, _ = three(hand)
    annotator.selection.select(one.id)
    window.canvas.setFocus()
    for view, expected in (
        (window.canvas, "Category"),
        (window.annotations.list, "Category"),
        (window.images.list, "Done"),
        (window.categories.list, "Use for what comes next"),
    ):
        view.setFocus()
        # The window system asks, too, where its menu key is pressed.
        place = view.rect().center()
        QApplication.sendEvent(
            view, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, place, NONE)
        )
        assert QApplication.activePopupWidget() is None
        hand.key(*key)
        assert texts(opened(hand))[0] == expected
        hand.qtbot.keyClick(opened(hand), Qt.Key.Key_Escape)


def test_a_category_s_menu_says_what_its_number_does(hand: Hand) -> None:
    annotator, panel = hand.app.annotator, hand.app.window.categories
    one, _, _ = three(hand)
    hand.app.window.categorising.add("ring")
    right_click(hand, panel.list, at(panel.list, 0))
    assert texts(opened(hand))[:2] == ["Use for what comes next\t1", "Give to the selection"]
    choose(hand, "Use for what comes next")
    assert annotator.accepted.category == annotator.accepted.categories[0]
    annotator.selection.select(one.id)
    right_click(hand, panel.list, at(panel.list, 1))
    assert texts(opened(hand))[:2] == ["Use for what comes next", "Give to the selection\t2"]
    choose(hand, "Give to the selection")
    assert annotator.accepted.annotations[0].category_id == annotator.accepted.categories[1].id
    assert annotator.accepted.category == annotator.accepted.categories[0]


def test_a_category_is_renamed_from_its_annotation(hand: Hand) -> None:
    annotator, view = hand.app.annotator, hand.app.window.annotations.list
    three(hand)
    right_click(hand, view, at(view, 0))
    choose(hand, "Rename category “thing”")
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    hand.qtbot.keyClicks(editor, "cup")
    hand.qtbot.keyClick(editor, Qt.Key.Key_Return)
    hand.qtbot.waitUntil(lambda: [one.name for one in annotator.accepted.categories] == ["cup"])


class Links(Object):
    """What the program opens outside of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.taken.append(url.toLocalFile())


def test_an_image_has_a_menu(hand: Hand, photos: Path) -> None:
    workspace, view = hand.app.workspace, hand.app.window.images.list
    right_click(hand, view, at(view, 1))
    hand.wait_for_image(1)
    choose(hand, "Done")
    assert workspace.records[1].status == "done"
    links = Links()
    QDesktopServices.setUrlHandler("file", links, "take")
    right_click(hand, view, at(view, 2))
    choose(hand, "Show image in its folder")
    QDesktopServices.unsetUrlHandler("file")
    assert links.taken == [str(photos)]


def drag(hand: Hand, rows: list[int], place: QPoint) -> bool:
    """Drags rows of the annotations to a place of their list; whether they may be dropped there."""
    view = hand.app.window.annotations.list
    model, viewport = view.model(), view.viewport()
    data = model.mimeData([model.index(row, 0) for row in rows])
    link = Qt.DropAction.LinkAction
    for event in (
        QDragEnterEvent(place, link, data, LEFT, NONE),
        QDragMoveEvent(place, link, data, LEFT, NONE),
    ):
        QApplication.sendEvent(viewport, event)
        if not event.isAccepted():
            return False
    QApplication.sendEvent(viewport, QDropEvent(QPointF(place), link, data, LEFT, NONE))
    return True


def test_annotations_are_dragged_to_be_parts_and_wholes_again(hand: Hand, photos: Path) -> None:
    annotator, view = hand.app.annotator, hand.app.window.annotations.list
    told: list[str] = []
    annotator.told.connect(told.append)
    one, two, three_ = three(hand)
    before = stored(photos)
    assert drag(hand, [1], at(view, 0))
    assert [annotation.parent_id for annotation in stored(photos)] == [None, one.id, None]
    assert "part of thing" in told[-1]
    # The rows are one, two below it, three.
    assert drag(hand, [2], at(view, 1))
    assert [annotation.parent_id for annotation in stored(photos)] == [None, one.id, two.id]
    assert drag(hand, [0], at(view, 2))
    assert [annotation.parent_id for annotation in stored(photos)] == [None, one.id, two.id]
    assert told[-1] == "A mask cannot be a part of its own part."
    # Onto itself nothing happens; beside all rows it is a whole again, with its parts.
    assert drag(hand, [1], at(view, 1))
    assert drag(hand, [1, 2], QPoint(20, view.viewport().height() - 5))
    assert [annotation.parent_id for annotation in stored(photos)] == [None, None, two.id]
    for _ in range(3):
        hand.key(Qt.Key.Key_Z, CONTROL)
    assert stored(photos) == before
    assert three_.id == before[2].id


def test_the_list_of_annotations_leaves_files_to_the_window(hand: Hand, samples: Path) -> None:
    view = hand.app.window.annotations.list
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(samples))])
    copy = Qt.DropAction.CopyAction
    assert not view.model().canDropMimeData(data, copy, -1, -1, QModelIndex())
    # Refused by the list, it goes on to the window, which opens folders.
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, LEFT, NONE)
    QApplication.sendEvent(view.viewport(), enter)
    assert enter.isAccepted()
