"""Twenty thousand random events over the real window, and what must hold after them."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from samdesk import cli
from samdesk.ui.dialogs.export import ExportDialog
from tests.e2e.walk import Walk
from tests.ui.conftest import Started, start  # noqa: F401

EVENTS = int(os.environ.get("SAMDESK_WALK_EVENTS", "20000"))
SEED = int(os.environ.get("SAMDESK_WALK_SEED", "1"))
WIDTH, HEIGHT = 160, 120
_WARM_UP = 0.3  # of the events, until caches are full and every dialog was open once
_MOST_MEGABYTES = 50
_MOST_WIDGETS = 60
_OF_THE_PLATFORM = "This plugin does not support"


@pytest.fixture
def folders(tmp_path: Path, home: Path) -> list[Path]:
    """Two folders of small pictures, one of which cannot be read; the samples are small too."""
    found = []
    for number, name in enumerate(("one", "two")):
        folder = tmp_path / name
        folder.mkdir()
        for place, letter in enumerate("abcd"):
            picture(7 * number + place).save(folder / f"{letter}.png")
        (folder / "e broken.png").write_bytes(b"no picture")
        found.append(folder)
    samples = home / "data" / "samples"
    samples.mkdir(parents=True)
    for number, image in enumerate(
        sorted((Path(cli.__file__).parents[1] / "resources" / "samples").glob("*.jpg"))
    ):
        picture(20 + number).save(samples / image.name)
    return found


def picture(seed: int) -> Image.Image:
    """Discs of several colours on a plain ground."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    pixels = np.full((HEIGHT, WIDTH, 3), rng.integers(0, 90, 3), np.uint8)
    for _ in range(5):
        centre, radius = rng.uniform((0, 0), (WIDTH, HEIGHT)), rng.uniform(8, 30)
        pixels[np.hypot(x - centre[0], y - centre[1]) < radius] = rng.integers(90, 255, 3)
    return Image.fromarray(pixels)


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    """Annotation files with masks, holes of them, parts, boxes, known and unknown images."""
    found = []
    for number in range(3):
        annotations: list[dict[str, object]] = []
        for image in range(1, 5):
            x, y = 10 + 9 * image, 12 + 7 * number
            square = [x, y, x + 30, y, x + 30, y + 25, x, y + 25]
            common = {"image_id": image, "category_id": 1 + image % 2, "iscrowd": 0}
            annotations.append({**common, "segmentation": [square]})
            annotations.append({**common, "bbox": [x - 5, y - 5, 42, 40]})
        for identity, one in enumerate(annotations, start=1 + 100 * number):
            one["id"] = identity
        names = ["a.png", "b.png", "c.png", "gone.png"]
        path = tmp_path / f"source{number}.json"
        path.write_text(
            json.dumps(
                {
                    "images": [
                        {"id": place, "file_name": name, "width": WIDTH, "height": HEIGHT}
                        for place, name in enumerate(names, start=1)
                    ],
                    "categories": [{"id": 1, "name": "disc"}, {"id": 2, "name": f"kind{number}"}],
                    "annotations": annotations,
                }
            ),
            "utf-8",
        )
        found.append(path)
    return found


class Links(QObject):
    """What the program would open outside of itself."""

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        pass


def memory(walk: Walk) -> float:
    """Megabytes in use, the canvas being as after the opening of an image.

    What was drawn for other zooms and places is kept within a bound, which may not be reached yet.
    """
    workspace, canvas = walk.app.workspace, walk.app.window.canvas
    workspace.go_to(0)
    workspace.reload()
    walk.qtbot.waitUntil(lambda: workspace.picture is not None, timeout=20000)
    canvas.fit()
    walk.settle(200)
    gc.collect()
    if sys.platform == "linux":
        # What was freed goes back to the system, so that it is not taken for a leak.
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    return psutil.Process().memory_info().rss / 1e6


def widget_counts() -> Counter[str]:
    return Counter(type(one).__name__ for one in QApplication.allWidgets())


@pytest.mark.timeout(max(300, EVENTS // 20))
def test_random_walk(
    start: Started,  # noqa: F811
    folders: list[Path],
    sources: list[Path],
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    qtlog: Any,
) -> None:
    # What is downloaded would come from here, where nobody listens.
    monkeypatch.setenv("SAMDESK_CHECKPOINT_URL", "http://127.0.0.1:9")
    links = Links()
    for scheme in ("file", "http", "https"):
        QDesktopServices.setUrlHandler(scheme, links, "take")
    app = start(folders[0])
    with capture_exceptions() as exceptions:
        walk = Walk(app, qtbot, SEED, sources, folders, complaints=exceptions)
        try:
            walk.go(round(_WARM_UP * EVENTS))
            before, widgets = memory(walk), widget_counts()
            walk.go(round((1 - _WARM_UP) * EVENTS))
            grown, more = memory(walk) - before, widget_counts() - widgets
            print(f"{walk.events} events: {grown:.1f} MB, more widgets: {more}")
            assert grown < _MOST_MEGABYTES
            assert more.total() < _MOST_WIDGETS
            assert_undo_and_redo_agree(walk)
            for form in ("rle", "polygon"):
                assert_exports(walk, tmp_path / f"{form}.json", form)
        except BaseException:
            print(f"seed {SEED}, after {walk.events} events:", *walk.steps, sep="\n  ")
            raise
    told = [one.message for one in qtlog.records]
    assert [one for one in told if not one.startswith(_OF_THE_PLATFORM)] == []


def assert_undo_and_redo_agree(walk: Walk) -> None:
    """All the way back is what was there when the folder was opened; and forward again."""
    walk.redo_everything()
    now, drafts = walk.contents(), walk.drafts()
    walk.undo_everything()
    assert walk.contents() == walk.at_opening
    assert walk.drafts() == {}
    walk.redo_everything()
    assert walk.contents() == now
    assert walk.drafts() == drafts
    walk.check()


def assert_exports(walk: Walk, target: Path, form: str) -> None:
    """A file of the dialog's holds by all rules that `samdesk check` knows."""
    walk.come_back()
    window, qtbot = walk.app.window, walk.qtbot
    window.actions_by_id["export"].trigger()
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    dialog.path.setText(str(target))
    dialog.segmentation.setCurrentIndex(dialog.segmentation.findData(form))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.open_folder.isVisible, timeout=20000)
    folder = walk.app.workspace.folder
    assert folder is not None
    # Imports brought images whose files are elsewhere, or so they say.
    for record in walk.app.workspace.records:
        if not (folder / record.path).exists():
            picture(0).save(folder / record.path)
    assert cli.main(["check", str(target), "--images", str(folder)]) == 0
    written = json.loads(target.read_text("utf-8"))["annotations"]
    assert len(written) == len(walk.contents()["annotations"])
    walk.come_back()
