"""The scheduler with an engine whose every step waits for the test's permission."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from samdesk.core.prompt import Point, Prompt
from samdesk.engine.base import (
    CancelToken,
    OutOfMemory,
    Progress,
)
from tests.runtime.desk import CLICK, Desk, GatedEngine

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
