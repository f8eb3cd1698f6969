"""The scheduler's studies, when engines lack room or change."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from samdesk.engine.base import (
    Attempt,
    CancelToken,
    Embedding,
    OutOfMemory,
    Progress,
    no_progress,
)
from tests.runtime.desk import CLICK, Desk, GatedEngine


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
