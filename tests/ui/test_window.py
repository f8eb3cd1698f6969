"""The window itself: what is dropped on it, what it remembers, and what it tells of the folder."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, Qt, QTimer, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from samdesk.core.dataset import ImageRecord
from samdesk.engine.base import CancelToken
from samdesk.ui import theme
from samdesk.ui.dialogs.files import own_folder
from samdesk.ui.dialogs.merge import MergeDialog
from samdesk.ui.dialogs.overview import OverviewDialog
from samdesk.ui.panels.notices import Notice
from samdesk.ui.timeline import ChangeStep
from tests.ui.conftest import Started
from tests.ui.hand import Hand

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot) -> Hand:
    return Hand(start(photos), qtbot)


def drop(hand: Hand, *paths: Path) -> bool:
    """Drags files over the canvas and lets go; whether they were taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    over = hand.app.window
    action, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(600, 300), action, data, left, none)
    enter.ignore()
    QApplication.sendEvent(over, enter)
    if enter.isAccepted():
        QApplication.sendEvent(over, QDropEvent(QPointF(600, 300), action, data, left, none))
    return enter.isAccepted()


def test_a_folder_that_is_dropped_is_opened(hand: Hand, samples: Path) -> None:
    assert drop(hand, samples)
    hand.qtbot.waitUntil(lambda: hand.app.workspace.folder == samples, timeout=20000)


def test_an_image_that_is_dropped_opens_its_folder_there(hand: Hand, samples: Path) -> None:
    assert drop(hand, samples / "truth.json", samples / "games.jpg")
    hand.qtbot.waitUntil(lambda: hand.app.workspace.folder == samples, timeout=20000)
    record = hand.app.workspace.record
    assert record is not None and record.path == "games.jpg"


def test_an_image_of_the_open_folder_is_only_shown(hand: Hand, photos: Path) -> None:
    project = hand.app.workspace.project
    assert drop(hand, photos / "disc3.png")
    hand.wait_for_image(2)
    assert hand.app.workspace.project is project


def test_of_anything_else_it_is_said_that_it_cannot_be_opened(hand: Hand, samples: Path) -> None:
    notices, folder = hand.app.window.notices, hand.app.workspace.folder
    for name in ("truth.json", "none.jpg"):
        assert drop(hand, samples / name)
        told = f"{name} is neither a folder nor an image."
        hand.qtbot.waitUntil(
            lambda told=told: notices.notice is not None and notices.notice.text.startswith(told)
        )
    assert not drop(hand), "nothing that is a file"
    assert hand.app.workspace.folder == folder


