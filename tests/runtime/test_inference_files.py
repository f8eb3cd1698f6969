"""The scheduler when image files change while they are encoded."""

from __future__ import annotations

import threading

from samdesk.core.image import LoadedImage
from samdesk.errors import ImageError
from tests.runtime.desk import CLICK, Desk, GatedEngine, content_of, run_dry


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
