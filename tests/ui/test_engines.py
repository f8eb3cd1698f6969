"""Changing the engine while people work."""

from __future__ import annotations

import gc
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PySide6.QtCore import Qt, QUrl
from pytestqt.qtbot import QtBot

from samdesk.engine.base import Attempt, CancelToken, EngineInfo, OutOfMemory, Progress, Segmenter
from samdesk.engine.checkpoint import Checkpoint, checkpoint
from samdesk.engine.choose import EngineChoice, choose_attempt
from samdesk.engine.hardware import Gpu
from samdesk.engine.measure import Measurement, remembered
from samdesk.engine.recommend import Preference
from samdesk.errors import EngineError
from samdesk.ui import engines
from tests.engine.tiny_sam import tiny_segmenter
from tests.ui.conftest import Started
from tests.ui.hand import Hand


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot) -> Hand:
    return Hand(start(photos), qtbot)


def tiny_sam_is_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes "vit_b" a SAM of a few layers; everything else stays what it is."""
    real = engines.choose_engine

    def choose(wanted: str, folder: Path, **more: Any) -> EngineChoice:
        if wanted == "vit_b":
            return EngineChoice("ViT-B", lambda token, progress: tiny_segmenter())
        return real(wanted, folder, **more)

    monkeypatch.setattr(engines, "choose_engine", choose)
    monkeypatch.setattr(engines, "installed", lambda kind, folder: Path("here"))


def wait_for_engine(hand: Hand, name: str) -> None:
    hand.qtbot.waitUntil(
        lambda: hand.app.engines.info is not None and hand.app.engines.info.name == name,
        timeout=30000,
    )


def test_a_switch_keeps_draft_annotations_and_undo_and_asks_anew(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_sam_is_on_disk(monkeypatch)
    annotator = hand.app.annotator
    notices = hand.app.window.notices
    hand.qtbot.waitUntil(lambda: notices.notice is not None, timeout=20000)
    hand.app.window.categorising.add("disc")
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    hand.drag(22, 32, 78, 88)
    hand.click(5, 5, Qt.MouseButton.RightButton)
    hand.wait_for_mask()
    assert annotator.draft is not None
    before, accepted = annotator.draft, list(annotator.accepted.annotations)
    hand.app.engines.use("vit_b")
    wait_for_engine(hand, "Tiny SAM")
    hand.wait_for_mask()
    assert annotator.draft is not None
    assert annotator.draft.prompt.points == before.prompt.points
    assert annotator.draft.prompt.box == before.prompt.box
    assert annotator.draft.candidate is not before.candidate
    assert annotator.accepted.annotations == accepted
    hand.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    hand.wait_for_mask()
    assert annotator.draft.prompt.points == ()
    assert hand.app.settings.engine == "vit_b"
    # What was offered for want of a checkpoint is offered no more.
    assert notices.notice is None or "Segment Anything" not in notices.notice.text


def test_of_fast_switches_the_last_one_wins(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_sam_is_on_disk(monkeypatch)
    hand.click(50, 60)
    for _ in range(5):
        hand.app.engines.use("vit_b")
        hand.app.engines.use("builtin")
    wait_for_engine(hand, "Built-in (no checkpoint)")
    hand.wait_for_mask()


def test_ten_switches_leave_the_memory_where_it_was(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_sam_is_on_disk(monkeypatch)
    process = psutil.Process()

    def switch() -> int:
        hand.app.engines.use("vit_b")
        wait_for_engine(hand, "Tiny SAM")
        hand.app.engines.use("builtin")
        wait_for_engine(hand, "Built-in (no checkpoint)")
        gc.collect()
        return int(process.memory_info().rss)

    first = switch()
    for _ in range(10):
        last = switch()
    assert last < 1.1 * first


def test_a_checkpoint_that_is_missing_is_offered(hand: Hand) -> None:
    hand.app.engines.use("vit_l")
    notice = hand.app.window.notices.notice
    assert notice is not None
    assert "ViT-L is not on this machine" in notice.text
    assert notice.button == "Download ViT-L, 1.2 GB"
    assert hand.app.engines.info is not None
    assert hand.app.settings.engine == "auto"


def test_out_of_memory_steps_down_and_the_click_gets_its_mask(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Attempt(Path("h.pth"), "vit_h", "cuda:0", "float32")
    tried: list[Attempt | None] = []

    def load_full(attempt: Attempt) -> EngineChoice:
        def load(token: CancelToken, progress: Progress) -> Segmenter:
            raise OutOfMemory("There is not enough memory.", "", attempt)

        return EngineChoice("ViT-H", load)

    def choose(attempt: Attempt | None, cache: Path) -> EngineChoice:
        tried.append(attempt)
        return choose_attempt(None, cache) if attempt is None else load_full(attempt)

    monkeypatch.setattr(engines, "choose_attempt", choose)
    monkeypatch.setattr(engines, "choose_engine", lambda *_, **__: load_full(full))
    monkeypatch.setattr(engines, "installed", lambda kind, folder: Path(kind))
    hand.click(50, 60)
    hand.app.engines.use("vit_h")
    hand.wait_for_mask()
    steps = [(one.kind, one.device, one.precision) if one else None for one in tried]
    assert steps == [
        ("vit_h", "cuda:0", "float16"),
        ("vit_l", "cuda:0", "float16"),
        ("vit_b", "cuda:0", "float16"),
        ("vit_b", "cpu", "auto"),
        None,
    ]
    notice = hand.app.window.notices.notice
    assert notice is not None
    assert "not enough memory" in notice.text
    assert "is used instead" in notice.text


def test_a_corrupt_checkpoint_leaves_a_working_window(hand: Hand, tmp_path: Path) -> None:
    path = tmp_path / "corrupt.pth"
    path.write_bytes(b"nothing")
    hand.app.engines.use(str(path))
    hand.qtbot.waitUntil(
        lambda: (
            hand.app.window.notices.notice is not None
            and "corrupt.pth" in hand.app.window.notices.notice.text
        ),
        timeout=30000,
    )
    wait_for_engine(hand, "Built-in (no checkpoint)")
    hand.click(50, 60)
    hand.wait_for_mask()


def test_closing_during_a_load_does_not_hang(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(token: CancelToken, progress: Progress) -> Segmenter:
        while True:
            token.check()

    monkeypatch.setattr(engines, "choose_engine", lambda *_, **__: EngineChoice("slow", load))
    hand.app.engines.use("builtin")
    assert hand.app.engines.loading is not None
    hand.app.window.close()
    hand.app.close()
    assert hand.app.engines.info is None


def test_a_setting_that_names_a_vanished_file_starts_with_the_built_in_engine(
    start: Started, photos: Path, home: Path
) -> None:
    (home / "config").mkdir()
    (home / "config" / "settings.json").write_text('{"engine": "/nowhere/mine.pth"}')
    app = start(photos)
    assert app.engines.info is not None
    assert app.engines.info.name == "Built-in (no checkpoint)"


def test_the_first_load_says_that_it_takes_a_minute(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, is_over = engines.choose_engine, threading.Event()

    def choose(wanted: str, folder: Path, **more: Any) -> EngineChoice:
        def load(token: CancelToken, progress: Progress) -> Segmenter:
            more["converting"]()
            progress(0.25)
            assert is_over.wait(30)
            return tiny_segmenter()

        return EngineChoice("ViT-B", load) if wanted == "vit_b" else real(wanted, folder, **more)

    monkeypatch.setattr(engines, "choose_engine", choose)
    monkeypatch.setattr(engines, "installed", lambda kind, folder: Path("here"))
    chip = hand.app.window.status.engine
    hand.app.engines.use("vit_b")
    assert "Loading ViT-B" in chip.text()
    said = "ViT-B is prepared for this processor, once, for about a minute… 25 %"
    hand.qtbot.waitUntil(lambda: said in chip.text())
    is_over.set()
    wait_for_engine(hand, "Tiny SAM")
    assert "Tiny SAM" in chip.text()
    hand.app.engines.use("builtin")
    assert "Loading" in chip.text()


def test_comparing_measures_this_machine_and_gives_the_engine_back(hand: Hand) -> None:
    menu = hand.app.window.engine_menu
    menu.compare()
    dialog = menu._compare
    assert dialog is not None
    assert dialog.table.rowCount() == 9
    hand.click(50, 60)
    dialog.measure.click()
    row = dialog._rows["Built-in (no checkpoint)"]
    hand.qtbot.waitUntil(lambda: dialog.table.item(row, 7) is not None, timeout=30000)
    assert "s" in dialog.table.item(row, 6).text()
    wait_for_engine(hand, "Built-in (no checkpoint)")
    hand.wait_for_mask()
    dialog.close()


def test_what_is_measured_on_a_gpu_is_recommended_by_now_and_at_the_next_start(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = hand.app
    hand.qtbot.waitUntil(lambda: app.engines.hardware is not None, timeout=20000)
    gpu = Gpu("a card", 24_000_000_000, 3_200_000_000, "cuda", "cuda:0")
    assert app.engines.hardware is not None
    app.engines._detected(replace(app.engines.hardware, gpus=(gpu,)))
    best = app.engines.recommendation
    assert best is not None and best.checkpoint == "vit_l"
    info = EngineInfo("ViT-H", "h", "a card", "vit_h", "0" * 64, "float16")
    found = Measurement(info, 0.1, 0.01, 2_400_000_000)
    monkeypatch.setattr(engines, "measure", lambda *_: found)
    measured: list[Measurement] = []
    app.engines.measure(np.zeros((8, 8, 3), np.uint8), ["builtin"], measured.append)
    hand.qtbot.waitUntil(lambda: measured == [found], timeout=20000)
    best = app.engines.recommendation
    assert best is not None and best.checkpoint == "vit_h"
    wait_for_engine(hand, "Built-in (no checkpoint)")
    kept = remembered(app.folders.cache)
    assert kept == {"a card": {"vit_h": {"float16": 2_400_000_000}}}
    app.window.engine_menu.aboutToShow.emit()
    texts = [action.text() for action in app.window.engine_menu.actions()]
    assert any("ViT-H" in text and "needs 3.0 GB" in text for text in texts), texts


def test_what_cannot_be_measured_is_told_and_the_engine_stays(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    measured: list[object] = []
    hand.app.engines.told.connect(told.append)

    def fail(*_: Any) -> None:
        raise OutOfMemory("There is not enough memory.", "", Attempt(Path("b"), "vit_b", "cpu", ""))

    monkeypatch.setattr(engines, "measure", fail)
    before = hand.app.engines.info
    hand.app.engines.measure(np.zeros((8, 8, 3), np.uint8), ["builtin"], measured.append)
    hand.qtbot.waitUntil(lambda: bool(told), timeout=20000)
    wait_for_engine(hand, "Built-in (no checkpoint)")
    assert len(told) == 1 and "not enough memory" in told[0]
    assert measured == [] and hand.app.engines.info == before


def test_memory_that_is_short_for_a_measurement_is_told_of_that_one_only(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    hand.app.engines.told.connect(told.append)

    def fail(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(engines, "measure", fail)
    hand.app.engines.measure(np.zeros((8, 8, 3), np.uint8), ["builtin"], told.append)
    hand.qtbot.waitUntil(lambda: bool(told), timeout=20000)
    wait_for_engine(hand, "Built-in (no checkpoint)")
    assert len(told) == 1 and "not enough memory" in told[0]


def test_a_built_in_engine_that_does_not_load_is_told_once(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[str] = []
    told: list[str] = []

    def broken(*_: Any, **__: Any) -> EngineChoice:
        def load(token: CancelToken, progress: Progress) -> Segmenter:
            loads.append("load")
            raise EngineError("Its network is missing.", "Install SAMDesk again.")

        return EngineChoice(engines.BUILTIN_NAME, load)

    monkeypatch.setattr(engines, "choose_attempt", broken)
    monkeypatch.setattr(engines, "choose_engine", broken)
    hand.app.engines.told.connect(told.append)
    automatic = hand.app.window.automatic
    hand.app.engines.use("builtin")
    automatic.propose_on_image()
    hand.qtbot.waitUntil(lambda: bool(told), timeout=20000)
    hand.qtbot.wait(100)
    assert loads == ["load"] and hand.app.engines.info is None
    assert told == ["Its network is missing. Install SAMDesk again."]
    assert hand.app.engines.loading is None and not automatic.is_running


def test_device_precision_and_policy_are_preferred_and_remembered(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    real = engines.choose_engine

    def choose(wanted: str, folder: Path, **more: Any) -> EngineChoice:
        seen.append(more["preference"])
        return real(wanted, folder, **more)

    monkeypatch.setattr(engines, "choose_engine", choose)
    hand.app.engines.prefer(Preference("arr-coc", "cpu", "exact"))
    assert seen == [Preference("arr-coc", "cpu", "exact")]
    settings = hand.app.settings
    assert (settings.policy, settings.device, settings.precision) == ("arr-coc", "cpu", "exact")
    wait_for_engine(hand, "Built-in (no checkpoint)")
    menu = hand.app.window.engine_menu
    menu.aboutToShow.emit()
    texts = [action.text() for action in menu.actions()]
    assert "&Device" in texts
    assert any("ViT-H" in text for text in texts)


def test_what_was_asked_for_by_name_is_used_once_it_is_there(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[str] = []
    app = hand.app
    monkeypatch.setattr(app.engines, "_use", lambda wanted: used.append(wanted) or True)
    monkeypatch.setattr(app.downloads, "start", lambda checkpoint: None)
    app.engines.use("vit_l")
    app.downloads.finished.emit(checkpoint("vit_b"))
    app.window.notices._act()
    monkeypatch.setattr(engines, "installed", lambda kind, folder: Path(kind))
    app.downloads.finished.emit(checkpoint("vit_l"))
    assert used == ["auto", "vit_l"]


def test_a_download_that_ends_leaves_the_engine_that_was_chosen_meanwhile(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = hand.app
    monkeypatch.setattr(app.downloads, "start", lambda checkpoint: None)
    app.engines.use("vit_l")
    app.window.notices._act()
    app.engines.use("builtin")
    monkeypatch.setattr(engines, "installed", lambda kind, folder: Path(kind))
    app.downloads.finished.emit(checkpoint("vit_l"))
    assert app.engines.wanted == app.settings.engine == "builtin"
    notice = app.window.notices.notice
    assert notice is not None and notice.text.startswith("ViT-L is on this machine now")


def test_an_offer_survives_a_drive_that_is_gone(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_path: object) -> None:
        raise OSError("no such drive")

    monkeypatch.setattr("samdesk.ui.downloads.shutil.disk_usage", gone)
    hand.app.window.offers._offer_download(checkpoint("vit_l"))
    notice = hand.app.window.notices.notice
    assert notice is not None and "cannot be reached" in notice.text


def test_a_folder_of_checkpoints_that_nothing_can_show_is_named(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = hand.app.window
    menu, folder = window.engine_menu, hand.app.engines.folder
    shown: list[str] = []

    def show(url: QUrl) -> bool:
        shown.append(url.toLocalFile())
        return len(shown) > 1

    monkeypatch.setattr("samdesk.ui.engine_menu.QDesktopServices.openUrl", show)
    menu.popup(window.mapToGlobal(window.rect().center()))
    (action,) = [one for one in menu.actions() if one.text().startswith("Open the &folder")]
    action.trigger()
    notice = window.notices.notice
    assert notice is not None and str(folder) in notice.text and folder.is_dir()
    assert notice.text.startswith("No program here shows folders.")
    window.notices.close_notice()
    action.trigger()
    assert shown == [str(folder)] * 2
    assert window.notices.notice is None or "No program" not in window.notices.notice.text
    # Nor can it be made where a file has its name.
    folder.rmdir()
    folder.write_text("")
    action.trigger()
    notice = window.notices.notice
    assert notice is not None and "cannot be made" in notice.text and len(shown) == 2
    menu.close()


def test_the_menu_shows_which_checkpoints_are_there_once_their_drive_answers(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, answers, asked = hand.app, threading.Event(), list[bool]()
    real = engines.file_of

    def slow(known: Checkpoint, folder: Path) -> Path | None:
        asked.append(threading.current_thread() is threading.main_thread())
        assert answers.wait(30)
        return real(known, folder)

    monkeypatch.setattr(engines, "file_of", slow)
    app.engines.folder.mkdir(parents=True)
    (app.engines.folder / checkpoint("vit_l").file).write_bytes(b"")
    menu = app.window.engine_menu
    menu.popup(app.window.mapToGlobal(app.window.rect().center()))

    def state() -> str:
        (text,) = [one.text() for one in menu.actions() if one.text().startswith("ViT-L")]
        return text.rpartition(" · ")[2]

    assert state().startswith("download")
    answers.set()
    hand.qtbot.waitUntil(lambda: state() == "on disk", timeout=20000)
    menu.close()
    assert asked and not any(asked)
