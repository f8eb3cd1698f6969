"""Long work on one image's embedding, less urgent than clicks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from samdesk.engine.base import (
    CancelToken,
    Embedding,
    EngineLost,
    Progress,
    Segmenter,
    failure_of,
)
from samdesk.runtime.lane import Job, Lane, Post

Work: TypeAlias = Callable[[Segmenter, Embedding, CancelToken, Progress], Any]


@dataclass(eq=False)
class _Study:
    image: str
    work: Work
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    progress: Progress
    embedding: Embedding | None = None
    job: Job | None = None


class Studies:
    """Does one study at a time on the decode lane, giving way to clicks.

    Args:
        lane: the decode lane.
        post: brings a callable to the owner's thread.
        rested: called when work on the lane has ended.
    """

    def __init__(
        self,
        lane: Lane,
        post: Post,
        *,
        rested: Callable[[], None],
        lost: Callable[[Segmenter, EngineLost], None],
    ) -> None:
        self._lane = lane
        self._post = post
        self._rested = rested
        self._lost = lost
        self._running = 0
        self._study: _Study | None = None

    @property
    def is_busy(self) -> bool:
        """Whether work of a study, maybe of one that was given up, still uses the engine."""
        return self._running > 0

    @property
    def waits_for(self) -> str | None:
        """The image whose embedding is missing."""
        study = self._study
        return study.image if study is not None and study.embedding is None else None

    def is_of(self, image: str) -> bool:
        """Whether this image is being studied, or waits for its embedding."""
        return self._study is not None and self._study.image == image

    def begin(
        self,
        image: str,
        work: Work,
        *,
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        progress: Progress,
    ) -> None:
        """See `Inference.study`. The work begins when `go_on` brings the embedding."""
        self.stop()
        self._study = _Study(image, work, done, failed, progress)

    def stop(self) -> None:
        """Gives the study up without telling anybody."""
        study, self._study = self._study, None
        if study is not None and study.job is not None:
            study.job.token.cancel()

    def fail(self, image: str, error: Exception) -> None:
        """Gives the study of this image up."""
        if self.is_of(image):
            self.give_up(error)

    def give_up(self, error: Exception) -> None:
        """Gives the study up, if there is one."""
        study = self._study
        if study is not None:
            self.stop()
            study.failed(error)

    def wait(self) -> None:
        """Leaves the study, if there is one, to the next engine."""
        study = self._study
        if study is not None:
            self.stop()
            # Another one, so that nothing of the old engine's is taken for it.
            self._study = replace(study, embedding=None, job=None)

    def go_on(self, engine: Segmenter, image: str, embedding: Embedding) -> None:
        """Begins the work that waits for this image's embedding."""
        study = self._study
        if study is None or study.image != image or study.job is not None:
            return
        study.embedding = embedding

        def told(fraction: float) -> None:
            if self._study is study:
                study.progress(fraction)

        def progress(fraction: float) -> None:
            self._lane.give_way()
            self._post(lambda: told(fraction))

        def done(found: Any) -> None:
            self._ended()
            if self._study is study:
                self._study = None
                study.done(found)

        def failed(error: Exception) -> None:
            self._ended()
            if self._study is not study:
                # It was given up, or waits for the engine that takes this one's place.
                return
            error = failure_of(engine, error)
            if isinstance(error, EngineLost):
                self._lost(engine, error)
            if self._study is study:
                self.give_up(error)

        self._running += 1
        study.job = self._lane.submit(
            image,
            lambda token: study.work(engine, embedding, token, progress),
            done=done,
            failed=failed,
            cancelled=self._ended,
            rank=1.0,
        )

    def _ended(self) -> None:
        self._running -= 1
        self._rested()