def test_a_drive_that_does_not_answer_holds_up_neither_drag_nor_drop(
    hand: Hand, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, asked = threading.Event(), threading.Event()

    def silent(path: Path) -> bool:
        asked.set()
        return answers.wait(20) and os.path.isdir(path)

    monkeypatch.setattr(Path, "is_dir", silent)
    assert drop(hand, samples)
    hand.qtbot.waitUntil(asked.is_set)
    hand.key(Qt.Key.Key_B)
    assert hand.app.window.actions_by_id["brush"].isChecked()
    answers.set()
    hand.qtbot.waitUntil(lambda: hand.app.workspace.folder == samples, timeout=20000)


def test_a_notice_neither_covers_nor_moves_a_tall_image(
    hand: Hand, tmp_path: Path, qtbot: QtBot
) -> None:
    tall = tmp_path / "tall"
    tall.mkdir()
    Image.new("RGB", (60, 240)).save(tall / "tall.png")
    app, window = hand.app, hand.app.window
    app.workspace.open(tall)
    qtbot.waitUntil(lambda: app.workspace.folder == tall and app.workspace.picture is not None)
    place = window.canvas.viewportTransform()
    window.notices.tell(Notice("Something happened.", "Do it", lambda: None))
    assert window.notices.isVisible()
    qtbot.waitUntil(lambda: window.notices.height() > 0)
    assert window.canvas.viewportTransform() == place
    assert window.notices.height() <= hand.place(30, 0).y()
    assert hand.place(30, 239).y() <= window.canvas.height() - window.draft_bar.height()


def test_newcomers_are_told_that_these_are_samples_and_how_to_go_on(
    hand: Hand, qtbot: QtBot, photos: Path
) -> None:
    app, images = hand.app, hand.app.window.images
    assert not images.samples.isVisible()
    app.open_samples()
    qtbot.waitUntil(lambda: app.workspace.folder == app.samples, timeout=20000)
    assert images.samples.isVisible()
    qtbot.mouseClick(images.open_folder, Qt.MouseButton.LeftButton)
    (dialog,) = app.window.findChildren(QFileDialog)
    dialog.close()
    app.workspace.open(photos)
    qtbot.waitUntil(lambda: app.workspace.folder == photos, timeout=20000)
    assert not images.samples.isVisible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_done_stands_out(hand: Hand, qtbot: QtBot, scheme: str) -> None:
    window = hand.app.window
    window.actions_by_id[scheme].trigger()
    accent = QColor(theme.colours().accent)
    (button,) = [
        one
        for one in window.header.findChildren(QToolButton)
        if one.defaultAction() is window.actions_by_id["done"]
    ]

    def shares() -> tuple[float, float]:
        """How much of the button and of the image's badge has the accent."""
        row = window.images.list.visualRect(window.images.list.model().index(0, 0))
        badge = QRect(row.right() - 24, row.center().y() - 8, 16, 16)
        return tuple(
            _share(picture.toImage(), accent)
            for picture in (button.grab(), window.images.list.viewport().grab(badge))
        )

    assert max(shares()) < 0.2
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.actions_by_id["done"].isChecked()
    assert min(shares()) > 0.4
    assert button.text().strip() == "Done"


def _share(picture: QImage, colour: QColor) -> float:
    places = [(x, y) for x in range(picture.width()) for y in range(picture.height())]
    return sum(picture.pixelColor(x, y) == colour for x, y in places) / len(places)


def test_a_long_name_leaves_room_for_what_is_done_with_the_image(
    hand: Hand, tmp_path: Path, qtbot: QtBot
) -> None:
    folder, name = tmp_path / "long", "a_name_of_the_kind_that_cameras_give" * 4 + ".png"
    folder.mkdir()
    Image.new("RGB", (60, 60)).save(folder / name)
    app, window = hand.app, hand.app.window
    app.workspace.open(folder)
    qtbot.waitUntil(lambda: app.workspace.folder == folder and app.workspace.picture is not None)
    buttons = [one for one in window.header.findChildren(QToolButton) if one.text().strip()]
    for width in (1280, 800):
        window.resize(width, 600)
        qtbot.waitUntil(lambda width=width: window.width() == width)
        title = window.header._title
        assert title.text() != name and title.toolTip() == name
        for button in buttons:
            assert button.width() >= button.sizeHint().width()
            assert button.geometry().right() < window.header.width()
        assert window.header._position.text().startswith("1 / 1")


def test_columns_are_as_they_were_left(start: Started, photos: Path, qtbot: QtBot) -> None:
    first = start(photos)
    first.window.columns.setSizes([200, 700, 380])
    first.window.columns.right.setSizes([500, 100])
    wanted = first.window.columns.sizes(), first.window.columns.right.sizes()
    first.window.close()
    first.close()
    window = start(photos).window
    assert (window.columns.sizes(), window.columns.right.sizes()) == wanted


def test_recent_folders_can_be_cleared(hand: Hand, photos: Path) -> None:
    menu = hand.app.window.opener.recent_menu
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions()]
    assert texts == [f"&1 {photos}", "", "&Clear this list"]
    menu.actions()[-1].trigger()
    assert hand.app.settings.recent_folders == ()


def label_two(hand: Hand) -> None:
    """A disc on the first image and one on the second, of two categories."""
    for row, (name, x, y) in enumerate((("disc", 50, 60), ("ball", 80, 50))):
        hand.app.workspace.go_to(row)
        hand.wait_for_image(row)
        hand.app.window.categorising.add(name)
        hand.drag(x - 28, y - 28, x + 28, y + 28)
        hand.wait_for_mask()
        hand.app.window.canvas.setFocus()
        hand.key(Qt.Key.Key_Return)


