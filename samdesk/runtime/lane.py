"""A lane: one thread that does one job after another, the most urgent first."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from samdesk.engine.base import Cancelled, CancelToken

Post: TypeAlias = Callable[[Callable[[], None]], None]
"""Runs a callable on the thread that owns the lanes' results, soon and in order."""


@dataclass(eq=False)
class Job:
    """Work that was submitted to a lane.

    Attributes:
        key: what it is about; for the lane's owner.
        token: cancels it, before or while it runs.
    """

    key: Hashable
    work: Callable[[CancelToken], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    cancelled: Callable[[], None]
    token: CancelToken = field(default_factory=CancelToken)


class Lane:
    """Runs jobs in its own thread and posts each outcome to the owner's thread.

    Exactly one of a job's `done`, `failed` and `cancelled` is posted, unless the lane is closed
    first. `submit`, `held`, `cancel_all` and `close` belong to the owner's thread.
    """

    def __init__(self, name: str, post: Post) -> None:
        self._post = post
        self._condition = threading.Condition()
        self._heap: list[tuple[float, int, Job]] = []
        self._order = itertools.count()
        self._running: Job | None = None
        self._rank = 0.0
        self._closed = False
        self._may_work = threading.Event()
        self._may_work.set()
        self._thread = threading.Thread(target=self._run, name=f"samdesk {name}", daemon=True)
        self._thread.start()

    def submit(
        self,
        key: Hashable,
        work: Callable[[CancelToken], Any],
        *,
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        cancelled: Callable[[], None] = lambda: None,
        rank: float = 0.0,
    ) -> Job:
        """Queues work; lower ranks first, equal ranks in the order of submission.

        Args:
            work: called in the lane's thread with the job's token.
            done: called in the owner's thread with the result.
            failed: called in the owner's thread with what `work` raised.
            cancelled: called in the owner's thread when the token stopped it.
        """
        job = Job(key, work, done, failed, cancelled)
        with self._condition:
            heapq.heappush(self._heap, (rank, next(self._order), job))
            self._condition.notify()
        return job

    def give_way(self) -> None:
        """Does what is more urgent than the job that runs; called by that job, where it may wait.

        Raises:
            Cancelled: the lane was closed meanwhile.
        """
        running, rank = self._running, self._rank
        while True:
            with self._condition:
                if self._closed:
                    raise Cancelled
                if not self._heap or self._heap[0][0] >= rank:
                    return
                self._rank, _, job = heapq.heappop(self._heap)
                self._running = job
            outcome = self._outcome(job)
            with self._condition:
                self._running, self._rank = running, rank
                if self._closed:
                    raise Cancelled
            self._post(outcome)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Has jobs wait where they call `rest`.

        Two threads that both run Python wait for each other at every call that lets the other one
        in: work of 3 ms made of many such calls takes 30 ms. For what is short and must be quick.
        """
        self._may_work.clear()
        try:
            yield
        finally:
            self._may_work.set()

    def rest(self) -> None:
        """Waits while the lane is held; called by its jobs, between steps below a millisecond."""
        self._may_work.wait()

    def cancel_all(self) -> None:
        """Cancels what runs and what waits."""
        with self._condition:
            jobs = [job for _, _, job in self._heap]
            if self._running is not None:
                jobs.append(self._running)
        for job in jobs:
            job.token.cancel()

    def close(self, timeout: float | None = None) -> bool:
        """Cancels everything and ends the thread; nothing is posted afterwards.

        Args:
            timeout: how long to wait for the thread, in seconds; None waits for its end.

        Returns:
            Whether the thread has ended.
        """
        with self._condition:
            self._closed = True
            self._condition.notify()
        self.cancel_all()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._running = None
                while not self._heap and not self._closed:
                    self._condition.wait()
                if self._closed:
                    return
                self._rank, _, job = heapq.heappop(self._heap)
                self._running = job
            outcome = self._outcome(job)
            with self._condition:
                if self._closed:
                    return
            self._post(outcome)
            # Neither a result nor the job may outlive this turn: they can hold a whole model.
            del job, outcome

    def _outcome(self, job: Job) -> Callable[[], None]:
        try:
            job.token.check()
            result = job.work(job.token)
        except Cancelled:
            return job.cancelled
        except Exception as error:
            # What the work raises is the owner's to judge; a dead lane would serve nobody.
            return _bound(job.failed, error)
        return _bound(job.done, result)


def _bound(callback: Callable[[Any], None], value: Any) -> Callable[[], None]:
    return lambda: callback(value)
