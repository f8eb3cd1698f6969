"""Proposals in the window: made in the background, gone through with the keyboard alone."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from samdesk import cli
from samdesk.app import App
from samdesk.core.dataset import (
    Annotation,
    Category,
    Change,
    ImageRecord,
    Proposal,
    Provenance,
    UnsegmentedBox,
)
from samdesk.core.grid import Grid
from samdesk.core.image.content import content_sha256
from samdesk.core.mask import Mask
from samdesk.core.prompt import Box
from samdesk.engine.base import Attempt
from samdesk.engine.choose import EngineChoice
from samdesk.runtime import proposing
from samdesk.runtime.proposing import Comparison, Look
from samdesk.store.project import Project
from samdesk.ui import engines
from tests.automatic_child import FEW, SlowSegmenter, images, use
from tests.ui.conftest import Started
from tests.ui.hand import Hand


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, home: Path) -> SlowSegmenter:
    engine = SlowSegmenter()
    monkeypatch.setattr(engine, "grid", Grid(6, pred_iou=0.3, stability=0.5))
    choice = EngineChoice("Tiny SAM", lambda token, progress: engine)
    monkeypatch.setattr(engines, "choose_engine", lambda *_, **__: choice)
    use(monkeypatch, engine)
    return engine


def proposed(app: App, qtbot: QtBot) -> None:
    automatic = app.window.automatic
    qtbot.waitUntil(lambda: not automatic.is_running, timeout=20000)


def test_proposals_are_reviewed_with_the_keyboard_alone(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    app = start(images(tmp_path / "images", 2))
    hand, annotator, proposals = Hand(app, qtbot), app.annotator, app.annotator.proposals
    hand.key(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert app.window.automatic.is_running
    assert app.window.proposing_bar.isVisible()
    assert not app.window.actions_by_id["next_proposal"].isEnabled()
    proposed(app, qtbot)
    count = len(proposals.shown)
    assert count > 3
    assert not app.window.proposing_bar.isVisible()
    assert app.window.actions_by_id["next_proposal"].isEnabled()
    listed = app.window.images.list.itemDelegate()
    assert listed._second_line(0, 0) == f"{count} proposals"
    assert annotator.accepted.annotations == []
    hand.key(Qt.Key.Key_Q)
    first = proposals.current
    assert first is not None and first == proposals.shown[0]
    hand.key(Qt.Key.Key_Return)
    assert [one.id for one in annotator.accepted.annotations] == [first.id]
    assert annotator.accepted.annotations[0].provenance.source == "auto"
    second = proposals.current
    assert second is not None and second != first
    hand.key(Qt.Key.Key_Delete)
    assert len(proposals.shown) == count - 2
    assert len(annotator.accepted.annotations) == 1
    # Undo brings the dropped one back, then the accepted one.
    control = Qt.KeyboardModifier.ControlModifier
    hand.key(Qt.Key.Key_Z, control)
    hand.key(Qt.Key.Key_Z, control)
    assert {one.id for one in proposals.shown} >= {first.id, second.id}
    assert len(proposals.shown) == count and annotator.accepted.annotations == []
    # All as good as the second, then the rest goes.
    proposals.select(second.id)
    score = second.annotation.provenance.predicted_iou
    assert score is not None
    hand.key(Qt.Key.Key_Return, control)
    scores = [one.provenance.predicted_iou or 0 for one in annotator.accepted.annotations]
    assert scores and min(scores) >= score
    assert all((one.annotation.provenance.predicted_iou or 0) < score for one in proposals.shown)
    hand.key(Qt.Key.Key_Delete, control)
    assert proposals.shown == []
    project = app.workspace.project
    assert project is not None and list(project.proposals()) == []
    assert len(list(project.annotations())) == len(scores)


def test_what_is_found_is_compared_beside_the_window_with_what_is_annotated_then(
    start: Started,
    tmp_path: Path,
    qtbot: QtBot,
    engine: SlowSegmenter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = start(images(tmp_path / "images", 2))
    hand, annotator = Hand(app, qtbot), app.annotator
    automatic, proposals = app.window.automatic, annotator.proposals
    propose = Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier
    hand.key(*propose)
    proposed(app, qtbot)
    first = proposals.shown[0]
    compare, threads, numbers = proposing.compared, [], []
    is_busy, may_go_on = threading.Event(), threading.Event()

    def slowly(look: Look, annotations: list[Annotation]) -> Comparison:
        threads.append(threading.current_thread())
        numbers.append(len(annotations))
        is_busy.set()
        assert may_go_on.wait(20)
        return compare(look, annotations)

    for module in ("samdesk.ui.automatic", "samdesk.runtime.proposing"):
        monkeypatch.setattr(f"{module}.compared", slowly)
    hand.key(*propose)
    qtbot.waitUntil(is_busy.is_set, timeout=20000)
    # Meanwhile one of those of before is accepted: it is not proposed again.
    proposals.select(first.id)
    hand.key(Qt.Key.Key_Return)
    assert [one.mask for one in annotator.accepted.annotations] == [first.annotation.mask]
    may_go_on.set()
    proposed(app, qtbot)
    assert numbers == [0, 1]
    assert threading.main_thread() not in threads
    assert first.annotation.mask not in [one.annotation.mask for one in proposals.shown]
    assert proposals.shown and not automatic.is_running


def test_the_place_among_proposals_is_kept_when_one_that_was_pointed_at_goes(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    app = start(images(tmp_path / "images", 2))
    hand, proposals = Hand(app, qtbot), app.annotator.proposals
    hand.key(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    proposed(app, qtbot)
    before = [one.id for one in proposals.shown]
    assert len(before) > 3
    proposals.select(before[2])
    hand.key(Qt.Key.Key_Delete)
    assert proposals.current is None
    hand.key(Qt.Key.Key_Q)
    assert proposals.place == 2 and proposals.current_id == before[3]
    proposals.select(before[3])
    hand.key(Qt.Key.Key_Delete)
    hand.key(Qt.Key.Key_Q, Qt.KeyboardModifier.ShiftModifier)
    assert proposals.place == 1


def test_a_hundred_proposals_of_an_image_are_reviewed_with_the_keyboard_alone(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    folder = images(tmp_path / "images", 1)
    squares = [
        Mask.from_crop(np.ones((9, 9), bool), 2 + 15 * column, 2 + 11 * row, 160, 120)
        for row in range(10)
        for column in range(10)
    ]
    with Project.open(folder, data=folder) as project:
        (record,) = project.add_images(["0.png"])
        category = Category(project.next_id(Category), "square", "#ff0000")
        project.apply([Change(None, category)])
        for number, mask in enumerate(squares):
            how = Provenance(source="auto", engine="Tiny SAM", predicted_iou=1 - number / 200)
            annotation = Annotation(project.next_id(Annotation), record.id, category.id, mask, how)
            project.apply([Change(None, Proposal(annotation))])
    app = start(folder)
    hand, annotator, proposals = Hand(app, qtbot), app.annotator, app.annotator.proposals
    qtbot.waitUntil(lambda: len(proposals.shown) == 100, timeout=20000)
    app.window.categorising.add("other")
    hand.key(Qt.Key.Key_Q)
    seen = []
    for number in range(100):
        assert proposals.current is not None
        seen.append(proposals.current.annotation.mask)
        if number % 4 == 3:
            hand.key(Qt.Key.Key_Delete)
            continue
        if number % 4 == 2:
            hand.key(Qt.Key.Key_2)
        hand.key(Qt.Key.Key_Return)
    assert seen == squares
    assert proposals.shown == [] and proposals.current is None
    accepted = annotator.accepted.annotations
    assert [one.mask for one in accepted] == [
        mask for number, mask in enumerate(squares) if number % 4 != 3
    ]
    categories = map(annotator.accepted.category_of, accepted)
    names = [category.name for category in categories if category]
    assert names == ["square", "square", "other"] * 25
    project = app.workspace.project
    assert project is not None and list(project.annotations()) == accepted


def test_many_proposals_are_accepted_and_dropped_beside_the_window(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    folder = images(tmp_path / "images", 2)
    with Project.open(folder, data=folder) as project:
        record = project.add_images(["0.png", "1.png"])[0]
        category = Category(project.next_id(Category), "dot", "#ff0000")
        mask = Mask.from_crop(np.ones((2, 2), bool), 5, 5, 160, 120)
        ids = [project.next_id(Annotation) for _ in range(600)]
        how = Provenance(source="auto")
        found = [Proposal(Annotation(one, record.id, category.id, mask, how)) for one in ids]
        project.apply([Change(None, category), *(Change(None, one) for one in found)])
    app = start(folder)
    annotator, workspace, proposals = app.annotator, app.workspace, app.annotator.proposals
    told: list[str] = []
    annotator.told.connect(told.append)

    def stored() -> None:
        assert workspace.is_storing
        qtbot.waitUntil(lambda: not workspace.is_storing, timeout=20000)

    proposals.step(1)
    proposals.accept_as_good()
    # A second press is one too many.
    proposals.accept_as_good()
    assert len(told) == 1 and "being stored" in told[0]
    stored()
    assert [one.id for one in annotator.accepted.annotations] == ids
    assert proposals.shown == [] and proposals.current is None
    workspace.step(1)
    # Undo goes to where it happened.
    annotator.undoing.undo()
    stored()
    assert workspace.record is not None and workspace.record.id == record.id
    assert len(proposals.shown) == 600 and annotator.accepted.annotations == []
    proposals.drop_all()
    workspace.step(1)
    stored()
    workspace.step(-1)
    assert proposals.shown == [] and annotator.accepted.annotations == []
    assert workspace.project is not None and list(workspace.project.proposals()) == []


def with_proposals(tmp_path: Path) -> Path:
    """A folder of one image on which masks were proposed."""
    folder = images(tmp_path / "images", 1)
    cli.main(["auto", str(folder), *FEW])
    return folder


def test_a_number_key_changes_the_category_of_the_chosen_proposal(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    app = start(with_proposals(tmp_path))
    hand, annotator, proposals = Hand(app, qtbot), app.annotator, app.annotator.proposals
    app.window.categorising.add("ball")
    hand.key(Qt.Key.Key_Q)
    hand.key(Qt.Key.Key_2)
    hand.key(Qt.Key.Key_Return)
    (accepted,) = annotator.accepted.annotations
    category = annotator.accepted.category_of(accepted)
    assert category is not None and category.name == "ball"
    # The one with proposals left cannot be deleted.
    told: list[str] = []
    annotator.told.connect(told.append)
    app.window.categorising.delete(annotator.accepted.categories[0])
    assert proposals.shown and len(annotator.accepted.categories) == 2
    assert told == ["object has proposals. Accept or drop them first."]


def test_a_click_chooses_a_proposal(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    app = start(with_proposals(tmp_path))
    hand, proposals = Hand(app, qtbot), app.annotator.proposals
    hand.key(Qt.Key.Key_V)
    mask = proposals.shown[0].annotation.mask
    rows, columns = mask.bitmap().nonzero()
    middle = len(rows) // 2
    hand.click(int(columns[middle]), int(rows[middle]))
    assert proposals.current is not None
    assert proposals.current.annotation.mask.contains(int(columns[middle]), int(rows[middle]))
    hand.key(Qt.Key.Key_Escape)
    assert proposals.current is None


def test_the_smart_tool_chooses_a_proposal_by_the_first_click(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    app = start(with_proposals(tmp_path))
    hand, annotator, proposals = Hand(app, qtbot), app.annotator, app.annotator.proposals
    label, viewport = app.window.draft_bar.label, app.window.canvas.viewport()
    assert "<b>click</b> chooses one" in label.text()
    smallest = min(proposals.shown, key=lambda one: one.annotation.mask.area)
    rows, columns = smallest.annotation.mask.bitmap().nonzero()
    at = int(columns[len(rows) // 2]), int(rows[len(rows) // 2])
    # What the click will choose is what is previewed.
    hand.hover(*at)
    qtbot.waitUntil(lambda: app.window.hovering.mask == smallest.annotation.mask, timeout=20000)
    hand.click(*at)
    assert proposals.current == smallest and annotator.draft is None
    assert "click</b> it again" in label.text()
    # The rest of a double click says nothing more.
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=hand.place(*at))
    assert proposals.current == smallest and annotator.draft is None
    hand.key(Qt.Key.Key_Return)
    assert [one.id for one in annotator.accepted.annotations] == [smallest.id]
    # Who points at one after the other is not led elsewhere.
    assert proposals.current is None
    hand.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    # A click on the chosen one begins a mask of its own.
    hand.key(Qt.Key.Key_Escape)
    hand.click(*at)
    hand.click(*at)
    assert annotator.draft is not None and len(annotator.draft.prompt.points) == 1
    assert proposals.current is None


def test_undo_and_redo_go_on_though_proposals_came_and_went(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    app = start(images(tmp_path / "images", 1))
    hand, annotator, proposals = Hand(app, qtbot), app.annotator, app.annotator.proposals
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    hand.key(Qt.Key.Key_G, control)
    proposed(app, qtbot)
    hand.key(Qt.Key.Key_Q)
    hand.key(Qt.Key.Key_Return)
    accepted = list(annotator.accepted.annotations)
    assert len(accepted) == 1
    hand.key(Qt.Key.Key_Z, control)
    assert accepted[0].id in {one.id for one in proposals.shown}
    # What is proposed anew takes the place of the one that the next step would accept.
    hand.key(Qt.Key.Key_G, control)
    proposed(app, qtbot)
    assert accepted[0].id not in {one.id for one in proposals.shown}
    hand.key(Qt.Key.Key_Z, control | shift)
    assert annotator.accepted.annotations == accepted
    hand.key(Qt.Key.Key_Z, control)
    # The category was made for the proposals; without it they go too.
    assert proposals.shown
    hand.key(Qt.Key.Key_Z, control)
    assert annotator.accepted.categories == []
    assert proposals.shown == []
    assert not annotator.undoing.can_undo
    for _ in range(2):
        hand.key(Qt.Key.Key_Z, control | shift)
    assert annotator.accepted.annotations == accepted


def test_a_category_is_merged_with_its_proposals(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    app = start(images(tmp_path / "images", 1))
    hand, annotator, proposals = Hand(app, qtbot), app.annotator, app.annotator.proposals
    hand.key(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    proposed(app, qtbot)
    app.window.categorising.add("other")
    kind, other = annotator.accepted.categories
    app.window.categorising.merge(kind, other)
    assert {one.annotation.category_id for one in proposals.shown} == {other.id}
    hand.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert {one.annotation.category_id for one in proposals.shown} == {kind.id}
    hand.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert {one.annotation.category_id for one in proposals.shown} == {other.id}
    assert annotator.accepted.categories == [other]


def test_a_folder_is_gone_through_while_clicks_are_answered_and_can_be_stopped(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    app = start(images(tmp_path / "images", 12))
    hand, automatic = Hand(app, qtbot), app.window.automatic
    automatic.propose_in_folder()
    qtbot.waitUntil(lambda: automatic.done >= 2, timeout=20000)
    hand.click(60, 60)
    hand.wait_for_mask()
    assert automatic.is_running
    app.window.actions_by_id["stop_proposing"].trigger()
    assert not automatic.is_running
    project = app.workspace.project
    assert project is not None
    found = project.proposal_counts()
    assert 2 <= len(found) < 12
    hand.key(Qt.Key.Key_Return)
    assert len(app.annotator.accepted.annotations) == 1


def test_another_engine_ends_the_run_and_keeps_what_was_found(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    app = start(images(tmp_path / "images", 12))
    automatic = app.window.automatic
    automatic.propose_in_folder()
    qtbot.waitUntil(lambda: automatic.done >= 1, timeout=20000)
    app.inference.use("Tiny SAM", lambda token, progress: engine)
    assert not automatic.is_running
    qtbot.waitUntil(lambda: app.inference.engine is not None, timeout=20000)
    automatic.propose_on_image()
    assert automatic.is_running
    proposed(app, qtbot)
    assert app.annotator.proposals.shown


def test_a_run_goes_on_with_what_stands_in_for_an_engine_without_room(
    start: Started,
    tmp_path: Path,
    qtbot: QtBot,
    engine: SlowSegmenter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = start(images(tmp_path / "images", 4))
    automatic = app.window.automatic
    told: list[str] = []
    app.engines.told.connect(told.append)
    automatic.told.connect(told.append)
    smaller = SlowSegmenter()
    smaller.info = replace(smaller.info, name="Smaller SAM", key="smaller")
    monkeypatch.setattr(smaller, "grid", engine.grid)
    monkeypatch.setattr(
        engines,
        "choose_attempt",
        lambda *_: EngineChoice("Smaller SAM", lambda token, progress: smaller),
    )
    real = engine.everything

    def full(*arguments: Any, **more: Any) -> Any:
        if automatic.done:
            raise MemoryError
        return real(*arguments, **more)

    monkeypatch.setattr(engine, "everything", full)
    monkeypatch.setattr(engine, "attempt", Attempt(tmp_path, "vit_b", "cpu", "auto"))
    automatic.propose_in_folder()
    proposed(app, qtbot)
    (said,) = told
    assert "not enough memory" in said and "Smaller SAM is used instead." in said
    project = app.workspace.project
    assert project is not None and len(project.proposal_counts()) == 4
    names = {one.annotation.provenance.engine for one in project.proposals()}
    assert names == {"Tiny SAM", "Smaller SAM"} and smaller.encoded >= 3


@pytest.mark.parametrize("kind", [MemoryError, ZeroDivisionError])
def test_what_fails_on_an_image_is_told_and_a_defect_ends_the_run(
    start: Started,
    tmp_path: Path,
    qtbot: QtBot,
    engine: SlowSegmenter,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[Exception],
) -> None:
    app = start(images(tmp_path / "images", 3))
    automatic = app.window.automatic
    told: list[str] = []
    ended: list[str] = []
    automatic.told.connect(told.append)
    automatic.ended.connect(ended.append)
    real, looked = engine.everything, []

    def fail(*arguments: Any, **more: Any) -> Any:
        looked.append(None)
        if len(looked) == 2:
            raise kind
        return real(*arguments, **more)

    monkeypatch.setattr(engine, "everything", fail)
    is_defect = kind is ZeroDivisionError
    with qtbot.captureExceptions() as raised:
        automatic.propose_in_folder()
        proposed(app, qtbot)
    assert [error for error, *_ in raised] == [kind] * is_defect
    assert len(looked) == (2 if is_defect else 3)
    # What was found is kept and told, and the next run begins anew.
    assert len(ended) == 1 and f"on {1 if is_defect else 2} image" in ended[0]
    assert is_defect or (len(told) == 1 and "not enough memory for this image" in told[0])
    assert app.window.actions_by_id["propose"].isEnabled()
    automatic.propose_in_folder()
    assert automatic.is_running
    proposed(app, qtbot)


def test_boxes_of_a_category_that_is_merged_meanwhile_are_segmented(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    app = start(images(tmp_path / "images", 5))
    annotator, automatic = app.annotator, app.window.automatic
    app.window.categorising.add("boxed")
    app.window.categorising.add("other")
    boxed, other = annotator.accepted.categories
    boxes = [
        UnsegmentedBox(number, record.id, boxed.id, Box(20, 20, 80, 80), "")
        for number, record in enumerate(app.workspace.records, 1)
    ]
    assert annotator.change("boxes", [Change(None, box) for box in boxes])
    told: list[str] = []
    automatic.told.connect(told.append)
    automatic.segment_boxes()
    qtbot.waitUntil(lambda: automatic.done >= 1, timeout=20000)
    app.window.categorising.merge(boxed, other)
    proposed(app, qtbot)
    assert told == []
    assert app.workspace.project is not None
    found = list(app.workspace.project.proposals())
    assert found and {one.annotation.category_id for one in found} == {other.id}


def test_nothing_is_said_of_an_image_whose_import_is_undone_meanwhile(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    folder = images(tmp_path / "images", 3)
    app = start(folder)
    annotator, automatic, workspace = app.annotator, app.window.automatic, app.workspace
    app.window.categorising.add("boxed")
    (boxed,) = annotator.accepted.categories
    PIL.Image.open(folder / "0.png").rotate(180).save(folder / "00.png")
    imported = [
        Change(None, ImageRecord(90, "00.png")),
        Change(None, UnsegmentedBox(1, 90, boxed.id, Box(20, 20, 80, 80), "")),
    ]
    done: list[object] = []
    annotator.change_many(
        "import", lambda: imported, lambda *_: None, lambda: done.append(None), done.append
    )
    qtbot.waitUntil(lambda: bool(done), timeout=20000)
    assert done == [None]
    automatic.segment_boxes()
    assert automatic.is_running
    annotator.undoing.undo()
    proposed(app, qtbot)
    qtbot.waitUntil(lambda: not workspace.is_storing, timeout=20000)
    assert workspace.project is not None
    for record in workspace.project.images():
        assert record.sha256 in (None, content_sha256(folder / record.path))


def test_an_image_whose_proposals_went_with_their_category_is_looked_at_again(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    app = start(images(tmp_path / "images", 1))
    hand, annotator, workspace = Hand(app, qtbot), app.annotator, app.workspace
    hand.key(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    proposed(app, qtbot)
    assert annotator.proposals.shown
    assert workspace.project is not None and workspace.record is not None
    assert workspace.project.automatic_run(workspace.record.id) is not None
    annotator.undoing.undo()
    annotator.undoing.redo()
    assert annotator.proposals.shown == []
    assert workspace.project.automatic_run(workspace.record.id) is None


def test_an_image_of_another_size_keeps_its_proposals_from_being_accepted(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    folder = images(tmp_path / "images", 2)
    app = start(folder)
    hand = Hand(app, qtbot)
    hand.key(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    proposed(app, qtbot)
    (before, shown) = app.workspace.records[0], app.workspace.row
    assert shown == 0 and app.annotator.proposals.shown
    app.workspace.step(1)
    qtbot.waitUntil(lambda: app.workspace.picture is not None, timeout=20000)
    PIL.Image.open(folder / "0.png").resize((50, 40)).save(folder / "0.png")
    # It was read before: that the file is another one is seen all the same.
    app.workspace.step(-1)
    qtbot.waitUntil(lambda: app.workspace.error is not None, timeout=20000)
    assert app.workspace.picture is None
    assert app.workspace.records[0] == before


def test_nothing_is_gone_through_while_a_large_step_is_stored(
    start: Started, tmp_path: Path, qtbot: QtBot, engine: SlowSegmenter
) -> None:
    app = start(images(tmp_path / "images", 2))
    hand, annotator = Hand(app, qtbot), app.annotator
    hand.key(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    proposed(app, qtbot)
    told: list[str] = []
    done: list[object] = []
    annotator.told.connect(told.append)
    annotator.change_many(
        "none", lambda: [], lambda *_: None, lambda: done.append(None), done.append
    )
    app.workspace.step(1)
    annotator.proposals.step(1)
    assert "being stored" in told[-1]
    qtbot.waitUntil(lambda: bool(done), timeout=20000)
    annotator.proposals.step(1)
    assert app.workspace.row == 0 and annotator.proposals.current is not None
