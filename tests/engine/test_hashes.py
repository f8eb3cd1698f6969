"""The hashes of checkpoint files."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from samdesk.engine.hashes import known_sha256, sha256_of


def test_sha256(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    assert sha256_of(path).startswith("ba7816bf")


def test_a_hash_is_remembered_until_the_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, memo = tmp_path / "file", tmp_path / "cache" / "hashes.json"
    path.write_bytes(b"one")
    first = known_sha256(path, memo)
    assert first == sha256_of(path)
    remembered = json.loads(memo.read_text())
    remembered[str(path)][-1] = "remembered"
    memo.write_text(json.dumps(remembered))
    assert known_sha256(path, memo) == "remembered"
    path.write_bytes(b"two, longer")
    assert known_sha256(path, memo) == sha256_of(path) != first
    memo.write_text("damaged")
    assert known_sha256(path, memo) == sha256_of(path)
    os.chmod(memo.parent, 0o500)
    try:
        assert known_sha256(path, memo) == sha256_of(path)
    finally:
        os.chmod(memo.parent, 0o700)


def test_a_share_that_refuses_now_stops_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memo, path = tmp_path / "hashes.json", tmp_path / "b.pth"
    path.write_bytes(b"abc")
    memo.write_text(json.dumps({"/share/a.pth": [1, 1, "0" * 64]}))
    real = os.stat

    def stat(name: Any, **how: Any) -> Any:
        if str(name) == "/share/a.pth":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(name, **how)

    monkeypatch.setattr(os, "stat", stat)
    assert known_sha256(path, memo).startswith("ba7816bf")
