from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from segment_anything import sam_model_registry

from samdesk.bench.weights import random_checkpoint
from samdesk.core.prompt import Point, Prompt
from samdesk.engine.base import CancelToken
from samdesk.engine.sam.segmenter import SamSegmenter
from samdesk.engine.sam.torch_runtime import TorchRuntime
from samdesk.errors import CheckpointError
from tests.engine.tiny_sam import INFO, tiny_sam


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


def test_local_masks_lie_around_their_points(tmp_path: Path) -> None:
    model = tiny_sam()
    model.load_state_dict(
        torch.load(random_checkpoint("vit_b", tmp_path, is_local=True), weights_only=True)
    )
    segmenter = SamSegmenter(TorchRuntime(model, "cpu"), INFO)
    image = np.random.default_rng(3).integers(0, 255, (256, 256, 3), np.uint8)
    embedding = segmenter.embed(image, token=CancelToken())
    inside = total = passed = 0
    for x, y in ((60, 60), (130, 90), (180, 200), (70, 180)):
        prediction = segmenter.predict(embedding, Prompt((Point(x, y),)))
        for candidate in prediction.candidates:
            rows, columns = np.nonzero(candidate.mask().bitmap())
            inside += np.count_nonzero(np.hypot(columns - x, rows - y) < 0.35 * 256)
            total += len(rows)
            passed += candidate.score > 0.86
    assert inside > 0.7 * total > 0
    assert 2 <= passed <= 10


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
