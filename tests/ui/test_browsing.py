"""From image to image, and what is there again after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from samdesk.settings import load
from samdesk.ui.workspace import Encoding
from tests.ui.conftest import Started
from tests.ui.hand import Hand

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot) -> Hand:
    return Hand(start(photos), qtbot)


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


def test_a_drive_that_comes_back_is_read_again(hand: Hand, photos: Path) -> None:
    workspace = hand.app.workspace
    away = photos.with_name("away")
    photos.rename(away)
    workspace.go_to(1)
    hand.qtbot.waitUntil(lambda: workspace.error is not None, timeout=20000)
    workspace.go_to(2)
    hand.qtbot.waitUntil(lambda: workspace.error is not None, timeout=20000)
    away.rename(photos)
    workspace.go_to(1)
    hand.wait_for_image(1)
    assert workspace.errors == {}
    hand.click(80, 50)
    hand.wait_for_mask()
    for row in range(3):
        hand.qtbot.waitUntil(lambda row=row: workspace.thumbnail(row) is not None, timeout=20000)


def test_of_a_file_with_pages_it_is_said_that_one_is_shown(
    start: Started, photos: Path, qtbot: QtBot
) -> None:
    pages = [Image.new("RGB", (160, 120), (number, 90, 90)) for number in range(12)]
    pages[0].save(photos / "a scan.tif", save_all=True, append_images=pages[1:])
    hand = Hand(start(photos), qtbot)
    window = hand.app.window
    position = window.header._position
    assert position.text().endswith("160 x 120   page 1 of 12")
    assert "Only the first page" in position.toolTip()
    # Where there is little room the size goes first.
    window.resize(window.minimumSize())
    qtbot.waitUntil(lambda: "160 x" not in position.text())
    assert position.text().endswith("page 1 of 12")
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    assert "page" not in position.text() and position.toolTip() == ""


def test_images_that_come_back_are_seen_when_the_window_is_active_again(
    start: Started, photos: Path, qtbot: QtBot
) -> None:
    away = photos.parent / "away"
    away.mkdir()
    hand = Hand(start(photos), qtbot)
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    for row in (1, 2):
        hand.key(Qt.Key.Key_D)
        hand.wait_for_image(row)
        hand.click(80, 50)
        hand.wait_for_mask()
        hand.key(Qt.Key.Key_Return)
    hand.app.window.close()
    hand.app.close()
    for name in ("disc1.png", "disc2.png", "disc3.png"):
        (photos / name).rename(away / name)
    hand = Hand(start(photos), qtbot)
    workspace, window = hand.app.workspace, hand.app.window
    qtbot.waitUntil(lambda: len(workspace.errors) == 3, timeout=20000)
    assert workspace.row == 2 and workspace.picture is None
    # One is back, one is another image now, and the one on screen is still away.
    (away / "disc1.png").rename(photos / "disc1.png")
    Image.new("RGB", (40, 30)).save(photos / "disc2.png")
    other = QLabel("another window")
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    assert len(workspace.errors) == 3
    window.activateWindow()
    qtbot.waitUntil(lambda: workspace.encoding(0) is Encoding.READY, timeout=20000)
    qtbot.waitUntil(lambda: workspace.thumbnail(0) is not None, timeout=20000)
    assert "160 x 120 pixels when it was annotated" in str(workspace.errors[workspace._key(1)])
    assert workspace.encoding(2) is Encoding.PROBLEM and workspace.picture is None
    # The one on screen is shown as soon as it is there.
    (away / "disc3.png").rename(photos / "disc3.png")
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    window.activateWindow()
    hand.wait_for_image(2)
    assert window.header._position.text().endswith("160 x 120")


def test_only_images_in_view_are_looked_at_again(
    start: Started, photos: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4, 80):
        (photos / f"disc{number:02}.png").write_text("no image")
    hand = Hand(start(photos), qtbot)
    workspace, panel = hand.app.workspace, hand.app.window.images
    qtbot.waitUntil(lambda: len(workspace.errors) > 8, timeout=20000)
    rows = panel._rows_in_view()
    assert rows[0] == 0 and len(rows) < 20
    panel.list.verticalScrollBar().setValue(panel.list.verticalScrollBar().maximum())
    rows = panel._rows_in_view()
    assert rows[0] == workspace.row and rows[-1] == 78 and len(rows) < 20
    panel.choice.name.setText("disc1.png")
    assert panel._rows_in_view() == [workspace.row_of(workspace.records[0].id)]
    panel.choice.name.setText("nothing of the kind")
    assert panel._rows_in_view() == [workspace.row]
