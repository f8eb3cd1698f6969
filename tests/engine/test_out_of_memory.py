"""Running out of memory at load, encode and decode, and what is tried next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from samdesk.core.prompt import Point, Prompt
from samdesk.engine.base import (
    Attempt,
    CancelToken,
    EngineLost,
    OutOfMemory,
    failure_of,
    lacks_memory,
    one_of_many,
    out_of_memory,
)
from samdesk.engine.recommend import step_down
from samdesk.engine.sam import load
from samdesk.engine.sam.load import load_sam
from samdesk.engine.sam.segmenter import SamSegmenter
from samdesk.engine.sam.torch_runtime import TorchRuntime
from samdesk.errors import EngineError
from tests.engine.tiny_sam import INFO, tiny_sam

ATTEMPT = Attempt(Path("x.pth"), "vit_h", "cuda:0", "float32")
IMAGE = np.zeros((60, 80, 3), np.uint8)


class Full:
    """Raises like a full GPU, a number of times."""

    def __init__(self, times: int, error: Exception | None = None) -> None:
        self.times = times
        self.error = error or torch.OutOfMemoryError("CUDA out of memory.")

    def __call__(self, *_: Any, **__: Any) -> None:
        if self.times:
            self.times -= 1
            raise self.error


def engine(model: Any) -> SamSegmenter:
    return SamSegmenter(TorchRuntime(model, "cpu", attempt=ATTEMPT), INFO)


@pytest.mark.parametrize("times", [1, 9])
@pytest.mark.parametrize("stage", ["encode", "decode"])
def test_freeing_is_tried_once_and_then_it_is_told(stage: str, times: int) -> None:
    model = tiny_sam()
    segmenter = engine(model)
    embedding = segmenter.embed(IMAGE, token=CancelToken())
    module = (
        model.image_encoder.neck
        if stage == "encode"
        else model.mask_decoder.transformer.layers[0].mlp
    )
    module.register_forward_pre_hook(Full(times))

    def work() -> Any:
        if stage == "encode":
            return segmenter.embed(IMAGE, token=CancelToken())
        return segmenter.predict(embedding, Prompt((Point(3, 4),)))

    if times == 1:
        assert work() is not None
        return
    with pytest.raises(OutOfMemory) as told:
        work()
    assert told.value.attempt == ATTEMPT


def test_fewer_images_at_a_time_are_tried_before_it_is_told() -> None:
    model = tiny_sam()
    segmenter = engine(model)
    segmenter.batch = 4
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 255, (60, 40 + side, 3), np.uint8) for side in range(7)]
    alone = [segmenter.embed(image, token=CancelToken()) for image in images]
    sizes = []

    def hold_two(_module: Any, arguments: Any) -> None:
        sizes.append(len(arguments[0]))
        if sizes[-1] > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    model.image_encoder.neck.register_forward_pre_hook(hold_two)
    together = segmenter.embed_all(images, token=CancelToken())
    assert sizes == [4, 4, 2, 2, 2, 1]  # freeing is tried once
    assert segmenter.batch == 2
    for one, other in zip(alone, together, strict=True):
        assert (one.width, one.height, one.nbytes) == (other.width, other.height, other.nbytes)
        packed, expected = segmenter.pack(other), segmenter.pack(one)
        np.testing.assert_allclose(packed, expected, atol=1e-5)
    model.image_encoder.neck.register_forward_pre_hook(Full(9))
    with pytest.raises(OutOfMemory):
        segmenter.embed_all(images, token=CancelToken())
    assert segmenter.batch == 1


def test_at_load(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_sam()
    monkeypatch.setattr(torch.nn.Module, "to", Full(9))
    with pytest.raises(OutOfMemory):
        engine(model)


def test_the_cpus_allocator_says_it_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_sam()
    words = "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."
    monkeypatch.setattr(torch.nn.Module, "to", Full(9, RuntimeError(words)))
    with pytest.raises(OutOfMemory):
        engine(model)
    monkeypatch.setattr(torch.nn.Module, "to", Full(9, RuntimeError("a defect")))
    with pytest.raises(RuntimeError, match="a defect"):
        engine(model)


@pytest.mark.parametrize("kind", ["vit_b", None])
def test_wherever_it_is_short_while_loading(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str | None
) -> None:
    def full(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(load, "known_sha256", full)
    with pytest.raises(OutOfMemory) as told:
        load_sam(tmp_path / "b.pth", cache=tmp_path, kind=kind, device="cuda:0")
    # Of what kind a file of one's own is, nobody knows yet.
    attempt = Attempt(tmp_path / "b.pth", "vit_b", "cuda:0", "auto")
    assert told.value.attempt == (attempt if kind else None)


@pytest.mark.parametrize(
    "words",
    [
        "CUDA error: out of memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "MPS backend out of memory (MPS allocated: 5.2 GB)",
    ],
)
def test_gpus_say_it_in_words(words: str) -> None:
    model = tiny_sam()
    segmenter = engine(model)
    model.image_encoder.neck.register_forward_pre_hook(Full(9, RuntimeError(words)))
    with pytest.raises(OutOfMemory):
        segmenter.embed(IMAGE, token=CancelToken())


def test_a_device_that_goes_while_freeing_is_tried_is_told() -> None:
    model = tiny_sam()
    segmenter = engine(model)
    errors = [torch.OutOfMemoryError("CUDA out of memory."), RuntimeError("CUDA error: reset")]

    def fail(*_: Any) -> None:
        raise errors.pop(0)

    model.image_encoder.neck.register_forward_pre_hook(fail)
    with pytest.raises(EngineLost, match="stopped answering"):
        segmenter.embed(IMAGE, token=CancelToken())


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
    ],
)
def test_a_file_that_does_not_fit_is_not_called_damaged(
    error: Exception, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "sam.pth"
    path.write_bytes(b"weights")
    monkeypatch.setattr(torch, "load", Full(9, error))
    with pytest.raises(OutOfMemory) as told:
        load_sam(path, cache=tmp_path / "cache", kind="vit_b", device="cuda:0")
    assert told.value.attempt == Attempt(path, "vit_b", "cuda:0", "auto")


def test_a_device_that_is_gone_is_no_matter_of_memory() -> None:
    model = tiny_sam()
    segmenter = engine(model)
    model.image_encoder.neck.register_forward_pre_hook(Full(9, RuntimeError("CUDA error: reset")))
    with pytest.raises(EngineLost, match="stopped answering") as told:
        segmenter.embed(IMAGE, token=CancelToken())
    assert not isinstance(told.value, OutOfMemory)
    assert told.value.attempt is not None


def test_the_way_down() -> None:
    installed = {"vit_h": Path("h"), "vit_b": Path("b")}
    steps = []
    attempt: Attempt | None = ATTEMPT
    while attempt is not None:
        attempt = step_down(attempt, installed)
        steps.append(attempt and (attempt.kind, attempt.device, attempt.precision))
    assert steps == [
        ("vit_h", "cuda:0", "float16"),
        ("vit_b", "cuda:0", "float16"),
        ("vit_b", "cpu", "auto"),
        None,
    ]


def test_the_way_down_with_a_file_of_ones_own() -> None:
    mine = Attempt(Path("mine.pth"), "vit_l", "mps", "float32")
    on_cpu = step_down(mine, {})
    assert on_cpu == Attempt(Path("mine.pth"), "vit_l", "cpu", "auto")
    assert step_down(on_cpu, {}) is None


def test_opencv_says_it_by_a_number() -> None:
    with pytest.raises(cv2.error) as other:
        cv2.resize(np.zeros((0, 0), np.uint8), (1, 1))
    assert not lacks_memory(other.value)
    short = cv2.error("(-4:Insufficient memory) Failed to allocate 784000000 bytes")
    short.code = cv2.Error.StsNoMem
    assert isinstance(failure_of(engine(tiny_sam()), short), OutOfMemory)


def test_a_lack_of_memory_for_one_image_is_no_loss_of_the_engine() -> None:
    with pytest.raises(EngineError, match="for this image"), one_of_many():
        raise MemoryError
    with pytest.raises(OutOfMemory), one_of_many():
        raise out_of_memory()
    with pytest.raises(ZeroDivisionError), one_of_many():
        raise ZeroDivisionError
