from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from samdesk.engine.base import CancelToken
from samdesk.runtime.lane import Lane
from tests.runtime.owner import Owner


@pytest.fixture
def owner() -> Owner:
    return Owner()


@pytest.fixture
def lane(owner: Owner) -> Iterator[Lane]:
    lane = Lane("test", owner.post)
    yield lane
    assert lane.close(10)


def fail(error: Exception) -> None:
    raise error


def test_the_most_urgent_job_comes_first_and_results_arrive_on_the_owners_thread(
    owner: Owner, lane: Lane
) -> None:
    gate, order, threads = threading.Event(), [], set()

    def done(result: str) -> None:
        order.append(result)
        threads.add(threading.current_thread())

    started = threading.Event()

    def hold(token: CancelToken) -> str:
        started.set()
        gate.wait(30)
        return "first"

    lane.submit("a", hold, done=done, failed=fail)
    started.wait(30)
    lane.submit("b", lambda token: "later", done=done, failed=fail, rank=5)
    lane.submit("c", lambda token: "soon", done=done, failed=fail, rank=1)
    gate.set()
    owner.run_until(lambda: len(order) == 3)
    assert order == ["first", "soon", "later"]
    assert threads == {threading.current_thread()}


def test_a_failing_job_is_told_and_the_lane_goes_on(owner: Owner, lane: Lane) -> None:
    errors: list[Exception] = []
    results: list[int] = []
    lane.submit("a", lambda token: 1 // 0, done=results.append, failed=errors.append)
    lane.submit("b", lambda token: 2, done=results.append, failed=fail)
    owner.run_until(lambda: bool(results))
    assert isinstance(errors[0], ZeroDivisionError)
    assert results == [2]


def test_cancelling_stops_the_running_job_at_its_next_check(owner: Owner, lane: Lane) -> None:
    started, stopped = threading.Event(), []

    def work(token: CancelToken) -> None:
        started.set()
        while True:
            token.check()

    job = lane.submit(
        "a", work, done=lambda _: None, failed=fail, cancelled=lambda: stopped.append(1)
    )
    started.wait(30)
    job.token.cancel()
    owner.run_until(lambda: bool(stopped))


def test_closing_cancels_and_posts_nothing_more(owner: Owner) -> None:
    lane, told, started = Lane("test", owner.post), [], threading.Event()

    def work(token: CancelToken) -> None:
        started.set()
        while True:
            token.check()

    for _ in range(3):
        lane.submit("a", work, done=told.append, failed=fail, cancelled=lambda: told.append(1))
    started.wait(30)
    assert lane.close(30)
    owner.run_pending()
    assert told == []


def test_a_lane_that_is_held_waits_where_its_jobs_may_rest(owner: Owner, lane: Lane) -> None:
    began, rested = threading.Event(), threading.Event()
    results: list[str] = []

    def work(token: CancelToken) -> str:
        began.set()
        lane.rest()
        rested.set()
        return "drawn"

    with lane.held():
        lane.submit("a", work, done=results.append, failed=fail)
        assert began.wait(30)
        assert not rested.wait(0.1)
    assert rested.wait(30)
    owner.run_until(lambda: results == ["drawn"])
