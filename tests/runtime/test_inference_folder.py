"""The scheduler with a cache on disk: the folder's images are encoded, and found again."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from samdesk.engine.cache import EmbeddingCache
from samdesk.runtime.backlog import Backlog
from tests.runtime.desk import CLICK, Desk, GatedEngine, content_of, folder, run_dry


@pytest.fixture
def keeper() -> GatedEngine:
    return GatedEngine(keeps=True).open_all()


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
