"""`samdesk auto` with a tiny SAM that has learnt to see, slow enough to be killed on the way."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from samdesk import cli
from samdesk.engine.base import RGB, CancelToken, Embedding, Progress, no_progress
from samdesk.engine.choose import EngineChoice
from samdesk.engine.sam.segmenter import SamSegmenter
from samdesk.engine.sam.torch_runtime import TorchRuntime
from tests.engine.tiny_sam import INFO, trained_tiny_sam
from tests.scenes import shapes

FEW = ("--points-per-side", "6", "--pred-iou", "0.3", "--stability", "0.5")


class SlowSegmenter(SamSegmenter):
    """Counts what it encodes, and takes at least some seconds for it."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(TorchRuntime(trained_tiny_sam(), "cpu"), INFO)
        self.encoded = 0
        self._seconds = seconds

    def embed(
        self, image: RGB, *, token: CancelToken, progress: Progress = no_progress
    ) -> Embedding:
        time.sleep(self._seconds)
        self.encoded += 1
        return super().embed(image, token=token, progress=progress)

    def close(self) -> None:
        pass


def use(monkeypatch: pytest.MonkeyPatch, engine: SamSegmenter) -> None:
    choice = EngineChoice("Tiny SAM", lambda token, progress: engine)
    monkeypatch.setattr("samdesk.verbs.engine.choose_engine", lambda *_, **__: choice)


def images(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        picture, _ = shapes(np.random.default_rng(number), 160, 120)
        Image.fromarray(picture).save(folder / f"{number}.png")
    return folder


def main() -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        use(monkeypatch, SlowSegmenter(0.05))
        cli.main(["auto", sys.argv[1], *FEW, "--json"])


if __name__ == "__main__":
    main()
