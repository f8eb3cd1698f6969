"""What is encoded while nobody waits for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from samdesk.app import App
from samdesk.engine.choose import EngineChoice
from samdesk.store.project import Project
from samdesk.ui import background, engines, words
from samdesk.ui.workspace import Encoding
from tests.precomputing_child import CountingSegmenter
from tests.ui.conftest import Started


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, home: Path) -> CountingSegmenter:
    """A tiny SAM that every start of the program uses."""
    engine = CountingSegmenter()
    choice = EngineChoice("Tiny SAM", lambda token, progress: engine)
    monkeypatch.setattr(engines, "choose_engine", lambda *_, **__: choice)
    return engine


def configure(home: Path, **values: Any) -> None:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "settings.json").write_text(json.dumps(values))


def wait_for_text(qtbot: QtBot, app: App, text: str) -> None:
    label = app.window.status.embedding
    try:
        qtbot.waitUntil(lambda: label.text() == text, timeout=20000)
    except AssertionError:
        assert label.text() == text


def states(app: App) -> list[Encoding]:
    return [app.workspace.encoding(row) for row in range(len(app.workspace.records))]


def restarted(app: App, start: Started, folder: Path) -> App:
    app.window.close()
    app.close()
    return start(folder)


def test_a_reopened_folder_is_ready_without_encoding(
    start: Started, photos: Path, qtbot: QtBot, engine: CountingSegmenter, home: Path
) -> None:
    # Nothing is read ahead, so that what is ready must come from what is remembered.
    configure(home, prefetch=0)
    app = start(photos)
    wait_for_text(qtbot, app, "Encoded 3 of 3")
    assert states(app) == [Encoding.READY] * 3
    again = restarted(app, start, photos)
    wait_for_text(qtbot, again, "Encoded 3 of 3")
    assert states(again) == [Encoding.READY] * 3
    assert engine.encoded == 3
    with Project.open(photos, data=home, read_only=True) as project:
        assert all(record.sha256 for record in project.images())


def test_an_image_that_changed_meanwhile_is_encoded_again(
    start: Started, photos: Path, qtbot: QtBot, engine: CountingSegmenter
) -> None:
    app = start(photos)
    wait_for_text(qtbot, app, "Encoded 3 of 3")
    (photos / "disc1.png").write_bytes((photos / "disc1.png").read_bytes() + b" ")
    again = restarted(app, start, photos)
    wait_for_text(qtbot, again, "Encoded 3 of 3")
    assert engine.encoded == 4


def test_pausing_is_remembered_and_the_image_on_screen_is_encoded(
    start: Started, photos: Path, qtbot: QtBot, engine: CountingSegmenter, home: Path
) -> None:
    configure(home, background=False)
    app = start(photos)
    wait_for_text(qtbot, app, "Encoded 1 of 3, paused")
    pause = app.window.actions_by_id["pause"]
    assert pause.isChecked()
    app.workspace.step(1)
    wait_for_text(qtbot, app, "Encoded 2 of 3, paused")
    assert engine.encoded == 2
    pause.trigger()
    assert not pause.isChecked()
    wait_for_text(qtbot, app, "Encoded 3 of 3")
    assert app.settings.background
    pause.trigger()
    assert pause.isChecked()
    assert not app.settings.background


def test_on_battery_it_pauses_by_itself_unless_told_otherwise(
    start: Started,
    photos: Path,
    qtbot: QtBot,
    engine: CountingSegmenter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_battery = True
    monkeypatch.setattr(background, "is_on_battery", lambda: on_battery)
    engine._seconds = 0.3
    app = start(photos)
    wait_for_text(qtbot, app, "Encoded 1 of 3, paused on battery")
    pause = app.window.actions_by_id["pause"]
    assert pause.isChecked()
    assert app.settings.background
    pause.trigger()
    assert not pause.isChecked()
    wait_for_text(qtbot, app, "Encoded 3 of 3")
    app.background._ask_for_power()
    on_battery = False
    app.background._ask_for_power()
    qtbot.waitUntil(lambda: not app.background.is_on_battery)
    on_battery = True
    app.background._ask_for_power()
    qtbot.waitUntil(lambda: app.background.waits_for_power)
    pause.trigger()
    pause.trigger()
    assert pause.isChecked()
    assert not app.settings.background


def test_the_time_left_is_in_the_status_bar(
    start: Started, photos: Path, qtbot: QtBot, engine: CountingSegmenter
) -> None:
    engine._seconds = 0.5
    app = start(photos)
    wait_for_text(qtbot, app, "Encoded 1 of 3, less than a minute left")
    wait_for_text(qtbot, app, "Encoded 3 of 3")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "less than a minute left"),
        (59, "less than a minute left"),
        (62, "about 1 min left"),
        (12.4 * 60, "about 10 min left"),
        (44 * 60, "about 45 min left"),
        (3.2 * 3600, "about 3 h left"),
        (100 * 3600, "about 4 days left"),
    ],
)
def test_time_left_in_words(seconds: float, text: str) -> None:
    assert words.time_left(seconds) == text


def test_a_disk_that_cannot_be_written_is_told_once_and_stops_nobody(
    start: Started, photos: Path, qtbot: QtBot, engine: CountingSegmenter, home: Path
) -> None:
    (home / "file").write_bytes(b"")
    configure(home, cache_folder=str(home / "file" / "cache"))
    app = start(photos)
    wait_for_text(qtbot, app, "Encoded 3 of 3")
    notice = app.window.notices.notice
    assert notice is not None
    assert "Embeddings cannot be kept" in notice.text
    assert len(app.window.notices._notices) == 1
    assert states(app) == [Encoding.READY] * 3


def test_an_empty_folder_ends_the_work_on_the_last_one(
    start: Started, photos: Path, qtbot: QtBot, engine: CountingSegmenter, tmp_path: Path
) -> None:
    app = start(photos)
    wait_for_text(qtbot, app, "Encoded 3 of 3")
    (tmp_path / "empty").mkdir()
    app.workspace.open(tmp_path / "empty")
    wait_for_text(qtbot, app, "")
    assert app.inference.progress() == (0, 0)
