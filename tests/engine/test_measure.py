"""What is measured of an engine here, and what is remembered of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import torch

from samdesk.engine.base import CancelToken, no_progress
from samdesk.engine.measure import Measurement, measure, remember, remembered
from samdesk.engine.sam.segmenter import SamSegmenter
from samdesk.engine.sam.torch_runtime import TorchRuntime
from tests.engine.tiny_sam import INFO, tiny_sam, tiny_segmenter

ON_GPU = replace(INFO, device="a card", checkpoint="vit_b", precision="float16")


def measured(memory: int | None) -> Measurement:
    return Measurement(ON_GPU, 0.1, 0.01, memory)


class OnGpu(SamSegmenter):
    """Says that it is on a GPU."""

    peak_bytes = 3_000_000_000


def test_the_peak_of_a_gpu_is_what_its_engine_counted() -> None:
    engine = OnGpu(TorchRuntime(tiny_sam(), "cpu"), ON_GPU)
    image = np.zeros((60, 80, 3), np.uint8)
    found = measure(lambda *_: engine, image, CancelToken(), no_progress)
    assert found.memory_bytes == 3_000_000_000


def test_on_a_cpu_it_is_what_the_process_grew_by() -> None:
    found = measure(
        lambda *_: tiny_segmenter(), np.zeros((60, 80, 3), np.uint8), CancelToken(), no_progress
    )
    assert found.memory_bytes is not None
    assert 0 <= found.memory_bytes < psutil.Process().memory_info().rss


def test_what_checkpoints_took_of_gpus_is_remembered(tmp_path: Path) -> None:
    assert remembered(tmp_path) == {}
    remember(measured(3), tmp_path)
    remember(replace(measured(5), info=replace(ON_GPU, precision="float32")), tmp_path)
    remember(replace(measured(7), info=replace(ON_GPU, device="another")), tmp_path)
    remember(measured(4), tmp_path)
    known = {
        "a card": {"vit_b": {"float16": 4, "float32": 5}},
        "another": {"vit_b": {"float16": 7}},
    }
    assert remembered(tmp_path) == known
    # What says nothing of a GPU changes nothing.
    remember(measured(None), tmp_path)
    remember(replace(measured(9), info=replace(ON_GPU, device="CPU")), tmp_path)
    remember(replace(measured(9), info=replace(ON_GPU, checkpoint=None)), tmp_path)
    assert remembered(tmp_path) == known


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a card": 3}', '{"a": {"b": {"c": "d"}}}'])
def test_what_cannot_be_understood_is_measured_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "measured.json").write_text(text)
    assert remembered(tmp_path) == {}
    remember(measured(3), tmp_path)
    assert remembered(tmp_path) == {"a card": {"vit_b": {"float16": 3}}}


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    remember(measured(3), tmp_path / "file")
    assert remembered(tmp_path / "file") == {}


def test_torch_counts_from_before_the_model_is_on_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU is played; the model stays on the CPU."""
    done: list[str] = []
    parts = TorchRuntime._parts

    def moved(runtime: TorchRuntime, model: Any) -> list[Any]:
        done.append("moved")
        return parts(runtime, model)

    def as_on_cuda(runtime: TorchRuntime) -> None:
        runtime._is_cuda = True

    monkeypatch.setattr(TorchRuntime, "_embedding_bytes", as_on_cuda)
    monkeypatch.setattr(TorchRuntime, "_parts", moved)
    monkeypatch.setattr(TorchRuntime, "_stream", lambda *_: None)
    monkeypatch.setattr(TorchRuntime, "_synchronise", lambda _: None)
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda _: done.append("reset"))
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda _: 7)
    runtime = TorchRuntime(tiny_sam(), "cpu")
    assert done == ["reset", "moved"] and runtime.peak_bytes == 7
