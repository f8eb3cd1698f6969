"""Long work on a lane gives way to what is more urgent."""

from __future__ import annotations

import threading
from typing import Any

from samdesk.runtime.lane import Lane
from tests.runtime.owner import Owner


def test_urgent_jobs_are_done_within_a_long_one() -> None:
    owner = Owner()
    lane = Lane("test", owner.post)
    done: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def long(_token: Any) -> str:
        begun.set()
        go_on.wait(10)
        lane.give_way()
        return "long"

    def fail(error: Exception) -> None:
        raise error

    lane.submit("long", long, done=done.append, failed=fail, rank=1.0)
    assert begun.wait(10)
    lane.submit("later", lambda _token: "later", done=done.append, failed=fail, rank=1.0)
    lane.submit("click", lambda _token: "click", done=done.append, failed=fail)
    go_on.set()
    owner.run_until(lambda: len(done) == 3)
    assert done == ["click", "long", "later"]
    lane.close()
