"""Import and export with the real window, and what comes of imported boxes and parts."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from samdesk.coco.check import check
from samdesk.core.dataset import Change
from samdesk.core.mask import Mask
from samdesk.engine.base import CancelToken
from samdesk.errors import ProjectError
from samdesk.folders import Folders
from samdesk.settings import Settings, save
from samdesk.store.project import Project
from samdesk.ui import translation
from samdesk.ui.dialogs.export import ExportDialog
from samdesk.ui.dialogs.import_ import ImportDialog
from tests.ui.conftest import Started
from tests.ui.hand import Hand

CONTROL = Qt.KeyboardModifier.ControlModifier
INNER = [[45, 55, 55, 55, 55, 65, 45, 65]]


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot) -> Hand:
    return Hand(start(photos), qtbot)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A mask on the first image, a box on the second, one more image, and two things amiss."""
    names = ["disc1.png", "disc2.png", "gone.png"]
    data = {
        "images": [
            {"id": number, "file_name": name, "width": 160, "height": 120}
            for number, name in enumerate(names, start=5)
        ],
        "categories": [{"id": 7, "name": "disc"}],
        "annotations": [
            {"id": 30, "image_id": 5, "category_id": 7, "segmentation": INNER},
            {"id": 31, "image_id": 6, "category_id": 7, "bbox": [52, 22, 56, 56], "score": 0.5},
            {"id": 32, "image_id": 5, "category_id": 8, "segmentation": INNER},
        ],
        "licenses": [],
        "info": {},
    }
    path = tmp_path / "source.json"
    path.write_text(json.dumps(data), "utf-8")
    return path


def shown(hand: Hand, kind: type[Any], key: Qt.Key) -> Any:
    hand.qtbot.waitUntil(lambda: hand.app.window.findChild(kind) is None)
    hand.app.window.activateWindow()
    hand.qtbot.waitUntil(hand.app.window.isActiveWindow)
    hand.key(key, CONTROL)
    dialog = hand.app.window.findChild(kind)
    assert dialog is not None
    return dialog


def read(hand: Hand, source: Path) -> ImportDialog:
    dialog: ImportDialog = shown(hand, ImportDialog, Qt.Key.Key_I)
    dialog.path.setText(str(source))
    dialog.read()
    hand.qtbot.waitUntil(
        lambda: dialog.go.isEnabled() or dialog.unused.toPlainText() != "", timeout=20000
    )
    return dialog


def imported(hand: Hand, source: Path, *, with_missing: bool = False) -> None:
    dialog = read(hand, source)
    if with_missing:
        dialog.with_missing.click()
        hand.qtbot.waitUntil(dialog.go.isEnabled, timeout=20000)
    dialog.accept()
    hand.qtbot.waitUntil(lambda: hand.app.window.findChild(ImportDialog) is None)
    hand.app.window.activateWindow()
    hand.qtbot.waitUntil(hand.app.window.isActiveWindow)
    hand.app.window.canvas.setFocus()


def stored(photos: Path, what: Callable[[Project], Any]) -> Any:
    with Project.open(photos, data=photos, read_only=True) as reader:
        return what(reader)


