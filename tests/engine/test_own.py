from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from samdesk.engine.checkpoint import file_of
from samdesk.engine.own import add_own, named, read_own
from samdesk.errors import CheckpointError

MINE = {"name": "mine", "kind": "vit_b", "path": "mine.pth"}
THEIRS = {
    "name": "theirs 2",
    "kind": "vit_l",
    "url": "http://mirror/x/sam.pth?v=2",
    "bytes": 12,
    "sha256": "AB" * 32,
}


def test_entries_with_a_path_and_with_a_url(tmp_path: Path) -> None:
    file = tmp_path / "checkpoints.json"
    assert read_own(file) == ()
    file.write_text(json.dumps([MINE, THEIRS]))
    mine, theirs = read_own(file)
    assert mine.file == str(tmp_path / "mine.pth")
    assert (mine.kind, mine.bytes, mine.sha256, mine.url) == ("vit_b", 0, "", "")
    assert file_of(mine, tmp_path / "checkpoints") is None
    (tmp_path / "mine.pth").write_bytes(b"x")
    assert file_of(mine, tmp_path / "checkpoints") == tmp_path / "mine.pth"
    assert theirs.file == f"own-theirs-2-{theirs.sha256[:16]}.pth"
    assert (theirs.bytes, theirs.sha256) == (12, "ab" * 32)
    assert named("mine", file) == mine
    assert named("vit_b", file).sha256.startswith("ec2df627")
    assert named("ViT-H", file).kind == "vit_h"
    with pytest.raises(CheckpointError, match="no checkpoint 'other'"):
        named("other", file)


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"kind": "vit_x"},
        {"path": ""},
        {"url": "http://also"},
        {"bytes": -1},
        {"bytes": "9"},
        {"sha256": "abc"},
    ],
)
def test_an_entry_that_cannot_be_understood_is_told(tmp_path: Path, change: Any) -> None:
    file = tmp_path / "checkpoints.json"
    file.write_text(json.dumps([MINE, {**MINE, **change}]))
    with pytest.raises(CheckpointError, match="Entry 2"):
        read_own(file)


@pytest.mark.parametrize("content", ["{", "{}", "[1]"])
def test_a_file_that_cannot_be_understood_is_told(tmp_path: Path, content: str) -> None:
    file = tmp_path / "checkpoints.json"
    file.write_text(content)
    with pytest.raises(CheckpointError):
        read_own(file)
    with pytest.raises(CheckpointError):
        add_own(file, MINE)
    assert file.read_text() == content


def test_adding_keeps_the_others_and_replaces_its_own(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "checkpoints.json"
    add_own(file, MINE)
    add_own(file, THEIRS)
    add_own(file, {**MINE, "kind": "vit_h"})
    assert [(one.name, one.kind) for one in read_own(file)] == [
        ("theirs 2", "vit_l"),
        ("mine", "vit_h"),
    ]


def test_a_failed_write_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("in use")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(CheckpointError, match="in use"):
        add_own(tmp_path / "checkpoints.json", MINE)
    assert list(tmp_path.iterdir()) == []


def test_another_version_or_entry_is_another_file(tmp_path: Path) -> None:
    file = tmp_path / "checkpoints.json"

    def named_file(**entry: str) -> str:
        file.write_text(json.dumps([{"kind": "vit_b", **entry}]))
        (known,) = read_own(file)
        return known.file

    files = [
        named_file(name="cells", url="https://lab.example/v1.pth", sha256="1" * 64),
        named_file(name="cells", url="https://lab.example/v2.pth", sha256="2" * 64),
        named_file(name="cells", url="https://lab.example/v1.pth"),
        named_file(name="cells", url="https://lab.example/v2.pth"),
        named_file(name="cells (1)", url="https://lab.example/v1.pth"),
        named_file(name="cells [1]", url="https://lab.example/v1.pth"),
    ]
    assert len(set(files)) == len(files)
    assert files[0] == named_file(name="cells", url="https://new.example/v1.pth", sha256="1" * 64)
