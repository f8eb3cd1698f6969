"""What failed once is tried again when there is reason to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from samdesk.engine.base import RGB, CancelToken, Embedding, Packed, Progress, no_progress
from samdesk.engine.cache import EmbeddingCache
from samdesk.errors import CacheError
from tests.runtime.desk import CLICK, Desk, GatedEngine, content_of


class Short(GatedEngine):
    """An engine that finds no memory while `is_short`."""

    is_short = True

    def embed(
        self, image: RGB, *, token: CancelToken, progress: Progress = no_progress
    ) -> Embedding:
        if self.is_short:
            raise MemoryError
        return super().embed(image, token=token, progress=progress)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "cache")
    yield desk
    desk.inference.close(30)


def wait_failed(desk: Desk, count: int) -> None:
    desk.owner.run_until(lambda: len(desk.log.named("encode_failed")) == count)


def test_a_click_on_an_image_that_failed_tries_again(desk: Desk) -> None:
    engine = Short().open_all()
    desk.use(engine)
    desk.inference.want(["1"])
    wait_failed(desk, 1)
    desk.inference.request("1", CLICK)
    desk.owner.run_until(lambda: bool(desk.log.named("predict_failed")))
    engine.is_short = False
    desk.inference.request("1", CLICK)
    desk.owner.run_until(lambda: bool(desk.log.answers()))


def test_a_folder_that_is_opened_again_forgets_what_failed(desk: Desk) -> None:
    desk.use(GatedEngine().open_all())
    desk.broken.add("1")
    desk.inference.want(["1"])
    wait_failed(desk, 1)
    desk.broken.clear()
    desk.inference.fill({"1": None})
    desk.wait_encoded("1")


def test_an_image_that_was_read_at_last_is_encoded(desk: Desk) -> None:
    desk.use(GatedEngine().open_all())
    desk.broken.add("1")
    desk.inference.want(["1"])
    wait_failed(desk, 1)
    desk.broken.clear()
    desk.inference.check("1", content_of("1"))
    desk.wait_encoded("1")


def test_an_image_too_large_for_the_engine_is_not_tried_at_each_visit(desk: Desk) -> None:
    desk.use(Short().open_all())
    desk.inference.want(["1"])
    wait_failed(desk, 1)
    desk.inference.check("1", content_of("1"))
    desk.inference.want(["1"])
    assert desk.inference.encoding_image is None


def test_what_a_drive_withheld_is_encoded_when_it_is_back(desk: Desk) -> None:
    desk.use(GatedEngine().open_all())
    desk.broken |= {"1", "2", "3"}
    desk.inference.want(["1", "2", "3"])
    wait_failed(desk, 3)
    desk.broken.clear()
    desk.inference.retry_unread()
    desk.wait_encoded("1", "2", "3")


def test_one_embedding_that_the_disk_refuses_does_not_end_the_keeping(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, refusals = EmbeddingCache.put, ["once"]

    def put(cache: EmbeddingCache, image: str, engine: str, array: Packed) -> int:
        if refusals:
            refusals.pop()
            raise CacheError("Input/output error")
        return real(cache, image, engine, array)

    monkeypatch.setattr(EmbeddingCache, "put", put)
    desk.use(GatedEngine(keeps=True).open_all())
    desk.inference.fill(dict.fromkeys(["1", "2", "3", "4"]))
    desk.inference.want(["1", "2"])
    desk.wait_encoded("1", "2", "3", "4")
    assert desk.log.named("store_failed") == []
    assert len(desk.cache.contents("engine").images) == 3
