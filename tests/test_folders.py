from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from samdesk import cli
from samdesk.folders import free_bytes


def test_free_space_is_told_of_a_folder_before_it_is_made(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "to be" / "made") > 0


@pytest.fixture(params=["a drive that is gone", "a file"])
def no_folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    place = tmp_path / "place"
    if request.param == "a file":
        place.write_bytes(b"")
    else:
        place.symlink_to(tmp_path / "unplugged", target_is_directory=True)
    return place / "cache"


def test_where_no_folder_can_be_there_is_no_space(no_folder: Path) -> None:
    with pytest.raises(OSError, match="Not a directory"):
        free_bytes(no_folder)


@pytest.mark.parametrize("error", [PermissionError(13, "x"), FileNotFoundError(2, "x")])
def test_doctor_tells_of_drives_that_do_not_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: OSError
) -> None:
    def fail(path: Path) -> None:
        raise error

    monkeypatch.setattr(shutil, "disk_usage", fail)
    assert cli.main(["doctor", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert {space["free_bytes"] for space in report["folders"].values()} == {None}
