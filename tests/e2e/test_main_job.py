"""From a folder to a COCO file, as a person does it, and what other readers make of the file."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from samdesk.coco.check import check
from samdesk.store.project import Project
from samdesk.ui.dialogs.export import ExportDialog
from tests.ui.conftest import Started, start  # noqa: F401
from tests.ui.hand import Hand


def test_from_opening_a_folder_to_a_file_that_scores_1(
    start: Started,  # noqa: F811
    photos: Path,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    hand = Hand(start(photos), qtbot)
    window = hand.app.window
    window.categories.entry.setFocus()
    qtbot.keyClicks(window.categories.entry, "disc")
    hand.key(Qt.Key.Key_Return)
    for row, (x, y) in enumerate(((50, 60), (80, 50))):
        hand.drag(x - 28, y - 28, x + 28, y + 28)
        hand.wait_for_mask()
        hand.key(Qt.Key.Key_Return)
        hand.key(Qt.Key.Key_D)
        hand.wait_for_image(row + 1)
    for form in ("rle", "polygon"):
        target = tmp_path / f"{form}.json"
        hand.key(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
        dialog = window.findChild(ExportDialog)
        assert dialog is not None
        dialog.path.setText(str(target))
        dialog.segmentation.setCurrentIndex(dialog.segmentation.findData(form))
        assert "3 images, 2 annotations" in dialog.contents.text()
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        qtbot.waitUntil(dialog.open_folder.isVisible, timeout=20000)
        assert "the file is valid" in dialog.message.text()
        assert "3 images, 2 annotations" in dialog.message.text()
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
        assert list(check(target)) == []
        assert_scores_1(target, photos)
        assert_asks_before_it_replaces(hand, target)
        qtbot.waitUntil(lambda: window.findChild(ExportDialog) is None)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)


def assert_asks_before_it_replaces(hand: Hand, target: Path) -> None:
    window, before = hand.app.window, target.stat().st_mtime_ns
    hand.qtbot.waitUntil(lambda: window.findChild(ExportDialog) is None)
    window.exporter.ask()
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    dialog.path.setText(str(target))
    hand.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    hand.qtbot.waitUntil(lambda: dialog.findChild(QMessageBox) is not None, timeout=20000)
    question = dialog.findChild(QMessageBox)
    assert question is not None
    assert target.name in question.text()
    question.reject()
    dialog.reject()
    assert target.stat().st_mtime_ns == before


def assert_scores_1(target: Path, folder: Path) -> None:
    """The file, as pycocotools reads it, against the masks that the project stores."""
    with Project.open(folder, data=folder, read_only=True) as project:
        stored = list(project.annotations())
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(target))
        assert len(truth.imgs) == 3
        assert len(truth.anns) == len(stored) == 2
        for one in stored:
            assert np.array_equal(truth.annToMask(truth.anns[one.id]), one.mask.bitmap())
        results: list[dict[str, Any]] = [
            {
                "image_id": one.image_id,
                "category_id": one.category_id,
                "segmentation": one.mask.rle(),
                "score": 1.0,
            }
            for one in stored
        ]
        found = truth.loadRes(json.loads(json.dumps(results)))
        for kind in ("segm", "bbox"):
            evaluation = COCOeval(truth, found, kind)
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
            assert evaluation.stats[0] == 1.0
            assert evaluation.stats[8] == 1.0