def test_the_overview_counts(hand: Hand) -> None:
    label_two(hand)
    hand.app.annotator.set_status("done")
    hand.app.window.actions_by_id["overview"].trigger()
    dialog = hand.app.window.findChild(OverviewDialog)
    assert dialog is not None
    hand.qtbot.waitUntil(lambda: dialog.table.rowCount() == 2, timeout=20000)
    shown = {name: label.text() for name, label in dialog.numbers.items()}
    median = shown.pop("seconds")
    assert median.endswith("s")
    assert shown == {
        "open": "2",
        "done": "1",
        "skipped": "0",
        "annotated": "2",
        "annotations": "2",
        "per_image": "1.0",
        "most": "1",
    }
    rows = [[dialog.table.item(row, column).text() for column in (0, 1)] for row in range(2)]
    assert rows == [["disc", "1"], ["ball", "1"]]
    dialog.reject()


def test_an_overview_that_is_closed_before_it_has_counted_says_nothing(hand: Hand) -> None:
    hand.app.window.actions_by_id["overview"].trigger()
    dialog = hand.app.window.findChild(OverviewDialog)
    assert dialog is not None
    # The lane is done, and what it found is on its way to this thread.
    counted: list[None] = []
    is_done = threading.Event()
    hand.app.io.submit(
        "after", lambda _token: is_done.set(), done=counted.append, failed=print, rank=9
    )
    assert is_done.wait(20)
    dialog.reject()
    QApplication.sendPostedEvents(dialog, QEvent.Type.DeferredDelete)
    hand.qtbot.waitUntil(lambda: bool(counted))


@pytest.mark.parametrize("count", [0, 60])
def test_the_overview_keeps_its_chart_with_many_categories_and_very_long_names(
    hand: Hand, count: int
) -> None:
    window = hand.app.window
    for number in range(count):
        long = "a name as machines make them, " * 6 * (number % 2)
        window.categorising.add(f"{long}{number}")
    window.actions_by_id["overview"].trigger()
    dialog = window.findChild(OverviewDialog)
    assert dialog is not None
    hand.qtbot.waitUntil(lambda: dialog.numbers["annotations"].text() != "…", timeout=20000)
    table, header = dialog.table, dialog.table.horizontalHeader()
    assert table.rowCount() == count and dialog.note.isHidden() == bool(count)
    # All columns are to be seen, and most of the room is the chart's.
    assert table.horizontalScrollBar().maximum() == 0
    assert header.length() <= table.viewport().width()
    assert header.sectionSize(1) > 200
    if count:
        assert 100 < header.sectionSize(0) <= 240
        assert table.item(1, 0).toolTip() == table.item(1, 0).text()
        assert len(table.item(1, 0).text()) > 100
    dialog.reject()


def test_an_overview_of_one_image_or_none_is_shown(
    start: Started, photos: Path, qtbot: QtBot
) -> None:
    for name in ("disc2.png", "disc3.png"):
        (photos / name).unlink()
    for expected in ("1", "0"):
        app = start(photos)
        app.window.actions_by_id["overview"].trigger()
        dialog = app.window.findChild(OverviewDialog)
        assert dialog is not None
        qtbot.waitUntil(lambda dialog=dialog: dialog.numbers["most"].text() == "0", timeout=20000)
        assert dialog.numbers["open"].text() == expected
        assert dialog.numbers["per_image"].text() == dialog.numbers["seconds"].text() == "–"
        dialog.reject()
        app.window.close()
        app.close()
        # Without any image there is still the project.
        (photos / "disc1.png").unlink(missing_ok=True)


