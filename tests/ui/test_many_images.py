"""Folders, large and small, in the real window."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from samdesk.app import App
from samdesk.core.image import LoadedImage
from samdesk.ui.picture import Picture
from tests.ui.conftest import Started
from tests.ui.hand import Hand


@pytest.fixture
def many(tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    Image.new("RGB", (60, 40), "white").save(folder / "frame 0.png")
    for number in range(1, 3000):
        (folder / f"frame {number}.png").hardlink_to(folder / "frame 0.png")
    return folder


def listed(app: App) -> list[str]:
    model = app.window.images.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_only_what_is_seen_is_read(start: Started, many: Path, qtbot: QtBot) -> None:
    app = start(many)
    workspace = app.workspace
    assert [record.path for record in workspace.records[9:11]] == ["frame 9.png", "frame 10.png"]
    qtbot.waitUntil(lambda: workspace.thumbnails._known.get(workspace._key(3)) is not None)
    known = [record for record in workspace.records if record.width is not None]
    assert [record.path for record in known] == ["frame 0.png"]
    assert len(workspace.thumbnails._known) < 100


def test_thumbnails_that_were_scrolled_past_are_not_read(
    start: Started, many: Path, qtbot: QtBot
) -> None:
    app = start(many)
    workspace = app.workspace
    rows, bar = app.window.images.list, app.window.images.list.verticalScrollBar()
    busy = threading.Event()
    app.io.submit("busy", lambda token: busy.wait(20), done=lambda _: None, failed=lambda _: None)
    known = len(workspace.thumbnails._known)
    for step in range(101):
        bar.setValue(bar.maximum() * step // 100)
        rows.viewport().repaint()
    assert len(workspace.thumbnails._known) > known + 500
    busy.set()
    last = workspace._key(len(workspace.records) - 1)
    qtbot.waitUntil(lambda: workspace.thumbnails._known.get(last) is not None)
    qtbot.waitUntil(lambda: all(one is not None for one in workspace.thumbnails._known.values()))
    assert len(workspace.thumbnails._known) <= known + 48
    # What was passed by is read when it is looked at.
    middle = len(workspace.records) // 2
    rows.scrollTo(rows.model().index(middle, 0))
    qtbot.waitUntil(lambda: workspace.thumbnails._known.get(workspace._key(middle)) is not None)


def test_the_filter_narrows_list_and_steps(start: Started, many: Path, qtbot: QtBot) -> None:
    app = start(many)
    hand = Hand(app, qtbot)
    app.window.images.filter.setText("FRAME 29")
    assert listed(app)[:3] == ["frame 29.png", "frame 290.png", "frame 291.png"]
    assert len(listed(app)) == 111
    app.window.canvas.setFocus()
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(29)
    assert app.window.images.list.currentIndex().data() == "frame 29.png"
    app.annotator.set_status("done")
    assert app.window.images._summary.text() == "1 of 3,000 done · 111 listed"
    app.window.images.filter.setText("nowhere")
    assert listed(app) == []
    app.window.images.filter.clear()
    assert len(listed(app)) == 3000
    assert app.window.images.list.currentIndex().data() == "frame 29.png"


def test_a_file_that_goes_after_it_was_listed(start: Started, photos: Path, qtbot: QtBot) -> None:
    app = start(photos)
    count = len(app.workspace.records)
    gone = photos / app.workspace.records[1].path
    app.workspace.images.forget(str(gone))
    gone.unlink()
    app.workspace.go_to(1)
    qtbot.waitUntil(lambda: app.workspace.error is not None or app.workspace.picture is not None)
    app.workspace.reload()
    qtbot.waitUntil(lambda: app.workspace.error is not None)
    assert "does not exist" in str(app.workspace.error)
    assert len(listed(app)) == count
    Hand(app, qtbot).key(Qt.Key.Key_D)
    Hand(app, qtbot).wait_for_image(2)


def test_the_open_folder_is_opened_again(start: Started, photos: Path, qtbot: QtBot) -> None:
    app = start(photos)
    shutil.copy(photos / app.workspace.records[0].path, photos / "zz.png")
    count = len(app.workspace.records)
    app.workspace.open(photos)
    qtbot.waitUntil(lambda: len(app.workspace.records) == count + 1)
    assert not app.workspace.is_read_only
    Hand(app, qtbot).wait_for_image(app.workspace.row)


def test_of_two_folders_the_one_asked_for_last_is_opened(
    start: Started, photos: Path, many: Path, qtbot: QtBot
) -> None:
    app = start(photos)
    app.workspace.open(many)
    app.workspace.open(many)
    app.workspace.open(photos)
    qtbot.waitUntil(lambda: app.workspace.project is not None and app.workspace.picture is not None)
    qtbot.wait(300)
    assert app.workspace.folder == photos
    app.workspace.open(many)
    qtbot.waitUntil(lambda: app.workspace.folder == many and app.workspace.picture is not None)
    assert not app.workspace.is_read_only


def levels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).astype(int)


def noise(width: int, height: int) -> LoadedImage:
    rng = np.random.default_rng(0)
    return LoadedImage(rng.integers(0, 256, (height, width, 3), np.uint8), 1, "00")


def test_large_images_are_drawn_without_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    image = noise(1500, 700)
    monkeypatch.setattr("samdesk.ui.picture._PIXELS_AT_ONCE", 40_000)
    copied = Picture.of(image)
    monkeypatch.setattr("samdesk.ui.picture._MOST_PIXELS_COPIED", 1000)
    wrapped = Picture.of(image)
    assert wrapped.levels[0].format() == QImage.Format.Format_RGB888
    for one in (copied.levels[0], wrapped.levels[0]):
        assert one.convertToFormat(one.Format.Format_RGB32) == copied.levels[0]
    for y, x in ((0, 0), (699, 1499), (350, 77)):
        pixel = copied.levels[0].pixelColor(x, y)
        assert (pixel.red(), pixel.green(), pixel.blue()) == tuple(image.rgb[y, x])
    assert [level.width() for level in copied.levels] == [1500, 750, 375]


@pytest.mark.parametrize("zoom", [0.21, 0.6, 1.0, 1.37, 3.3, 9.0])
def test_parts_that_are_painted_anew_meet_the_rest(
    zoom: float, start: Started, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "noise"
    folder.mkdir()
    Image.fromarray(noise(1500, 900).rgb).save(folder / "noise.png")
    app = start(folder)
    canvas = app.window.canvas
    canvas.set_zoom(zoom)
    whole = canvas.viewport().grab().toImage()
    for rect in (
        canvas.viewport().rect().adjusted(37, 41, -53, -59),
        canvas.viewport().rect().adjusted(100, 0, -301, 0),
    ):
        part = canvas.viewport().grab(rect).toImage()
        # Qt rounds where it samples by where it begins.
        assert np.abs(levels(part) - levels(whole.copy(rect))).max() <= 2
    if zoom == 1.0:
        pixel = canvas._to_image(canvas.viewport().rect().center().toPointF())
        shown = whole.pixelColor(canvas.viewport().rect().center())
        expected = noise(1500, 900).rgb[int(pixel.y()), int(pixel.x())]
        assert (shown.red(), shown.green(), shown.blue()) == tuple(expected)
