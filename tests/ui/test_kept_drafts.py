"""What was drafted and not accepted is there again when the folder is."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from samdesk.app import App
from samdesk.errors import ProjectError
from samdesk.store.drafts import KeptDraft, read_drafts
from samdesk.store.project import Project
from samdesk.ui.draft import Draft
from tests.ui.conftest import Started
from tests.ui.hand import Hand

SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot) -> Hand:
    return Hand(start(photos), qtbot)


def again(hand: Hand, start: Started, photos: Path) -> Hand:
    """The program, ended and started again."""
    hand.app.window.close()
    hand.app.close()
    later = Hand(start(photos), hand.qtbot)
    later.qtbot.waitUntil(lambda: later.app.kept_drafts._on_disk is not None)
    return later


def kept(database: Path) -> list[KeptDraft]:
    drafts, notices = read_drafts(database)
    assert notices == []
    return drafts


def draft_of(app: App) -> Draft:
    assert app.annotator.draft is not None
    return app.annotator.draft


def test_a_click_and_its_candidate_outlast_the_program(
    hand: Hand, start: Started, photos: Path
) -> None:
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Tab)
    before = draft_of(hand.app)
    assert before.chosen == 1
    later = again(hand, start, photos)
    later.wait_for_mask()
    draft = draft_of(later.app)
    assert (draft.prompt, draft.chosen, draft.mask) == (before.prompt, 1, before.mask)
    for again_there in (False, True):
        later.key(Qt.Key.Key_Z, SHIFT if again_there else Qt.KeyboardModifier.ControlModifier)
        assert (later.app.annotator.draft is not None) == again_there
    later.wait_for_mask()
    later.key(Qt.Key.Key_Return)
    (annotation,) = later.app.annotator.accepted.annotations
    assert annotation.provenance.clicks == 1
    # What was accepted is no draft any more.
    last = again(later, start, photos)
    assert last.app.annotator.drafts.current == {}
    assert len(last.app.annotator.accepted.annotations) == 1


def test_what_was_drawn_over_a_mask_keeps_where_it_came_from(
    hand: Hand, start: Started, photos: Path
) -> None:
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_B)
    hand.drag(60, 60, 110, 60)
    hand.qtbot.waitUntil(lambda: draft_of(hand.app).drawn is not None)
    before = draft_of(hand.app)
    later = again(hand, start, photos)
    assert draft_of(later.app).drawn == before.drawn
    later.key(Qt.Key.Key_Return)
    (annotation,) = later.app.annotator.accepted.annotations
    assert annotation.mask == before.drawn
    assert annotation.provenance.engine == "Built-in (no checkpoint)"
    assert annotation.provenance.clicks == 2


def test_an_open_polygon_goes_on(hand: Hand, start: Started, photos: Path) -> None:
    hand.key(Qt.Key.Key_P)
    hand.click(20, 20)
    hand.click(90, 20)
    outline = draft_of(hand.app).outline
    later = again(hand, start, photos)
    assert draft_of(later.app).outline == outline
    later.key(Qt.Key.Key_P)
    later.click(50, 80)
    later.key(Qt.Key.Key_Return)
    later.key(Qt.Key.Key_Return)
    assert len(later.app.annotator.accepted.annotations) == 1


def test_a_correction_still_corrects(hand: Hand, start: Started, photos: Path) -> None:
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    annotator = hand.app.annotator
    area = annotator.accepted.annotations[0].mask.area
    annotator.selection.select(annotator.accepted.annotations[0].id)
    hand.key(Qt.Key.Key_Plus)
    hand.drag(100, 10, 140, 50)
    hand.wait_for_mask()
    later = again(hand, start, photos)
    later.wait_for_mask()
    # What it corrects is to be seen.
    assert later.app.annotator.selection.last is not None
    later.key(Qt.Key.Key_Return)
    (annotation,) = later.app.annotator.accepted.annotations
    assert annotation.mask.area > area


def test_a_draft_is_on_disk_a_moment_later(hand: Hand) -> None:
    hand.click(50, 60)
    hand.wait_for_mask()
    database = hand.app.workspace.database
    assert database is not None
    hand.qtbot.waitUntil(lambda: bool(kept(database)), timeout=5000)
    assert kept(database)[0].prompt == draft_of(hand.app).prompt
    hand.key(Qt.Key.Key_Escape)
    hand.qtbot.waitUntil(lambda: not kept(database), timeout=5000)


def test_an_older_write_that_waited_does_not_win(hand: Hand, start: Started, photos: Path) -> None:
    hand.click(50, 60)
    hand.wait_for_mask()
    gate = threading.Event()
    hand.app.io.submit(
        "busy", lambda _token: gate.wait(10), done=lambda _: None, failed=lambda _: None
    )
    hand.app.kept_drafts._write()
    hand.key(Qt.Key.Key_Return)
    database = hand.app.workspace.database
    assert database is not None
    hand.app.window.close()
    gate.set()
    idle: list[None] = []
    hand.app.io.submit("idle", lambda _token: None, done=idle.append, failed=lambda _: None)
    hand.qtbot.waitUntil(lambda: bool(idle))
    assert kept(database) == []


def test_a_draft_of_an_image_that_is_away_is_kept(hand: Hand, start: Started, photos: Path) -> None:
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    hand.click(50, 60)
    hand.wait_for_mask()
    prompt, record = draft_of(hand.app).prompt, hand.app.workspace.record
    assert record is not None
    away = photos.parent / "away.png"
    hand.app.window.close()
    hand.app.close()
    (photos / record.path).rename(away)
    later = Hand(start(photos), hand.qtbot)
    later.qtbot.waitUntil(lambda: later.app.kept_drafts._on_disk is not None)
    later.click(20, 20)
    later.wait_for_mask()
    later.app.window.close()
    later.app.close()
    away.rename(photos / record.path)
    last = Hand(start(photos), hand.qtbot)
    last.qtbot.waitUntil(lambda: len(last.app.annotator.drafts.current) == 2)
    assert last.app.annotator.drafts.current[record.id].current is not None
    assert last.app.annotator.drafts.current[record.id].current.prompt == prompt


def test_drafts_that_cannot_be_read_now_are_not_written_over(
    hand: Hand, start: Started, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand.click(50, 60)
    hand.wait_for_mask()
    database = hand.app.workspace.database
    assert database is not None
    hand.app.window.close()
    hand.app.close()
    before = database.with_name("drafts.json").read_bytes()

    def fails(_database: Path) -> None:
        raise ProjectError("The drafts cannot be read.")

    monkeypatch.setattr("samdesk.ui.kept_drafts.read_drafts", fails)
    later = Hand(start(photos), hand.qtbot)
    notices = later.app.window.notices
    later.qtbot.waitUntil(lambda: any("cannot be read" in one.text for one in notices._notices))
    later.click(20, 20)
    later.wait_for_mask()
    later.app.window.close()
    later.app.close()
    assert database.with_name("drafts.json").read_bytes() == before


def test_a_write_that_failed_is_tried_again_and_closing_says_so(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = hand.app.window
    database = hand.app.workspace.database
    assert database is not None

    def full(*_: object) -> None:
        raise ProjectError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr("samdesk.ui.kept_drafts.write_drafts", full)
        hand.click(50, 60)
        hand.wait_for_mask()
        window.close()
        assert window.isVisible()
        assert window.notices.notice is not None and "would be lost" in window.notices.notice.text
    window.close()
    assert not window.isVisible() and len(kept(database)) == 1


def test_a_full_disk_is_said_of_annotations_before_drafts(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices = hand.app.window.notices

    def full(*_: object) -> None:
        raise ProjectError("The drafts cannot be written: no space.")

    def refused(*_: object) -> None:
        raise ProjectError("The project could not be written: no space.")

    def are_told() -> list[str]:
        return [one.text.partition(":")[0] for one in notices._notices if "no space" in one.text]

    drafts, project = "The drafts cannot be written", "The project could not be written"
    monkeypatch.setattr("samdesk.ui.kept_drafts.write_drafts", full)
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.qtbot.waitUntil(lambda: are_told() == [drafts])
    assert notices.notice is not None and notices.notice.text.startswith(drafts)
    monkeypatch.setattr(Project, "apply", refused)
    hand.key(Qt.Key.Key_Return)
    assert are_told() == [drafts, project]
    # What is drafted on is written again, in vain.
    with hand.qtbot.waitSignal(hand.app.kept_drafts.failed):
        hand.click(52, 62)
    assert are_told() == [drafts, project]
    assert notices.notice.text.startswith(project)
    notices.close_notice()
    assert notices.notice.text.startswith(drafts)


def test_what_is_done_while_another_folder_opens_is_kept(
    hand: Hand, start: Started, photos: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    Image.new("RGB", (40, 30)).save(other / "a.png")
    database = hand.app.workspace.database
    assert database is not None
    with hand.qtbot.waitSignal(hand.app.workspace.loaded, timeout=20000):
        hand.app.workspace.open(other)
        hand.key(Qt.Key.Key_P)
        hand.click(20, 20)
    hand.qtbot.waitUntil(lambda: bool(kept(database)), timeout=5000)
    assert kept(database)[0].outline


def test_another_folder_takes_no_draft_away(
    hand: Hand, start: Started, photos: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    Image.new("RGB", (40, 30)).save(other / "a.png")
    workspace = hand.app.workspace
    hand.click(50, 60)
    hand.wait_for_mask()
    prompt = draft_of(hand.app).prompt
    for folder in (other, photos, photos):
        with hand.qtbot.waitSignal(workspace.loaded, timeout=20000):
            workspace.open(folder)
        hand.qtbot.waitUntil(lambda: hand.app.kept_drafts._on_disk is not None)
        if folder == other:
            assert hand.app.annotator.drafts.current == {}
    hand.wait_for_image(0)
    assert draft_of(hand.app).prompt == prompt


def test_a_draft_goes_when_its_image_has_another_size(
    hand: Hand, start: Started, photos: Path
) -> None:
    hand.click(20, 20)
    hand.wait_for_mask()
    workspace = hand.app.workspace
    assert workspace.record is not None
    place = photos / workspace.record.path
    small = Image.open(place).resize((80, 60))
    failed: list[str] = []
    hand.app.annotator.failed.connect(failed.append)
    kept = place.read_bytes()
    small.save(place)
    hand.key(Qt.Key.Key_F5)
    hand.qtbot.waitUntil(lambda: bool(failed))
    assert "another size" in failed[0] and hand.app.annotator.draft is None
    assert not hand.app.annotator.undoing.can_undo
    # It may have been replaced while the program was not running, too.
    place.write_bytes(kept)
    with hand.qtbot.waitSignal(workspace.loaded):
        hand.key(Qt.Key.Key_F5)
    hand.click(20, 20)
    hand.wait_for_mask()
    hand.app.window.close()
    hand.app.close()
    small.save(place)
    later = Hand(start(photos), hand.qtbot)
    later.qtbot.waitUntil(lambda: later.app.kept_drafts._on_disk is not None)
    later.wait_for_image(0)
    assert later.app.annotator.drafts.current == {}


def test_damaged_drafts_are_told_and_work_goes_on(hand: Hand, start: Started, photos: Path) -> None:
    project = hand.app.workspace.project
    assert project is not None
    place = project.database.with_name("drafts.json")
    hand.app.window.close()
    hand.app.close()
    place.write_text("no drafts")
    later = Hand(start(photos), hand.qtbot)
    later.qtbot.waitUntil(lambda: later.app.kept_drafts._on_disk is not None)
    notices = later.app.window.notices._notices
    assert any("drafts.json cannot be understood" in notice.text for notice in notices)
    later.click(50, 60)
    later.wait_for_mask()
    later.qtbot.waitUntil(lambda: "50" in place.read_text("utf-8"), timeout=5000)
