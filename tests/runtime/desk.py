"""Inference with an engine whose every step waits for the test's permission."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from samdesk.core.image import LoadedImage
from samdesk.core.mask import Mask
from samdesk.core.prompt import Point, Prompt
from samdesk.engine.base import (
    RGB,
    Attempt,
    CancelToken,
    Embedding,
    EngineInfo,
    Packed,
    Prediction,
    Progress,
    no_progress,
)
from samdesk.engine.cache import EmbeddingCache
from samdesk.errors import ImageError
from samdesk.runtime.clicks import Request
from samdesk.runtime.inference import Inference
from tests.runtime.owner import Owner


@dataclass(frozen=True)
class Answer:
    engine: str
    image: int
    score: float = 0.5
    stability_score: float | None = None
    logits: np.ndarray | None = None

    def mask(self) -> Mask:
        return Mask.from_bitmap(np.ones((1, 1), bool))


class Gates(dict[int, threading.Event]):
    """A gate for each number, made by whichever thread asks first; both must get the same one."""

    def __missing__(self, number: int) -> threading.Event:
        return self.setdefault(number, threading.Event())


class GatedEngine:
    """Encodes an image when its gate opens; embeddings are 10 bytes.

    Args:
        keeps: whether its embeddings are for the disk.
    """

    attempt: Attempt | None = None

    def __init__(self, name: str = "engine", keeps: bool = False) -> None:
        self.keeps = keeps
        self.unpacked: list[int] = []
        self.info = EngineInfo(name, name, "test")
        self.encode_gates: dict[int, threading.Event] = Gates()
        self.decode_gate = threading.Event()
        self.decode_gate.set()
        self.started: list[int] = []
        self.decoded: list[Prompt] = []
        self.closed = False
        self.progress_seen = threading.Event()

    def open_all(self) -> GatedEngine:
        opened = threading.Event()
        opened.set()
        self.encode_gates = defaultdict(lambda: opened)
        return self

    def embed(
        self, image: RGB, *, token: CancelToken, progress: Progress = no_progress
    ) -> Embedding:
        number = int(image[0, 0, 0])
        self.started.append(number)
        progress(0.5)
        gate = self.encode_gates[number]
        while not gate.wait(0.002):
            token.check()
        return Embedding(self.info.key, 1, 1, number, 10)

    def predict(self, embedding: Embedding, prompt: Prompt) -> Prediction:
        assert not self.closed
        assert self.decode_gate.wait(30)
        self.decoded.append(prompt)
        assert isinstance(embedding.data, int)
        return Prediction(prompt, (Answer(self.info.name, embedding.data),))

    def pack(self, embedding: Embedding) -> Packed | None:
        return np.full((1, 1, 1), embedding.data, np.float16) if self.keeps else None

    def unpack(self, packed: Packed, width: int, height: int) -> Embedding:
        self.unpacked.append(int(packed[0, 0, 0]))
        return Embedding(self.info.key, width, height, int(packed[0, 0, 0]), 10)

    def close(self) -> None:
        self.closed = True


@dataclass
class Log:
    """Listener that remembers."""

    events: list[tuple[object, ...]] = field(default_factory=list)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *values: self.events.append((name, *values))

    def named(self, name: str) -> list[tuple[object, ...]]:
        return [event[1:] for event in self.events if event[0] == name]

    def answers(self) -> list[tuple[Request, Answer]]:
        return [
            (request, prediction.candidates[0])  # type: ignore[attr-defined]
            for request, prediction, _ in self.named("predicted")
        ]


class Desk:
    def __init__(self, folder: Path, capacity: int = 1000, bound: int | None = None) -> None:
        self.owner, self.log = Owner(), Log()
        self.broken: set[str] = set()
        self.loaded: list[str] = []
        self.content: dict[str, str] = {}
        self.cache = EmbeddingCache(folder, bound)
        self.inference = Inference(
            self.load,
            self.read_content,
            self.owner.post,
            self.log,
            capacity=capacity,
            cache=self.cache,
        )

    def load(self, key: str) -> LoadedImage:
        self.loaded.append(key)
        content = self.read_content(key)
        return LoadedImage(np.full((1, 1, 3), int(key), np.uint8), 1, content)

    def read_content(self, key: str) -> str:
        if key in self.broken:
            raise ImageError(f"{key} is broken.")
        return self.content.get(key, content_of(key))

    def use(self, engine: GatedEngine) -> GatedEngine:
        self.inference.use(engine.info.name, lambda token, progress: engine)
        return engine

    def wait_encoded(self, *images: str) -> None:
        self.owner.run_until(
            lambda: set(images) <= {event[0] for event in self.log.named("encoded")}
        )


def content_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


CLICK = Prompt((Point(0, 0),))


def folder(*images: str) -> dict[str, str | None]:
    return dict.fromkeys(images)


def run_dry(desk: Desk, *images: str) -> None:
    """Runs until these are encoded and nothing is under way."""
    desk.owner.run_until(lambda: all(desk.inference.is_encoded(image) for image in images))
    desk.owner.run_until(lambda: desk.inference._encode_job is None)
