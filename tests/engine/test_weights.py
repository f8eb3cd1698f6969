"""Checkpoint files: recognised by their tensors, refused with a reason."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from segment_anything import sam_model_registry

from samdesk.engine.checkpoint import checkpoints
from samdesk.engine.sam.load import load_sam
from samdesk.engine.weights import read_weights, recognised
from samdesk.errors import CheckpointError
from tests.engine.tiny_sam import tiny_sam


def shapes(kind: str) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):
        model = sam_model_registry[kind]()
    return {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}


@pytest.mark.parametrize("known", checkpoints(), ids=lambda known: known.kind)
def test_every_published_kind_is_recognised(known: Any) -> None:
    assert recognised(shapes(known.kind)) == known


def save(path: Path, content: object) -> Path:
    torch.save(content, path)
    return path


def test_a_pickle_that_carries_code_is_refused(tmp_path: Path) -> None:
    trap = tmp_path / "it-ran"

    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(trap),)

    for path in (save(tmp_path / "zip.pth", {"x": Trap()}), tmp_path / "plain.pth"):
        if not path.exists():
            path.write_bytes(pickle.dumps({"x": Trap()}))
        with pytest.raises(CheckpointError) as refused:
            read_weights(path)
        assert path.name in refused.value.title
        assert refused.value.hint
    assert not trap.exists()


def test_what_is_no_checkpoint_is_told(tmp_path: Path) -> None:
    text = tmp_path / "page.pth"
    text.write_text("<html>404</html>")
    empty = tmp_path / "empty.pth"
    empty.write_bytes(b"")
    half = tmp_path / "half.pth"
    whole = save(tmp_path / "whole.pth", tiny_sam().state_dict())
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    for path in (text, empty, half, tmp_path, tmp_path / "missing.pth"):
        with pytest.raises(CheckpointError) as refused:
            read_weights(path)
        assert refused.value.hint


@pytest.mark.parametrize(
    ("name", "likeness"),
    [
        ("image_encoder.layers.0.weight", "MobileSAM"),
        ("sam_mask_decoder.weight", "SAM 2"),
        ("vision_encoder.layers.0.weight", "Hugging Face"),
        ("image_encoder.blocks.0.weight", "another size"),
        ("backbone.weight", "not a Segment Anything checkpoint."),
    ],
)
def test_a_file_of_another_kind_says_which(tmp_path: Path, name: str, likeness: str) -> None:
    path = save(tmp_path / "x.pth", {"model": {name: torch.zeros(2)}})
    with pytest.raises(CheckpointError, match=likeness):
        read_weights(path)


def test_a_checkpoint_of_another_kind_than_asked_for_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "mine.pth", sam_model_registry["vit_b"]().half().state_dict())
    with pytest.raises(CheckpointError, match="is a ViT-B checkpoint"):
        load_sam(path, cache=tmp_path, kind="vit_l")
    # Training code saves half precision, wrapped and with prefixes.
    wrapped = {f"module.{name}": value for name, value in torch.load(path).items()}
    found, weights = read_weights(save(tmp_path / "wrapped.pth", {"model": wrapped}))
    assert found.kind == "vit_b"
    assert {tensor.dtype for tensor in weights.values()} == {torch.float32}
    del wrapped["module.mask_decoder.iou_prediction_head.layers.0.bias"]
    with pytest.raises(CheckpointError, match="missing"):
        load_sam(save(tmp_path / "torn.pth", wrapped), cache=tmp_path)