@pytest.mark.parametrize("name", ["menu bar", "engine", "context"])
def test_keys_go_on_where_they_were_when_a_menu_is_closed(hand: Hand, name: str) -> None:
    window, crosshair = hand.app.window, hand.app.window.crosshair
    left, right = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
    if name == "menu bar":
        bar = window.menuBar()
        at = bar.actionGeometry(bar.actions()[1]).center()
        QTest.mouseClick(window.windowHandle(), left, pos=bar.mapTo(window, at))
    elif name == "engine":
        button = window.status.engine
        QTimer.singleShot(200, lambda: QTest.keyClick(_popup(), Qt.Key.Key_Escape))
        hand.qtbot.mouseClick(button, left)
    else:
        hand.click(50, 60)
        hand.wait_for_mask()
        hand.key(Qt.Key.Key_Return)
        hand.key(Qt.Key.Key_V)
        hand.click(50, 60, right)
    if name != "engine":
        hand.qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
        QTest.keyClick(_popup(), Qt.Key.Key_Escape)
    hand.qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    hand.qtbot.waitUntil(lambda: QApplication.focusWidget() is window.canvas)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Right)
    assert crosshair.pixel is not None


def _popup() -> QWidget:
    popup = QApplication.activePopupWidget()
    assert popup is not None
    return popup


def test_menus_leave_nothing_behind(hand: Hand) -> None:
    menu = hand.app.window.engine_menu
    menu.aboutToShow.emit()
    hand.qtbot.wait(1)
    before = len(menu.findChildren(QMenu))
    menu.aboutToShow.emit()
    hand.qtbot.waitUntil(lambda: len(menu.findChildren(QMenu)) == before)


def test_the_pixel_value_ends_at_the_edge_of_the_image(hand: Hand) -> None:
    canvas, seen = hand.app.window.canvas, []
    canvas.hovered.connect(seen.append)
    canvas.set_zoom(4.0)
    hand.hover(159, 60)
    # The edge itself, then beyond.
    hand.hover(159.5, 60)
    hand.hover(161, 60)
    assert [pixel and pixel.x() for pixel in seen] == [159, None, None]


def test_a_category_that_is_used_is_merged_and_that_is_undone(hand: Hand) -> None:
    annotator, panel = hand.app.annotator, hand.app.window.categories
    label_two(hand)
    project = hand.app.workspace.project
    assert project is not None
    before = list(project.annotations())
    disc, ball = annotator.accepted.categories
    panel._merge(disc)
    dialog = panel.findChild(MergeDialog)
    assert dialog is not None
    # Nobody has said yet into which.
    dialog.accept()
    assert annotator.accepted.categories == [disc, ball]
    hand.qtbot.keyClicks(dialog.into, "ball")
    (go,) = (one for one in dialog.findChildren(QPushButton) if one.text() == "Merge")
    hand.qtbot.mouseClick(go, Qt.MouseButton.LeftButton)
    assert annotator.accepted.categories == [ball]
    assert {one.category_id for one in project.annotations()} == {ball.id}
    assert annotator.accepted.category_counts[ball.id] == 2
    annotator.undoing.undo()
    assert annotator.accepted.categories == [disc, ball]
    assert list(project.annotations()) == before
    annotator.undoing.redo()
    assert annotator.accepted.categories == [ball]


