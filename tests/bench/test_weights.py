from __future__ import annotations

from pathlib import Path

import pytest
import torch
from segment_anything import sam_model_registry

from samdesk.bench.weights import random_checkpoint
from samdesk.errors import CheckpointError
from tests.engine.tiny_sam import tiny_sam


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sam_model_registry, "vit_b", tiny_sam)


def test_random_weights_are_made_once_and_leave_nothing_else(tmp_path: Path) -> None:
    path = random_checkpoint("vit_b", tmp_path / "bench")
    before = path.stat().st_mtime_ns
    assert random_checkpoint("vit_b", tmp_path / "bench") == path
    assert path.stat().st_mtime_ns == before
    assert list(path.parent.iterdir()) == [path]
    weights = torch.load(path, weights_only=True)
    assert float(weights["image_encoder.blocks.0.attn.rel_pos_h"].std()) > 0.01


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "bench").write_text("a file")
    with pytest.raises(CheckpointError, match="cannot be written"):
        random_checkpoint("vit_b", tmp_path / "bench")


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(CheckpointError, match="No space left"):
        random_checkpoint("vit_b", tmp_path)
    assert list(tmp_path.iterdir()) == []