def test_an_import_is_shown_first_and_is_one_step(hand: Hand, photos: Path, source: Path) -> None:
    dialog = read(hand, source)
    assert "1 annotation, 1 box to be segmented, 1 category." in dialog.summary.text()
    unused = dialog.unused.toPlainText().splitlines()
    assert unused[-1] == "annotation 32: there is no category 8"
    assert "gone.png is not in the folder" in unused[0]
    # Rows that could only say "cannot be read" come in when they are asked for.
    assert dialog.with_missing.isVisible() and not dialog.with_missing.isChecked()
    dialog.with_missing.click()
    hand.qtbot.waitUntil(lambda: "1 category, 1 image." in dialog.summary.text(), timeout=20000)
    dialog.reject()
    hand.qtbot.waitUntil(lambda: hand.app.window.findChild(ImportDialog) is None)
    assert stored(photos, lambda project: project.categories()) == []
    imported(hand, source)
    annotator = hand.app.annotator
    assert [one.id for one in annotator.accepted.annotations] == [30]
    assert hand.app.workspace.counts[annotator.accepted.annotations[0].image_id] == 1
    assert any("takes it back" in one.text for one in hand.app.window.notices._notices)
    hand.key(Qt.Key.Key_Z, CONTROL)
    hand.qtbot.waitUntil(lambda: annotator.accepted.annotations == [])
    assert not any("takes it back" in one.text for one in hand.app.window.notices._notices)
    assert annotator.accepted.boxes == {}
    assert stored(photos, lambda project: list(project.annotations())) == []
    hand.key(Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    hand.qtbot.waitUntil(lambda: [one.id for one in annotator.accepted.annotations] == [30])


def test_an_image_that_an_import_brought_goes_with_it(hand: Hand, source: Path) -> None:
    data = json.loads(source.read_text("utf-8"))
    data["annotations"].append({"id": 33, "image_id": 7, "category_id": 7, "segmentation": INNER})
    source.write_text(json.dumps(data), "utf-8")
    imported(hand, source, with_missing=True)

    def listed() -> list[str]:
        return [record.path for record in hand.app.workspace.records]

    assert listed() == ["disc1.png", "disc2.png", "disc3.png", "gone.png"]
    hand.key(Qt.Key.Key_Z, CONTROL)
    hand.qtbot.waitUntil(lambda: listed() == ["disc1.png", "disc2.png", "disc3.png"])
    hand.key(Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    hand.qtbot.waitUntil(lambda: listed()[3:] == ["gone.png"])


def test_a_typed_path_can_be_read_at_once(hand: Hand, source: Path) -> None:
    dialog: ImportDialog = shown(hand, ImportDialog, Qt.Key.Key_I)
    assert not dialog.go.isEnabled()
    hand.qtbot.keyClicks(dialog.path, str(source))
    assert dialog.go.isEnabled() and dialog.go.text() == "Read"
    dialog.go.click()
    hand.qtbot.waitUntil(lambda: dialog.go.text() == "Import", timeout=20000)
    hand.qtbot.keyClick(dialog.path, Qt.Key.Key_Backspace)
    assert dialog.go.text() == "Read"
    dialog.reject()


def test_the_same_file_again_has_nothing_to_import(hand: Hand, source: Path) -> None:
    imported(hand, source)
    dialog = read(hand, source)
    assert not dialog.go.isEnabled()
    assert "Already here: 2 annotations" in dialog.summary.text()
    dialog.reject()


def test_what_is_no_annotations_is_told_in_the_dialog(hand: Hand, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{}")
    dialog = shown(hand, ImportDialog, Qt.Key.Key_I)
    dialog.path.setText(str(path))
    dialog.read()
    hand.qtbot.waitUntil(lambda: "neither images" in dialog.summary.text(), timeout=20000)
    # Nothing can be imported, but what was mended meanwhile can be read again.
    assert dialog.go.text() == "Read"
    dialog.reject()


def many(tmp_path: Path, count: int) -> Path:
    """A file with so many dots on two images."""
    squares = [
        {
            "image_id": 1 + n % 2,
            "category_id": 1,
            "segmentation": [[x, y, x + 1, y, x + 1, y + 1, x, y + 1]],
        }
        for n in range(count)
        for y, x in [divmod(n, 150)]
    ]
    data = {
        "images": [
            {"id": n, "file_name": f"disc{n}.png", "width": 160, "height": 120} for n in (1, 2)
        ],
        "categories": [{"id": 1, "name": "dot"}],
        "annotations": squares,
    }
    path = tmp_path / "many.json"
    path.write_text(json.dumps(data))
    return path


def test_many_changes_are_taken_over(hand: Hand, tmp_path: Path) -> None:
    imported(hand, many(tmp_path, 150))
    assert sorted(hand.app.workspace.counts.values()) == [75, 75]
    assert len(hand.app.annotator.accepted.annotations) == 75
    assert list(hand.app.annotator.accepted.category_counts.values()) == [150]


def test_a_large_import_can_be_undone_and_redone(hand: Hand, photos: Path, tmp_path: Path) -> None:
    imported(hand, many(tmp_path, 1200))
    workspace, annotator = hand.app.workspace, hand.app.annotator
    assert sum(workspace.counts.values()) == 1200
    hand.key(Qt.Key.Key_Z, CONTROL)
    hand.qtbot.waitUntil(lambda: annotator.accepted.annotations == [])
    assert stored(photos, lambda project: list(project.annotations())) == []
    assert annotator.accepted.categories == []
    hand.key(Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    hand.qtbot.waitUntil(lambda: len(annotator.accepted.annotations) == 600)
    assert workspace.picture is not None
    assert list(annotator.accepted.category_counts.values()) == [1200]


def test_images_that_are_new_appear_after_an_import(hand: Hand, photos: Path, source: Path) -> None:
    workspace = hand.app.workspace
    before = workspace.record
    (photos / "a new one.png").write_bytes((photos / "disc1.png").read_bytes())
    data = json.loads(source.read_bytes())
    data["annotations"].append({**data["annotations"][0], "id": 33, "image_id": 7})
    source.write_text(json.dumps(data))
    imported(hand, source, with_missing=True)
    model = hand.app.window.images.list.model()
    shown = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert shown == ["a new one.png", "disc1.png", "disc2.png", "disc3.png", "gone.png"]
    assert workspace.record is not None and before is not None
    assert workspace.record.id == before.id
    hand.wait_for_image(workspace.row)


def test_an_import_that_is_cancelled_leaves_nothing(
    hand: Hand, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = read(hand, many(tmp_path, 1200))
    is_under_way, may_go_on = threading.Event(), threading.Event()
    apply = Project.apply

    def slow(project: Project, changes: Iterable[Change]) -> None:
        def waiting() -> Iterator[Change]:
            for number, change in enumerate(changes):
                if number == 650:
                    is_under_way.set()
                    assert may_go_on.wait(20)
                yield change

        apply(project, waiting())

    monkeypatch.setattr(Project, "apply", slow)
    dialog.accept()
    hand.qtbot.waitUntil(is_under_way.is_set)
    workspace = hand.app.workspace
    assert workspace.project is None
    dialog.reject()
    may_go_on.set()
    hand.qtbot.waitUntil(lambda: workspace.project is not None)
    assert stored(photos, lambda project: list(project.annotations())) == []
    assert stored(photos, lambda project: project.categories()) == []
    assert not hand.app.annotator.undoing.can_undo
    assert sum(workspace.counts.values()) == 0


def test_an_import_that_cannot_be_stored_is_told_and_leaves_nothing(
    hand: Hand, photos: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = read(hand, source)

    def full(_project: Project, _changes: Iterable[Change]) -> None:
        raise ProjectError("The disk is full.", "Make room.")

    with monkeypatch.context() as patch:
        patch.setattr(Project, "apply", full)
        dialog.accept()
        hand.qtbot.waitUntil(lambda: "disk is full" in dialog.summary.text())
    dialog.accept()
    hand.qtbot.waitUntil(dialog.go.isEnabled)
    dialog.accept()
    hand.qtbot.waitUntil(lambda: len(hand.app.annotator.accepted.annotations) == 1)


def test_an_imported_box_becomes_a_mask_under_its_id(
    hand: Hand, photos: Path, source: Path
) -> None:
    imported(hand, source)
    hand.key(Qt.Key.Key_X)
    hand.wait_for_image(1)
    hand.key(Qt.Key.Key_X)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    (one,) = hand.app.annotator.accepted.annotations
    assert (one.id, json.loads(one.extras)) == (31, {"score": 0.5})
    assert stored(photos, lambda project: project.boxes()) == []
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert list(hand.app.annotator.accepted.boxes) == [31]


def test_of_many_boxes_only_those_that_change_are_read(
    hand: Hand, photos: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(hand, source)
    project, accepted = hand.app.workspace.project, hand.app.annotator.accepted
    assert project is not None
    (first,) = accepted.boxes.values()
    others = [replace(first, id=identity, image_id=3) for identity in (40, 41, 42)]
    hand.app.annotator.change("more", [Change(None, one) for one in reversed(others)])
    assert {*accepted.boxes} == {31, 40, 41, 42}
    boxes, asked = Project.boxes, []

    def counted(self: Project, image_id: int | None = None) -> Any:
        asked.append(image_id)
        return boxes(self, image_id)

    monkeypatch.setattr(Project, "boxes", counted)
    hand.key(Qt.Key.Key_X)
    hand.wait_for_image(1)
    hand.key(Qt.Key.Key_X)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    assert {*accepted.boxes} == {40, 41, 42}
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert {*accepted.boxes} == {31, 40, 41, 42}
    assert None not in asked
    monkeypatch.undo()
    assert accepted.boxes == stored(photos, lambda one: {box.id: box for box in one.boxes()})


def test_a_part_of_the_mask_around_it(
    hand: Hand, photos: Path, source: Path, tmp_path: Path
) -> None:
    imported(hand, source)
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    annotator = hand.app.annotator
    whole = next(one for one in annotator.accepted.annotations if one.id != 30)
    annotator.selection.select(30)
    hand.key(Qt.Key.Key_W)
    assert {one.id: one.parent_id for one in annotator.accepted.annotations} == {
        30: whole.id,
        whole.id: None,
    }
    annotator.selection.select(whole.id)
    hand.key(Qt.Key.Key_W)
    assert annotator.selection.last is not None
    assert annotator.selection.last.parent_id is None

    dialog = shown(hand, ExportDialog, Qt.Key.Key_E)
    target = tmp_path / "out.json"
    dialog.path.setText(str(target))
    dialog.profile.setCurrentIndex(dialog.profile.findData("arr-coc"))
    dialog.accept()
    hand.qtbot.waitUntil(dialog.open_folder.isVisible, timeout=20000)
    dialog.reject()
    assert list(check(target, photos)) == []
    entries = {one["id"]: one["arr_coc"] for one in json.loads(target.read_bytes())["annotations"]}
    assert (entries[30]["level"], entries[30]["parent_id"]) == ("part", whole.id)
    assert entries[whole.id]["level"] == "whole"
    assert entries[whole.id]["prompts"]["box"] == [22, 32, 78, 88]
    assert entries[whole.id]["clicks"] == 1
    assert entries[whole.id]["seconds"] > 0
    hand.qtbot.waitUntil(lambda: hand.app.window.findChild(ExportDialog) is None)
    hand.app.window.activateWindow()
    hand.qtbot.waitUntil(hand.app.window.isActiveWindow)
    annotator.selection.select(30)
    hand.app.window.canvas.setFocus()
    hand.key(Qt.Key.Key_W)
    assert all(one.parent_id is None for one in annotator.accepted.annotations)


def test_a_path_can_be_typed_and_plain_coco_says_what_it_does_not_keep(
    hand: Hand, source: Path, tmp_path: Path
) -> None:
    imported(hand, source)
    hand.drag(22, 32, 78, 88)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    hand.app.annotator.selection.select(30)
    hand.key(Qt.Key.Key_W)
    dialog = shown(hand, ExportDialog, Qt.Key.Key_E)
    dialog.path.clear()
    # On its way to a file's name the text is none.
    for letter in ("/", "/.", "~nobody-of-this-name", str(tmp_path / "out.json")):
        dialog.path.setText(letter)
    assert dialog.target() == tmp_path / "out.json"
    dialog.accept()
    hand.qtbot.waitUntil(dialog.open_folder.isVisible, timeout=20000)
    assert "Which whole a part belongs to is not in plain COCO" in dialog.message.text()
    dialog.reject()


def test_a_split_that_cannot_be_understood_is_told_and_nothing_is_written(
    hand: Hand, tmp_path: Path
) -> None:
    dialog = shown(hand, ExportDialog, Qt.Key.Key_E)
    dialog.path.setText(str(tmp_path / "out.json"))
    dialog.split.setText("train=0.8")
    assert "0.8, not 1" in dialog.contents.text()
    dialog.accept()
    assert "0.8, not 1" in dialog.message.text()
    dialog.split.setText("train=0.7,val=0.3")
    assert "train 2, val 1" in dialog.contents.text()
    assert "empty" not in dialog.contents.text()
    dialog.split.setText("train=0.7,val=0.2,test=0.1")
    assert "would be empty: test." in dialog.contents.text()
    dialog.split.setText("train=0.7,val=0.3")
    dialog.accept()
    hand.qtbot.waitUntil(dialog.open_folder.isVisible, timeout=20000)
    assert sorted(path.name for path in tmp_path.glob("out*")) == ["out_train.json", "out_val.json"]
    dialog.reject()


def test_an_export_without_images_says_why(hand: Hand, photos: Path) -> None:
    dialog: ExportDialog = shown(hand, ExportDialog, Qt.Key.Key_E)
    assert "none is exported" not in dialog.contents.text()
    reason = "No image is marked as done, so none is exported."
    dialog.images.setCurrentIndex(dialog.images.findData("done"))
    assert reason in dialog.contents.text()
    dialog.accept()
    hand.qtbot.waitUntil(dialog.open_folder.isVisible, timeout=20000)
    assert reason in dialog.message.text()
    assert json.loads((photos / "annotations.json").read_bytes())["images"] == []


def test_a_failed_export_is_told_and_can_be_tried_again(hand: Hand, tmp_path: Path) -> None:
    dialog = shown(hand, ExportDialog, Qt.Key.Key_E)
    dialog.path.setText(str(tmp_path / "missing" / "out.json"))
    dialog.accept()
    hand.qtbot.waitUntil(lambda: "cannot be written" in dialog.message.text(), timeout=20000)
    assert not dialog.open_folder.isVisible()
    dialog.reject()


@pytest.mark.parametrize("outcome", ["stopped", "written"])
def test_the_outcome_of_an_export_is_not_told_by_a_dialog_that_was_opened_after_it(
    hand: Hand, tmp_path: Path, outcome: str
) -> None:
    is_busy, may_go_on = threading.Event(), threading.Event()

    def busy(_token: CancelToken) -> None:
        is_busy.set()
        assert may_go_on.wait(20)

    def nothing(_result: object) -> None:
        return

    dialog = shown(hand, ExportDialog, Qt.Key.Key_E)
    dialog.path.setText(str(tmp_path / "out.json"))
    hand.app.io.submit("busy", busy, done=nothing, failed=nothing, rank=-1)
    assert is_busy.wait(20)
    dialog.accept()
    job = hand.app.window.exporter._job
    assert job is not None
    if outcome == "written":
        # It is written before it could be stopped.
        job.token.cancel = lambda: None
    dialog.close()
    again = shown(hand, ExportDialog, Qt.Key.Key_E)
    told, idle = list[str](), list[None]()
    hand.app.window.exporter.told.connect(told.append)
    hand.app.window.exporter.ended.connect(told.append)
    may_go_on.set()
    hand.app.io.submit("idle", lambda _token: None, done=idle.append, failed=nothing)
    hand.qtbot.waitUntil(lambda: bool(idle), timeout=20000)
    # Who stopped it by closing its dialog knows.
    assert [one.split(" /")[0] for one in told] == (
        [] if outcome == "stopped" else ["Exported to the folder"]
    )
    assert (tmp_path / "out.json").exists() == (outcome == "written")
    assert not again.message.isVisible() and not again.open_folder.isVisible()
    assert again.isVisible()
    again.reject()


def test_an_import_is_read_again_when_the_project_went_on_meanwhile(
    hand: Hand, photos: Path, tmp_path: Path
) -> None:
    source = many(tmp_path, 3)
    dialog = read(hand, source)
    annotator = hand.app.annotator
    assert hand.app.window.categorising.add("stored meanwhile")
    dialog.accept()
    hand.qtbot.waitUntil(lambda: "was stored" in dialog.summary.text(), timeout=20000)
    assert stored(photos, lambda project: list(project.annotations())) == []
    dialog.read()
    hand.qtbot.waitUntil(dialog.go.isEnabled, timeout=20000)
    dialog.accept()
    hand.qtbot.waitUntil(
        lambda: len(stored(photos, lambda project: list(project.annotations()))) == 3,
        timeout=20000,
    )
    names = [one.name for one in annotator.accepted.categories]
    assert len(names) == len(set(names)) and "stored meanwhile" in names


def test_annotations_of_one_bad_image_are_one_line(hand: Hand, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    entries = [
        {"id": n, "image_id": 1, "category_id": 1, "bbox": [0, 0, 5, 5]} for n in range(1, 21)
    ]
    images = [{"id": 1, "file_name": "../up.png", "width": 10, "height": 10}]
    categories = [{"id": 1, "name": "a"}]
    content = {"images": images, "annotations": entries, "categories": categories}
    path.write_text(json.dumps(content))
    dialog = read(hand, path)
    lines = dialog.unused.toPlainText().splitlines()
    assert len(lines) == 2 and lines[1].endswith("cannot be used (and 19 more)")
    assert "21" in dialog._heading.text()
    dialog.reject()


def test_where_no_program_shows_folders_the_result_says_so(
    hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("samdesk.ui.exporting.QDesktopServices.openUrl", lambda _url: False)
    dialog = shown(hand, ExportDialog, Qt.Key.Key_E)
    dialog.path.setText(str(tmp_path / "out.json"))
    dialog.accept()
    hand.qtbot.waitUntil(dialog.open_folder.isVisible, timeout=20000)
    dialog.open_folder.click()
    assert str(tmp_path) in dialog.message.text() and "No program" in dialog.message.text()
    dialog.reject()


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "disc1.png is an image, and no file of annotations. Choose a COCO, results"),
        ("de", "disc1.png ist ein Bild und keine Datei mit Annotationen. Wählen Sie eine COCO-"),
    ],
)
def test_what_is_no_json_is_told_for_people(
    start: Started, photos: Path, qtbot: QtBot, qapp: QApplication, language: str, told: str
) -> None:
    save(Settings(language=language), Folders.find().config / "settings.json")
    hand = Hand(start(photos), qtbot)
    dialog = read(hand, photos / "disc1.png")
    hand.qtbot.waitUntil(lambda: told in dialog.summary.text())
    dialog.reject()
    translation.apply(qapp, "en")


def test_the_export_says_what_is_meant_before_it_is_chosen(hand: Hand) -> None:
    dialog: ExportDialog = shown(hand, ExportDialog, Qt.Key.Key_E)
    said = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert any(text.startswith("COCO is what all readers know. ARR-COC adds") for text in said)
    for field in (dialog.simplify, dialog.split, dialog.seed):
        assert field.toolTip()
    for box in (dialog.profile, dialog.segmentation):
        assert box.accessibleName() and box.accessibleDescription() in said
    dialog.reject()


def test_a_file_that_is_there_is_replaced_only_by_who_says_so(hand: Hand, tmp_path: Path) -> None:
    target = tmp_path / "here.json"
    target.write_text("mine")
    dialog: ExportDialog = shown(hand, ExportDialog, Qt.Key.Key_E)
    dialog.path.setText(str(target))

    def ask() -> QMessageBox:
        hand.qtbot.keyClick(dialog.path, Qt.Key.Key_Return)
        hand.qtbot.waitUntil(lambda: any(b.isVisible() for b in dialog.findChildren(QMessageBox)))
        return next(b for b in dialog.findChildren(QMessageBox) if b.isVisible())

    box = ask()
    assert "here.json" in box.text()
    box.reject()
    assert target.read_text() == "mine" and dialog.isVisible()
    dialog.activateWindow()
    hand.qtbot.waitUntil(dialog.isActiveWindow)
    (yes,) = [one for one in ask().buttons() if one.text() == "Replace"]
    hand.qtbot.mouseClick(yes, Qt.MouseButton.LeftButton)
    hand.qtbot.waitUntil(lambda: "checked" in dialog.message.text(), timeout=20000)
    assert json.loads(target.read_text())["images"]
    dialog.reject()


def test_an_export_onto_an_image_or_a_project_is_refused_without_a_question(
    hand: Hand, photos: Path
) -> None:
    photo = photos / "disc1.png"
    content = photo.read_bytes()
    dialog: ExportDialog = shown(hand, ExportDialog, Qt.Key.Key_E)
    for target in (photo, photos / ".samdesk" / "project.db"):
        dialog.path.setText(str(target))
        hand.qtbot.keyClick(dialog.path, Qt.Key.Key_Return)
        hand.qtbot.waitUntil(lambda at=target: str(at) in dialog.message.text(), timeout=20000)
        assert not dialog.findChildren(QMessageBox)
        hand.qtbot.waitUntil(dialog.path.isEnabled)
    assert photo.read_bytes() == content
    dialog.reject()


def test_a_drive_that_does_not_answer_does_not_stop_the_export_s_dialog(
    hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, asked = threading.Event(), threading.Event()

    def silent(_path: object) -> bool:
        asked.set()
        return not answers.wait(20)

    monkeypatch.setattr("samdesk.ui.exporting.os.path.exists", silent)
    dialog: ExportDialog = shown(hand, ExportDialog, Qt.Key.Key_E)
    dialog.path.setText(str(tmp_path / "x.json"))
    dialog.accept()
    hand.qtbot.waitUntil(asked.is_set)
    assert dialog.message.text() == "Exporting…"
    dialog.reject()
    assert dialog.isVisible(), "it stops what runs first"
    dialog.reject()
    hand.qtbot.waitUntil(lambda: hand.app.window.findChild(ExportDialog) is None)
    with hand.qtbot.assertNotEmitted(hand.app.window.exporter.ended):
        answers.set()
        hand.app.io.submit("after", lambda _: None, done=lambda _: None, failed=print)
        hand.qtbot.wait(200)
    assert not (tmp_path / "x.json").exists()


def test_an_export_tells_which_images_are_not_what_they_were(
    hand: Hand, photos: Path, source: Path, tmp_path: Path
) -> None:
    imported(hand, source, with_missing=True)
    Image.new("RGB", (50, 40)).save(photos / "disc1.png")
    dialog = shown(hand, ExportDialog, Qt.Key.Key_E)
    dialog.path.setText(str(tmp_path / "out.json"))
    dialog.split.setText("train=0.7,val=0.3")
    dialog.images.setCurrentIndex(dialog.images.findData("done"))
    assert "train about 0, val about 0" in dialog.contents.text()
    dialog.images.setCurrentIndex(dialog.images.findData("all"))
    dialog.split.clear()
    dialog.accept()
    hand.qtbot.waitUntil(dialog.open_folder.isVisible, timeout=20000)
    told = dialog.message.text()
    assert "disc1.png (it was 160 x 120 pixels when it was annotated and is 50 x 40 now)" in told
    assert "gone.png (its file is not in the folder)" in told
    assert "Left out with these images: 1 annotation." in told
    dialog.reject()


def test_an_annotated_image_that_is_gone_is_exported_and_told(
    hand: Hand, photos: Path, source: Path, tmp_path: Path
) -> None:
    imported(hand, source)
    (photos / "disc1.png").unlink()
    dialog = shown(hand, ExportDialog, Qt.Key.Key_E)
    dialog.path.setText(str(tmp_path / "out.json"))
    dialog.accept()
    hand.qtbot.waitUntil(dialog.open_folder.isVisible, timeout=20000)
    told = "although their files cannot be read: disc1.png (its file is not in the folder)"
    assert told in dialog.message.text()
    dialog.reject()


def test_an_import_tells_what_is_other_here_than_in_the_file(hand: Hand, source: Path) -> None:
    dialog = read(hand, source)
    assert "other ids here than in the file: 2." in dialog.summary.text()
    dialog.reject()
    imported(hand, source)
    accepted = hand.app.annotator.accepted
    (kind,) = accepted.categories
    hand.app.annotator.change("rename", [Change(kind, replace(kind, name="pear"))])
    dialog = read(hand, source)
    assert "2 of these are in other categories here, and stay." in dialog.summary.text()
    dialog.reject()
    (one,) = accepted.annotations
    smaller = replace(one, mask=Mask.from_crop(np.ones((5, 5), bool), 3, 3, 160, 120))
    hand.app.annotator.change("correct", [Change(one, smaller)])
    dialog = read(hand, source)
    assert "1 of the new ones come in beside those of the same ids" in dialog.summary.text()
    dialog.reject()