def test_a_large_category_is_merged_beside_the_window(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("samdesk.ui.accepted._MANY", 0)
    app = hand.app
    annotator, workspace, status = app.annotator, app.workspace, app.window.status
    label_two(hand)
    disc, ball = annotator.accepted.categories
    hand.app.window.categorising.merge(disc, ball)
    assert workspace.is_storing
    assert status.storing.text() == "Storing… 0 %"
    hand.qtbot.waitUntil(lambda: annotator.accepted.categories == [ball], timeout=20000)
    assert status.storing.text() == ""
    assert annotator.accepted.category_counts[ball.id] == 2
    assert workspace.project is not None
    assert {one.category_id for one in workspace.project.annotations()} == {ball.id}
    step = annotator.timeline.last
    assert isinstance(step, ChangeStep) and step.text == "Merge category disc into ball"
    annotator.undoing.undo()
    hand.qtbot.waitUntil(lambda: annotator.accepted.categories == [disc, ball], timeout=20000)
    assert annotator.accepted.category_counts == {disc.id: 1, ball.id: 1}


@pytest.mark.parametrize("begun", ["before", "meanwhile"])
def test_no_folder_is_opened_while_a_large_step_is_stored(
    hand: Hand, samples: Path, photos: Path, monkeypatch: pytest.MonkeyPatch, begun: str
) -> None:
    """The step is on its way to the folder that is open; another one must not take its place."""
    app = hand.app
    workspace, notices = app.workspace, app.window.notices
    told: list[str] = []
    workspace.told.connect(told.append)
    done: list[object] = []
    is_busy, may_go_on = threading.Event(), threading.Event()

    def busy(_token: CancelToken) -> None:
        is_busy.set()
        assert may_go_on.wait(20)

    def store() -> None:
        app.annotator.change_many(
            "step", list, lambda *_: None, lambda: done.append("stored"), done.append
        )

    app.io.submit("busy", busy, done=lambda _: None, failed=done.append, rank=-1)
    assert is_busy.wait(20)
    if begun == "before":
        # The folder is read first, and is there when the step is still to be stored.
        workspace.open(samples)
        store()
    else:
        store()
        workspace.open(samples)
        assert len(told) == 1 and "open the folder after that" in told[0]
    may_go_on.set()
    hand.qtbot.waitUntil(lambda: bool(done), timeout=20000)
    assert done == ["stored"] and workspace.folder == photos
    assert workspace.project is not None and workspace.project.folder == photos
    if begun == "before":
        assert notices.notice is not None and "open the folder after" in notices.notice.text
    # The project that was opened in vain was closed; it can be opened now, and written.
    workspace.open(samples)
    hand.qtbot.waitUntil(lambda: workspace.folder == samples, timeout=20000)
    assert not workspace.is_read_only


def test_nothing_is_drafted_or_dropped_while_a_large_step_is_stored(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    annotator = hand.app.annotator
    label_two(hand)
    disc, ball = annotator.accepted.categories
    hand.click(50, 60)
    hand.wait_for_mask()
    monkeypatch.setattr("samdesk.ui.accepted._MANY", 0)
    hand.app.window.categorising.merge(disc, ball)
    hand.qtbot.waitUntil(lambda: annotator.accepted.categories == [ball], timeout=20000)
    undoing = annotator.undoing
    for again, categories in ((undoing.undo, [disc, ball]), (undoing.redo, [ball])):
        draft, told = annotator.draft, list[str]()
        annotator.told.connect(told.append)
        again()
        assert hand.app.workspace.is_storing
        annotator.drop_draft()
        assert annotator.draft == draft and "being stored" in told[-1]
        hand.qtbot.waitUntil(
            lambda now=categories: annotator.accepted.categories == now, timeout=20000
        )
    annotator.drop_draft()
    assert annotator.draft is None
    for _ in range(3):
        annotator.undoing.undo()
        hand.qtbot.waitUntil(lambda: not hand.app.workspace.is_storing, timeout=20000)
    assert annotator.accepted.categories == [disc, ball]


def test_an_offer_that_gives_way_does_not_come_back(hand: Hand) -> None:
    notices = hand.app.window.notices
    notices._notices.clear()
    notices.tell(Notice("A better engine.", "Download", lambda: None, gives_way=True))
    notices.tell(Notice("A warning.", "Do it", lambda: None))
    notices.tell(Notice("A hint."))
    notices.close_notice()
    assert notices.notice is not None and notices.notice.text == "A warning."
    notices.close_notice()
    assert notices.notice is None


def test_an_action_that_is_checked_has_no_icon_where_its_check_mark_is(hand: Hand) -> None:
    actions = hand.app.window.actions_by_id
    checkable = [one for one in actions.values() if one.isCheckable() and not one.icon().isNull()]
    assert checkable
    assert not any(one.isIconVisibleInMenu() for one in checkable)
    assert actions["open"].isIconVisibleInMenu()
    assert actions["skipped"].text() == "&Skip"
    actions["skipped"].trigger()
    hand.wait_for_image(1)
    assert actions["skipped"].text() == "&Skip"
    hand.key(Qt.Key.Key_A)
    assert actions["skipped"].text() == "&Skipped"


def test_folders_are_looked_for_where_people_have_theirs(hand: Hand, photos: Path) -> None:
    window = hand.app.window
    hand.key(Qt.Key.Key_O, CONTROL)
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    assert Path(dialog.directory().path()) == photos.parent
    dialog.reject()
    hand.qtbot.waitUntil(lambda: window.findChild(QFileDialog) is None)
    hand.app.open_samples()
    hand.qtbot.waitUntil(lambda: hand.app.workspace.folder == hand.app.samples)
    assert window.opener.place() == photos
    window.opener._own = None
    window.actions_by_id["open"].trigger()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    assert Path(dialog.directory().path()) == own_folder()
    dialog.reject()


def test_the_side_panels_go_and_come_back(hand: Hand, start: Started, photos: Path) -> None:
    window = hand.app.window
    width = window.canvas.width()
    hand.key(Qt.Key.Key_B, CONTROL)
    assert not window.images.isVisible() and not window.annotations.isVisible()
    hand.qtbot.waitUntil(lambda: window.canvas.width() > width + 300)
    window.close()
    hand.app.close()
    later = start(photos).window
    assert not later.images.isVisible() and not later.actions_by_id["panels"].isChecked()
    # A category's name is typed in one of them.
    later.actions_by_id["new_category"].trigger()
    assert later.images.isVisible() and later.categories.entry.isVisible()


def test_an_offer_that_was_closed_does_not_come_back_at_the_next_start(
    hand: Hand, start: Started, photos: Path
) -> None:
    notices = hand.app.window.notices
    hand.qtbot.waitUntil(
        lambda: notices.notice is not None and "makes better masks" in notices.notice.text,
        timeout=20000,
    )
    notices.close_notice()
    assert not hand.app.settings.offers_checkpoint
    hand.app.window.close()
    hand.app.close()
    later = start(photos)
    hand.qtbot.waitUntil(lambda: later.engines.recommendation is not None, timeout=20000)
    hand.qtbot.waitUntil(lambda: later.engines.info is not None, timeout=20000)
    assert not any("makes better" in one.text for one in later.window.notices._notices)


def test_a_tool_says_what_it_is_for(hand: Hand) -> None:
    actions = hand.app.window.actions_by_id
    assert "(S)\nClick an object" in actions["smart"].toolTip()
    assert "\n" not in actions["fit"].toolTip()


def recently(home: Path, *folders: Path) -> None:
    (home / "config").mkdir()
    settings = {"recent_folders": [str(folder) for folder in folders]}
    (home / "config" / "settings.json").write_text(json.dumps(settings))


def test_whether_recent_folders_are_there_is_asked_beside_the_window(
    start: Started,
    photos: Path,
    tmp_path: Path,
    home: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = tmp_path / "gone"
    recently(home, gone, photos)
    asked: list[tuple[Path, bool]] = []
    is_dir = Path.is_dir

    def ask(path: Path) -> bool:
        asked.append((path, threading.current_thread() is threading.main_thread()))
        return is_dir(path)

    monkeypatch.setattr(Path, "is_dir", ask)
    app = start(None)
    assert app.workspace.folder == app.samples
    qtbot.waitUntil(lambda: app.window.opener._own == photos, timeout=20000)
    app.window.actions_by_id["open"].trigger()
    dialog = app.window.findChild(QFileDialog)
    assert dialog is not None
    assert Path(dialog.directory().path()) == photos.parent
    dialog.reject()
    assert [is_here for path, is_here in asked if path in (gone, photos)] == [False] * 3


def test_a_folder_that_is_opened_while_the_last_one_is_looked_for_stays_open(
    hand: Hand, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, silent = hand.app, tmp_path / "silent"
    is_asked, answers, is_dir = threading.Event(), threading.Event(), Path.is_dir

    def ask(path: Path) -> bool:
        if path == silent:
            is_asked.set()
            assert answers.wait(20)
        return is_dir(path)

    monkeypatch.setattr(Path, "is_dir", ask)
    opened: list[Path] = []
    app.workspace.opening.connect(opened.append)
    app.kept_settings.change(recent_folders=(str(silent),))
    app._open_recent()
    assert is_asked.wait(20)
    app.workspace.open(samples)
    answers.set()
    hand.qtbot.waitUntil(lambda: app.workspace.folder == samples, timeout=20000)
    hand.wait_for_image(app.workspace.row)
    assert opened == [samples]


def test_the_window_stays_once_to_tell_that_the_project_was_replaced(
    hand: Hand, photos: Path
) -> None:
    app = hand.app
    project = app.workspace.project
    assert project is not None
    label_two(hand)
    backup = photos / "backup.db"
    with closing(sqlite3.connect(project.database)) as connection:
        connection.execute("VACUUM INTO ?", (str(backup),))
    os.replace(backup, project.database)
    app.window.close()
    assert app.window.isVisible()
    (kept,) = project.database.parent.glob("project.replaced.*")
    notice = app.window.notices.notice
    assert notice is not None and str(kept) in notice.text
    # Opened again, it is what is there now, and what was kept is named once more.
    app.workspace.open(photos)
    hand.qtbot.waitUntil(lambda: app.workspace.project not in (None, project), timeout=20000)
    assert not app.workspace.is_read_only
    notice = app.window.notices.notice
    assert notice is not None and "To go on with it" in notice.text
    app.window.close()
    assert not app.window.isVisible()


def swapped(hand: Hand, photos: Path) -> tuple[ImageRecord, list[str]]:
    """Puts another image of its size in the place of an annotated one, which is on screen.

    Returns:
        Its record, and what will be told.
    """
    label_two(hand)
    hand.app.workspace.go_to(0)
    hand.wait_for_image(0)
    record = hand.app.workspace.record
    assert record is not None
    image = photos / record.path
    ImageOps.mirror(Image.open(image)).save(image)
    told: list[str] = []
    hand.app.workspace.told.connect(told.append)
    return record, told


def test_a_swapped_image_is_told_of_whenever_it_is_seen(hand: Hand, photos: Path) -> None:
    app, (record, told) = hand.app, swapped(hand, photos)
    for number in range(1, 3):
        app.workspace.reload()
        hand.qtbot.waitUntil(lambda: app.workspace.picture is not None, timeout=20000)
        assert [f"{record.path} has changed" in text for text in told] == [True] * number
        assert app.workspace.record == record
    app.annotator.selection.select(app.annotator.accepted.annotations[0].id)
    hand.key(Qt.Key.Key_Delete)
    assert app.annotator.accepted.annotations == []
    told.clear()
    app.workspace.reload()
    hand.qtbot.waitUntil(lambda: app.workspace.picture is not None, timeout=20000)
    # Without annotations it is an image as any other.
    assert told == []
    now = app.workspace.record
    assert now is not None and now.sha256 != record.sha256


def test_a_swapped_image_that_is_marked_as_done_was_looked_at(hand: Hand, photos: Path) -> None:
    app, (record, told) = hand.app, swapped(hand, photos)
    app.workspace.reload()
    hand.qtbot.waitUntil(lambda: bool(told), timeout=20000)
    hand.qtbot.waitUntil(lambda: app.workspace.picture is not None, timeout=20000)
    app.window.actions_by_id["done"].trigger()
    told.clear()
    app.workspace.reload()
    hand.qtbot.waitUntil(lambda: app.workspace.picture is not None, timeout=20000)
    assert told == []
    app.annotator.undoing.undo()
    assert app.workspace.record == record


def test_a_folder_is_opened_again_under_another_name(
    hand: Hand, photos: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(photos, target_is_directory=True)
    label_two(hand)
    hand.app.workspace.open(link)
    hand.qtbot.waitUntil(
        lambda: hand.app.workspace.folder == link and hand.app.workspace.project is not None,
        timeout=20000,
    )
    assert not hand.app.workspace.is_read_only
    assert hand.app.window.notices.notice is None
    assert sum(hand.app.workspace.counts.values()) == 2
