"""The scheduler with an engine whose every step waits for the test's permission."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from samdesk.core.image import LoadedImage
from samdesk.core.mask import Mask
from samdesk.core.prompt import Point, Prompt
from samdesk.engine.base import (
    RGB,
    Attempt,
    CancelToken,
    Embedding,
    EngineInfo,
    OutOfMemory,
    Packed,
    Prediction,
    Progress,
    no_progress,
)
from samdesk.engine.cache import EmbeddingCache
from samdesk.errors import ImageError
from samdesk.runtime.backlog import Backlog
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


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "cache")
    yield desk
    desk.inference.close(30)


def content_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


CLICK = Prompt((Point(0, 0),))
CLICKS = Prompt((Point(0, 0), Point(1, 1)))


def test_the_image_on_screen_comes_first_then_the_others_in_order(desk: Desk) -> None:
    engine = desk.use(GatedEngine().open_all())
    desk.inference.want(["3", "1", "2"])
    desk.wait_encoded("1", "2", "3")
    assert engine.started == [3, 1, 2]
    assert desk.inference.progress() == (3, 3)


def test_an_encode_that_became_less_urgent_gives_way_and_comes_again(desk: Desk) -> None:
    engine = desk.use(GatedEngine())
    desk.inference.want(["1", "2"])
    desk.owner.run_until(lambda: engine.started == [1])
    engine.encode_gates[2].set()
    desk.inference.want(["2", "1"])
    desk.wait_encoded("2")
    engine.encode_gates[1].set()
    desk.wait_encoded("1")
    assert engine.started == [1, 2, 1]
    assert desk.log.named("encode_stopped") == [("1",)]


def test_a_neighbours_encode_goes_on_when_the_image_on_screen_is_ready(desk: Desk) -> None:
    engine = desk.use(GatedEngine())
    engine.encode_gates[1].set()
    desk.inference.want(["1", "2", "3"])
    desk.owner.run_until(lambda: engine.started == [1, 2])
    desk.inference.want(["1", "3", "2"])
    engine.encode_gates[2].set()
    engine.encode_gates[3].set()
    desk.wait_encoded("1", "2", "3")
    assert engine.started == [1, 2, 3]


def test_a_click_before_the_embedding_is_answered_when_it_arrives(desk: Desk) -> None:
    engine = desk.use(GatedEngine())
    desk.inference.want(["1"])
    desk.inference.request("1", CLICK)
    desk.inference.request("1", CLICKS)
    desk.owner.run_until(lambda: engine.started == [1])
    assert engine.decoded == []
    engine.encode_gates[1].set()
    desk.owner.run_until(lambda: bool(desk.log.answers()))
    assert engine.decoded == [CLICKS]


def test_a_click_before_the_engine_is_loaded_is_answered(desk: Desk) -> None:
    desk.inference.want(["1"])
    desk.inference.request("1", CLICK)
    desk.use(GatedEngine().open_all())
    desk.owner.run_until(lambda: bool(desk.log.answers()))


def test_clicks_are_answered_while_another_image_encodes(desk: Desk) -> None:
    engine = desk.use(GatedEngine())
    engine.encode_gates[1].set()
    desk.inference.want(["1", "2"])
    desk.owner.run_until(lambda: engine.started == [1, 2])
    desk.inference.request("1", CLICK)
    desk.owner.run_until(lambda: bool(desk.log.answers()))
    assert desk.inference.encoding_image == "2"


def test_the_newest_click_wins(desk: Desk) -> None:
    engine = desk.use(GatedEngine().open_all())
    desk.inference.want(["1"])
    desk.wait_encoded("1")
    engine.decode_gate.clear()
    for number in range(5):
        desk.inference.request("1", Prompt((Point(number, 0),)))
    newest = desk.inference.request("1", CLICKS)
    engine.decode_gate.set()
    desk.owner.run_until(lambda: bool(desk.log.answers()))
    desk.owner.run_pending()
    assert [request.serial for request, _ in desk.log.answers()] == [newest]
    assert len(engine.decoded) <= 2


def test_a_withdrawn_request_is_not_answered(desk: Desk) -> None:
    engine = desk.use(GatedEngine().open_all())
    desk.inference.want(["1"])
    desk.wait_encoded("1")
    engine.decode_gate.clear()
    desk.inference.request("1", CLICK)
    desk.inference.withdraw()
    engine.decode_gate.set()
    desk.inference.request("1", CLICKS)
    desk.owner.run_until(lambda: bool(desk.log.answers()))
    assert [request.prompt for request, _ in desk.log.answers()] == [CLICKS]


def test_switching_closes_the_old_engine_first_and_keeps_the_waiting_click(desk: Desk) -> None:
    first = desk.use(GatedEngine("first").open_all())
    desk.inference.want(["1"])
    desk.wait_encoded("1")
    first.decode_gate.clear()
    desk.inference.request("1", Prompt((Point(0, 0),), prior=np.zeros((2, 2), np.float32)))
    second = GatedEngine("second").open_all()
    closed_before_load = []

    def load(token: CancelToken, progress: Progress) -> GatedEngine:
        closed_before_load.append(first.closed)
        return second

    desk.inference.use("second", load)
    first.decode_gate.set()
    desk.owner.run_until(lambda: bool(desk.log.answers()))
    assert closed_before_load == [True]
    assert [answer.engine for _, answer in desk.log.answers()] == ["second"]
    assert second.decoded[0].prior is None


def test_of_many_switches_the_last_one_wins(desk: Desk) -> None:
    engines = [GatedEngine(str(number)).open_all() for number in range(8)]
    desk.inference.want(["1"])
    for engine in engines:
        desk.use(engine)
    desk.owner.run_until(lambda: desk.inference.engine == engines[-1].info)
    desk.wait_encoded("1")
    desk.inference.request("1", CLICK)
    desk.owner.run_until(lambda: bool(desk.log.answers()))
    assert desk.log.answers()[0][1].engine == "7"
    assert not engines[-1].closed


def test_a_switch_interrupts_an_encode(desk: Desk) -> None:
    first = desk.use(GatedEngine("first"))
    desk.inference.want(["1"])
    desk.owner.run_until(lambda: first.started == [1])
    second = desk.use(GatedEngine("second").open_all())
    desk.wait_encoded("1")
    assert first.closed
    assert second.started == [1]


def test_a_broken_image_is_told_and_the_rest_goes_on(desk: Desk) -> None:
    desk.broken.add("2")
    desk.use(GatedEngine().open_all())
    desk.inference.request("2", CLICK)
    desk.inference.want(["2", "1", "3"])
    desk.wait_encoded("1", "3")
    assert [image for image, _ in desk.log.named("encode_failed")] == ["2"]
    assert len(desk.log.named("predict_failed")) == 1
    assert desk.inference.progress() == (2, 2)
    desk.broken.clear()
    desk.inference.retry("2")
    desk.wait_encoded("2")


def test_an_engine_that_does_not_load_is_told(desk: Desk) -> None:
    def load(token: CancelToken, progress: Progress) -> GatedEngine:
        raise MemoryError

    desk.inference.use("big", load)
    desk.owner.run_until(lambda: bool(desk.log.named("engine_failed")))
    desk.use(GatedEngine().open_all())
    desk.inference.want(["1"])
    desk.wait_encoded("1")


def test_embeddings_stay_within_their_bytes_and_far_images_are_not_encoded_in_vain(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path / "cache", capacity=35)
    engine = desk.use(GatedEngine().open_all())
    desk.inference.want(["1", "2", "3", "4", "5"])
    desk.wait_encoded("1", "2", "3")
    desk.owner.run_pending()
    assert engine.started == [1, 2, 3]
    desk.inference.want(["5", "4", "3", "2", "1"])
    desk.wait_encoded("5", "4")
    desk.owner.run_pending()
    assert engine.started == [1, 2, 3, 5, 4]
    assert [desk.inference.has_embedding(str(n)) for n in range(1, 6)] == [
        False,
        False,
        True,
        True,
        True,
    ]
    desk.inference.close(30)


def test_a_device_with_little_memory_holds_fewer_embeddings(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "cache", capacity=35)
    small = GatedEngine("small").open_all()
    small.info = replace(small.info, embedding_bytes=20)
    desk.use(small)
    desk.inference.want(["1", "2", "3", "4"])
    desk.wait_encoded("1", "2")
    desk.owner.run_pending()
    assert small.started == [1, 2]
    large = GatedEngine("large").open_all()
    large.info = replace(large.info, embedding_bytes=1000)
    desk.use(large)
    desk.wait_encoded("1", "2", "3")
    desk.owner.run_pending()
    # What the user allows is the bound on a larger device.
    assert large.started == [1, 2, 3]
    desk.inference.close(30)


def test_closing_while_encoding_ends_the_threads(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "cache")
    engine = desk.use(GatedEngine())
    desk.inference.want(["1"])
    desk.owner.run_until(lambda: engine.started == [1])
    desk.inference.close(30)
    assert engine.closed
    assert not [t for t in threading.enumerate() if t.name == "samdesk encode"]


@pytest.mark.parametrize("stage", ["encode", "decode"])
def test_an_engine_without_room_is_told_once_and_its_click_waits_for_the_next(
    desk: Desk, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = GatedEngine("first").open_all()

    def full(*_: object, **__: object) -> None:
        raise OutOfMemory("full")

    monkeypatch.setattr(first, "embed" if stage == "encode" else "predict", full)
    desk.use(first)
    desk.inference.want(["1", "2", "3"])
    desk.inference.request("1", CLICK)
    desk.owner.run_until(lambda: bool(desk.log.named("engine_failed")))
    desk.owner.run_pending()
    assert len(desk.log.named("engine_failed")) == 1
    assert desk.log.named("encode_failed") == []
    desk.use(GatedEngine("second").open_all())
    desk.owner.run_until(lambda: bool(desk.log.answers()))
    assert desk.log.answers()[0][1].engine == "second"
    assert first.closed


# With a cache on disk.


def folder(*images: str) -> dict[str, str | None]:
    return dict.fromkeys(images)


@pytest.fixture
def keeper() -> GatedEngine:
    return GatedEngine(keeps=True).open_all()


def run_dry(desk: Desk, *images: str) -> None:
    """Runs until these are encoded and nothing is under way."""
    desk.owner.run_until(lambda: all(desk.inference.is_encoded(image) for image in images))
    desk.owner.run_until(lambda: desk.inference._encode_job is None)


def test_the_folder_follows_what_is_near_in_the_direction_of_travel(
    desk: Desk, keeper: GatedEngine
) -> None:
    desk.use(keeper)
    images = [str(number) for number in range(1, 9)]
    desk.inference.fill(folder(*images))
    desk.inference.want(["5", "4", "3", "6"], -1)
    run_dry(desk, *images)
    assert keeper.started == [5, 4, 3, 6, 2, 1, 8, 7]
    assert desk.inference.progress() == (8, 8)
    # The others are on disk only.
    assert [desk.inference.has_embedding(image) for image in images] == [
        image in "5436" for image in images
    ]


def test_a_reopened_folder_is_ready_at_once_without_reading_it(
    tmp_path: Path, keeper: GatedEngine
) -> None:
    images = [str(number) for number in range(1, 20)]
    first = Desk(tmp_path)
    first.use(keeper)
    first.inference.fill(folder(*images))
    first.inference.want(["1", "2"])
    run_dry(first, *images)
    known = {image: first.inference.content(image) for image in images}
    assert known == {image: content_of(image) for image in images}
    first.inference.close(30)
    again, engine = Desk(tmp_path), GatedEngine(keeps=True).open_all()
    again.inference.fill(known)
    again.inference.want(images)
    again.use(engine)
    run_dry(again, *images)
    assert engine.started == []
    assert again.inference.progress() == (19, 19)
    # The one on screen and those at hand are in memory too.
    assert again.loaded == images[:8]
    assert engine.unpacked == list(range(1, 9))
    assert again.log.named("encode_failed") == []
    again.inference.close(30)


def test_what_was_precomputed_elsewhere_is_found_without_decoding(
    tmp_path: Path, keeper: GatedEngine
) -> None:
    images = [str(number) for number in range(1, 20)]
    for image in images:
        EmbeddingCache(tmp_path).put(
            content_of(image), "engine", np.full((1, 1, 1), int(image), np.float16)
        )
    desk = Desk(tmp_path)
    desk.use(keeper)
    desk.inference.fill(folder(*images))
    desk.inference.want(["1"])
    run_dry(desk, *images)
    assert keeper.started == []
    assert desk.loaded == ["1"]
    assert desk.inference.content("19") == content_of("19")
    desk.inference.close(30)


def test_a_changed_file_is_encoded_whatever_was_known_of_it(
    desk: Desk, keeper: GatedEngine
) -> None:
    desk.use(keeper)
    desk.inference.fill(folder("1"))
    desk.inference.want(["1"])
    run_dry(desk, "1")
    desk.content["1"] = "f" * 64
    desk.inference.use("again", lambda token, progress: keeper)
    desk.inference.fill({"1": content_of("1")})
    desk.inference.want(["1"])
    desk.owner.run_until(lambda: keeper.started == [1, 1])
    desk.owner.run_until(lambda: desk.inference.content("1") == "f" * 64)


def test_a_damaged_file_is_computed_anew(desk: Desk, keeper: GatedEngine) -> None:
    path = desk.cache._path(content_of("1"), "engine")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x" * 999)
    desk.use(keeper)
    desk.inference.fill({"1": content_of("1"), "2": None})
    desk.inference.want(["1"])
    run_dry(desk, "1", "2")
    assert keeper.started == [1, 2]
    assert desk.cache.get(content_of("1"), "engine") is not None


def test_an_image_in_two_places_is_encoded_once(desk: Desk, keeper: GatedEngine) -> None:
    desk.content["2"] = content_of("1")
    desk.use(keeper)
    desk.inference.fill(folder("1", "2"))
    desk.inference.want(["1", "2"])
    run_dry(desk, "1", "2")
    assert keeper.started == [1]


def test_the_image_on_screen_interrupts_the_folder(desk: Desk) -> None:
    engine = desk.use(GatedEngine(keeps=True))
    engine.encode_gates[1].set()
    desk.inference.fill(folder("1", "2", "3"))
    desk.inference.want(["1"])
    desk.owner.run_until(lambda: engine.started == [1, 2])
    engine.encode_gates[3].set()
    desk.inference.want(["3"])
    desk.wait_encoded("3")
    engine.encode_gates[2].set()
    run_dry(desk, "1", "2", "3")
    assert engine.started == [1, 2, 3, 2]


def test_an_encode_of_the_folder_goes_on_while_people_step_over_ready_images(desk: Desk) -> None:
    engine = desk.use(GatedEngine(keeps=True))
    for number in (1, 2):
        engine.encode_gates[number].set()
    desk.inference.fill(folder("1", "2", "3"))
    desk.inference.want(["1", "2"])
    desk.owner.run_until(lambda: engine.started == [1, 2, 3])
    desk.inference.want(["2", "1"])
    desk.inference.want(["1", "2"])
    engine.encode_gates[3].set()
    run_dry(desk, "3")
    assert engine.started == [1, 2, 3]
    assert desk.log.named("encode_stopped") == []


def test_another_folder_stops_the_encode_of_this_one(desk: Desk) -> None:
    engine = desk.use(GatedEngine(keeps=True))
    desk.inference.fill(folder("1"))
    desk.inference.want(["1"])
    desk.owner.run_until(lambda: engine.started == [1])
    desk.inference.fill(folder("2"))
    desk.inference.want(["2"])
    engine.encode_gates[2].set()
    run_dry(desk, "2")
    assert desk.log.named("encode_stopped") == [("1",)]
    assert desk.inference.progress() == (1, 1)
    desk.inference.fill({})
    desk.inference.want([])
    assert desk.inference.progress() == (0, 0)


def test_paused_only_the_image_on_screen_is_encoded(desk: Desk) -> None:
    engine = desk.use(GatedEngine(keeps=True))
    engine.encode_gates[1].set()
    desk.inference.fill(folder("1", "2", "3", "4"))
    desk.inference.want(["1", "2"])
    desk.owner.run_until(lambda: engine.started == [1, 2])
    desk.inference.pause(True)
    desk.owner.run_until(lambda: desk.log.named("encode_stopped") == [("2",)])
    engine.open_all()
    desk.inference.want(["3", "2"])
    run_dry(desk, "3")
    assert engine.started == [1, 2, 3]
    desk.inference.pause(False)
    run_dry(desk, "1", "2", "3", "4")
    assert engine.started == [1, 2, 3, 2, 4]


def test_broken_images_of_the_folder_are_left_aside(desk: Desk, keeper: GatedEngine) -> None:
    desk.broken |= {"2", "3"}
    desk.use(keeper)
    desk.inference.fill(folder("1", "2", "3", "4"))
    desk.inference.want(["1", "2"])
    run_dry(desk, "1", "4")
    assert {image for image, _ in desk.log.named("encode_failed")} == {"2", "3"}
    assert desk.inference.progress() == (2, 2)
    desk.broken.clear()
    desk.inference.retry("3")
    run_dry(desk, "3")
    assert desk.inference.progress() == (3, 3)


def test_a_disk_that_cannot_be_written_is_told_once_and_stops_nothing(
    tmp_path: Path, keeper: GatedEngine
) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    desk = Desk(blocked / "cache")
    desk.use(keeper)
    desk.inference.fill(folder("1", "2", "3", "4"))
    desk.inference.want(["1", "2", "3"])
    desk.wait_encoded("1", "2", "3")
    desk.owner.run_until(lambda: desk.inference._encode_job is None)
    assert len(desk.log.named("store_failed")) == 1
    # Without a disk the rest of the folder would be encoded in vain.
    assert keeper.started == [1, 2, 3]
    assert desk.inference.progress() == (3, 3)
    assert all(desk.inference.has_embedding(image) for image in "123")
    desk.inference.close(30)


def test_the_folder_does_not_push_itself_out_of_the_cache(
    tmp_path: Path, keeper: GatedEngine
) -> None:
    images = [str(number) for number in range(1, 41)]
    size = EmbeddingCache(tmp_path / "one").put(
        content_of("1"), "engine", np.zeros((1, 1, 1), np.float16)
    )
    desk = Desk(tmp_path / "cache", bound=20 * size)
    desk.use(keeper)
    desk.inference.fill(folder(*images))
    desk.inference.want(["1"])
    desk.owner.run_until(lambda: desk.inference.is_disk_full)
    desk.owner.run_until(lambda: desk.inference._encode_job is None)
    assert desk.inference.progress() == (19, 40)
    assert desk.inference.seconds_left == 0
    assert keeper.started == list(range(1, 20))
    # Who goes there gets it all the same.
    desk.inference.want(["30"])
    run_dry(desk, "30")
    assert desk.inference.has_embedding("30")
    desk.inference.close(30)


def test_another_engine_has_its_own_files(desk: Desk, keeper: GatedEngine) -> None:
    desk.use(keeper)
    desk.inference.fill(folder("1", "2"))
    desk.inference.want(["1"])
    run_dry(desk, "1", "2")
    other = desk.use(GatedEngine("other", keeps=True).open_all())
    desk.owner.run_until(lambda: desk.inference.engine == other.info)
    run_dry(desk, "1", "2")
    assert other.started == [1, 2]
    again = desk.use(GatedEngine(keeps=True).open_all())
    desk.owner.run_until(lambda: desk.inference.engine == again.info)
    run_dry(desk, "1", "2")
    assert again.started == []


def test_a_click_is_answered_before_the_disk_is_written(
    desk: Desk, keeper: GatedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    real = desk.cache.put

    def slow(*arguments: Any) -> int:
        assert gate.wait(30)
        return real(*arguments)

    monkeypatch.setattr(desk.cache, "put", slow)
    desk.use(keeper)
    desk.inference.fill(folder("1"))
    desk.inference.want(["1"])
    desk.inference.request("1", CLICK)
    desk.owner.run_until(lambda: bool(desk.log.answers()))
    assert not gate.is_set()
    gate.set()
    run_dry(desk, "1")
    assert desk.cache.get(content_of("1"), "engine") is not None


def test_the_time_left_goes_by_what_is_really_encoded(desk: Desk, keeper: GatedEngine) -> None:
    desk.use(keeper)
    desk.inference.fill(folder("1", "2", "3"))
    desk.inference.pause(True)
    assert desk.inference.seconds_left is None
    desk.inference.want(["1"])
    run_dry(desk, "1")
    pace = desk.inference._pace.seconds
    assert pace is not None
    desk.owner.run_until(lambda: desk.inference.progress() == (1, 3))
    assert desk.inference.seconds_left == pytest.approx(2 * pace)


def test_stepping_in_a_huge_folder_looks_at_few_images(
    desk: Desk, keeper: GatedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.inference.fill(dict.fromkeys(map(str, range(1, 100_001))))
    looked_at = []
    real = Backlog.is_ready

    def counted(backlog: Backlog, image: str) -> bool:
        looked_at.append(image)
        return real(backlog, image)

    monkeypatch.setattr(Backlog, "is_ready", counted)
    near = [str(number) for number in range(50_000, 50_201)]
    for _ in range(10):
        desk.inference.want(near)
        desk.inference.progress()
    assert len(looked_at) <= 10 * 3 * len(near)


def test_a_file_that_changed_while_it_was_open_is_encoded_again(desk: Desk) -> None:
    engine = desk.use(GatedEngine().open_all())
    desk.inference.want(["1"])
    run_dry(desk, "1")
    desk.inference.check("1", content_of("1"))
    assert engine.started == [1]
    desk.content["1"] = "f" * 64
    desk.inference.check("1", "f" * 64)
    assert not desk.inference.has_embedding("1")
    run_dry(desk, "1")
    assert engine.started == [1, 1]
    desk.inference.check("1", "f" * 64)
    assert desk.inference.has_embedding("1")


def test_a_file_that_is_read_otherwise_while_it_is_encoded_is_encoded_again(desk: Desk) -> None:
    engine = desk.use(GatedEngine())
    desk.inference.want(["1"])
    desk.inference.request("1", CLICK)
    desk.owner.run_until(lambda: engine.started == [1])
    desk.content["1"] = "f" * 64
    desk.inference.check("1", "f" * 64)
    engine.encode_gates[1].set()
    desk.wait_encoded("1")
    desk.owner.run_until(lambda: bool(desk.log.answers()))
    assert engine.started == [1, 1] and desk.inference.content("1") == "f" * 64
    # One that was read as it is encoded goes on.
    desk.content["2"] = "e" * 64
    desk.inference.want(["2"])
    desk.owner.run_until(lambda: engine.started == [1, 1, 2])
    desk.inference.check("2", "e" * 64)
    engine.encode_gates[2].set()
    desk.wait_encoded("2")
    assert engine.started == [1, 1, 2] and len(desk.log.answers()) == 1


def test_an_encode_of_a_file_that_is_mended_meanwhile_begins_anew(desk: Desk) -> None:
    engine = desk.use(GatedEngine())
    desk.inference.want(["1"])
    desk.owner.run_until(lambda: engine.started == [1])
    desk.content["1"] = "f" * 64
    desk.inference.retry("1")
    engine.encode_gates[1].set()
    desk.wait_encoded("1")
    assert desk.loaded == ["1", "1"]
    desk.inference.check("1", "f" * 64)
    assert desk.inference.has_embedding("1")


def test_a_study_without_room_is_told_like_a_click_without_room(desk: Desk) -> None:
    desk.use(GatedEngine().open_all())
    desk.inference.want(["1"])
    desk.wait_encoded("1")
    failures: list[Exception] = []

    def full(*_: object) -> None:
        raise OutOfMemory("There is not enough memory.")

    desk.inference.study(
        "1", full, done=failures.append, failed=failures.append, progress=no_progress
    )
    desk.owner.run_until(lambda: bool(failures))
    assert len(failures) == 1 and isinstance(failures[0], OutOfMemory)
    assert len(desk.log.named("engine_failed")) == 1


@pytest.mark.parametrize("stage", ["load", "encode", "study", "click"])
def test_a_study_is_resumed_by_the_engine_that_stands_in_for_one_without_room(
    desk: Desk, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = GatedEngine("first").open_all(), GatedEngine("second").open_all()
    first.attempt = Attempt(Path("h"), "vit_h", "cpu", "auto")
    is_studied, failures = threading.Event(), []
    found: list[str] = []

    def full(*_: object, **__: object) -> None:
        raise MemoryError

    def load_full(token: CancelToken, progress: Progress) -> GatedEngine:
        raise OutOfMemory("full")

    def stand_in(_name: str, error: Exception) -> None:
        failures.append(error)
        desk.inference.use("second", lambda token, progress: second, stands_in=True)

    def study(
        engine: GatedEngine, embedding: Embedding, token: CancelToken, progress: Progress
    ) -> str:
        if engine is first and stage == "study":
            full()
        if engine is first and stage == "click":
            is_studied.set()
            while True:
                progress(0.5)
                token.check()
        return engine.info.name

    monkeypatch.setattr(desk.log, "engine_failed", stand_in, raising=False)
    if stage in ("encode", "click"):
        monkeypatch.setattr(first, "embed" if stage == "encode" else "predict", full)
    desk.inference.use("first", load_full if stage == "load" else lambda token, progress: first)
    desk.inference.want(["1"])
    desk.inference.study(
        "1", study, done=found.append, failed=failures.append, progress=no_progress
    )
    if stage == "click":
        desk.owner.run_until(is_studied.is_set)
        desk.inference.request("1", CLICK)
    desk.owner.run_until(lambda: bool(found))
    assert found == ["second"]
    assert [type(error) for error in failures] == [OutOfMemory]


def test_memory_that_is_short_without_anything_smaller_is_the_studys_failure(desk: Desk) -> None:
    desk.use(GatedEngine().open_all())
    desk.inference.want(["1"])
    failures: list[Exception] = []

    def full(*_: object) -> None:
        raise MemoryError

    desk.inference.study(
        "1", full, done=failures.append, failed=failures.append, progress=no_progress
    )
    desk.owner.run_until(lambda: bool(failures))
    assert "not enough memory for this image" in str(failures[0])
    assert desk.log.named("engine_failed") == []


def test_a_study_that_fails_after_a_switch_does_not_stop_the_new_engine(desk: Desk) -> None:
    desk.use(GatedEngine("old").open_all())
    desk.inference.want(["1"])
    desk.wait_encoded("1")
    is_running, may_fail = threading.Event(), threading.Event()
    failures: list[Exception] = []

    def full(*_: object) -> None:
        is_running.set()
        assert may_fail.wait(30)
        raise OutOfMemory("There is not enough memory.")

    desk.inference.study(
        "1", full, done=failures.append, failed=failures.append, progress=no_progress
    )
    assert is_running.wait(30)
    new = desk.use(GatedEngine("new").open_all())
    may_fail.set()
    desk.owner.run_until(lambda: new.started == [1])
    assert desk.log.named("engine_failed") == []


def test_a_file_that_is_mended_while_it_is_read_in_vain_is_read_again(desk: Desk) -> None:
    engine = desk.use(GatedEngine().open_all())
    is_reading, may_go_on = threading.Event(), threading.Event()
    read = desk.load

    def load(key: str) -> LoadedImage:
        if not is_reading.is_set():
            is_reading.set()
            assert may_go_on.wait(30)
            raise ImageError("It is damaged.")
        return read(key)

    desk.inference._load_image = load
    desk.inference.want(["1"])
    desk.owner.run_until(is_reading.is_set)
    desk.inference.retry("1")
    may_go_on.set()
    desk.wait_encoded("1")
    assert engine.started == [1] and desk.log.named("encode_failed") == []
