"""`samdesk precompute` with a SAM of a few layers, slow enough to be killed on the way."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from samdesk import cli
from samdesk.engine.base import RGB, CancelToken, Embedding, Progress
from samdesk.engine.choose import EngineChoice
from samdesk.engine.sam.segmenter import SamSegmenter
from samdesk.engine.sam.torch_runtime import TorchRuntime
from tests.engine.tiny_sam import INFO, tiny_sam


class CountingSegmenter(SamSegmenter):
    """Counts what it encodes, takes at least some seconds for it, and serves run after run."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(TorchRuntime(tiny_sam(), "cpu"), INFO)
        self.encoded = 0
        self._seconds = seconds

    def _embedded(
        self, images: Sequence[RGB], token: CancelToken, progress: Progress
    ) -> list[Embedding]:
        time.sleep(self._seconds * len(images))
        self.encoded += len(images)
        return super()._embedded(images, token, progress)

    def close(self) -> None:
        pass


def use(monkeypatch: pytest.MonkeyPatch, engine: SamSegmenter) -> None:
    choice = EngineChoice("Tiny SAM", lambda token, progress: engine)
    monkeypatch.setattr("samdesk.verbs.engine.choose_engine", lambda *_, **__: choice)


def main() -> None:
    folder, cache = (Path(argument) for argument in sys.argv[1:])
    with pytest.MonkeyPatch.context() as monkeypatch:
        use(monkeypatch, CountingSegmenter(0.02))
        cli.main(["precompute", str(folder), "--cache", str(cache), "--json"])


if __name__ == "__main__":
    main()
