"""Published checkpoints, and where their files are."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from samdesk.engine import choose
from samdesk.engine.base import CancelToken
from samdesk.engine.checkpoint import checkpoint, file_of, require_installed
from samdesk.engine.choose import choose_engine
from samdesk.errors import CheckpointError


def test_automatic_is_built_in_until_a_checkpoint_is_there(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    choice = choose_engine("auto", tmp_path, cache=cache)
    engine = choice.load(CancelToken(), lambda fraction: None)
    assert engine.info.name == "Built-in (no checkpoint)"
    (tmp_path / "sam_vit_b_01ec64.pth").write_bytes(b"half a download")
    with pytest.raises(CheckpointError):
        choice.load(CancelToken(), lambda fraction: None)


def test_no_drive_is_looked_at_before_an_engine_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loading has a thread that may wait for a drive that does not answer."""

    def asked(*_: Any) -> Any:
        raise AssertionError("the drive was asked")

    monkeypatch.setattr(choose, "installed", asked)
    monkeypatch.setattr(choose, "require_installed", asked)
    for wanted in ("auto", "vit_h"):
        choice = choose_engine(wanted, tmp_path, cache=tmp_path)
        with pytest.raises(AssertionError):
            choice.load(CancelToken(), lambda fraction: None)


def test_a_missing_checkpoint_says_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"dl\.fbaipublicfiles\.com") as told:
        require_installed("vit_h", tmp_path)
    assert "2,565 MB" in told.value.hint


def test_a_folder_that_may_not_be_looked_into_has_no_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Any, **_: Any) -> Any:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "stat", refused)
    monkeypatch.setattr(os, "stat", refused)
    assert file_of(checkpoint("vit_b"), tmp_path) is None
