from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from samdesk import settings
from samdesk.errors import SamdeskError
from samdesk.folders import Folders
from samdesk.settings import Settings


def test_settings_come_back_and_only_differences_are_written(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.json"
    changed = replace(Settings(), theme="dark").with_recent(Path("/a")).with_recent(Path("/ü"))
    settings.save(changed, path)
    assert json.loads(path.read_text("utf-8")) == {
        "theme": "dark",
        "recent_folders": [str(Path("/ü")), str(Path("/a"))],
    }
    assert settings.load(path) == changed


def test_a_missing_file_gives_the_defaults(tmp_path: Path) -> None:
    assert settings.load(tmp_path / "none.json") == Settings()


def test_settings_of_a_newer_version_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"hologram": true, "prefetch": 3}')
    assert settings.load(path) == replace(Settings(), prefetch=3)


@pytest.mark.parametrize(
    "content",
    [
        '{"prefetch": "3"}',
        '{"prefetch": true}',
        '{"max_megapixels": -1}',
        '{"theme": "red"}',
        '{"shortcuts": {"fit": 1}}',
    ],
)
def test_a_value_that_cannot_be_used_is_told_and_costs_no_other(
    tmp_path: Path, content: str
) -> None:
    path, told = tmp_path / "settings.json", list[SamdeskError]()
    path.write_text(content[:-1] + ', "cache_folder": "/share"}')
    assert settings.load(path, told.append) == Settings(cache_folder="/share")
    assert len(told) == 1


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_file_that_cannot_be_read_is_told_and_not_overwritten(
    tmp_path: Path, content: str
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content)
    with pytest.raises(SamdeskError):
        settings.load(path)
    with pytest.raises(SamdeskError):
        settings.save(Settings(theme="dark"), path, Settings())
    assert path.read_text() == content


def test_the_mark_of_an_editor_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b"\xef\xbb\xbf" + b'{"prefetch": 3}')
    assert settings.load(path) == Settings(prefetch=3)


def test_two_windows_keep_what_the_other_changed(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"hologram": true, "theme": "newer", "prefetch": 3}')
    first = second = settings.load(path)
    changed = replace(first, cache_folder="/share", prefetch=Settings().prefetch)
    settings.save(changed, path, first)
    settings.save(second.with_recent(Path("/photos")), path, second)
    assert json.loads(path.read_text()) == {
        "hologram": True,
        "theme": "newer",
        "cache_folder": "/share",
        "recent_folders": [str(Path("/photos"))],
    }


def test_a_folder_whose_name_is_no_unicode_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    changed = Settings().with_recent(Path("/M\udcfcller"))
    settings.save(changed, path)
    assert settings.load(path) == changed


def test_recent_folders_are_few_and_none_twice() -> None:
    recent = Settings()
    for number in [*range(12), 3]:
        recent = recent.with_recent(Path(f"/{number}"))
    assert len(recent.recent_folders) == 10
    assert recent.recent_folders[0] == str(Path("/3"))
    assert len(set(recent.recent_folders)) == 10


def test_samdesk_home_holds_everything(home: Path) -> None:
    folders = Folders.find()
    assert {p.parent for p in vars(folders).values()} == {home}


def test_a_failed_write_leaves_no_temporary_file(tmp_path: Path) -> None:
    # A folder in the file's place cannot be replaced by a file.
    path = tmp_path / "settings.json"
    path.mkdir()
    with pytest.raises(SamdeskError, match="cannot be written"):
        settings.save(Settings(), path)
    assert list(tmp_path.iterdir()) == [path]
