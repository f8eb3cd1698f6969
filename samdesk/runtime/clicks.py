"""The newest prompt, on its way to its masks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from samdesk.core.prompt import Prompt
from samdesk.engine.base import (
    CancelToken,
    Embedding,
    EngineLost,
    Prediction,
    Segmenter,
    failure_of,
)
from samdesk.runtime.lane import Lane


@dataclass(frozen=True)
class Request:
    """A prompt on its way to the decode lane.

    Attributes:
        generation: of the engine that shall answer.
        image: the image's key.
        serial: grows with every request; the newest is the one that counts.
    """

    generation: int
    image: str
    serial: int
    prompt: Prompt


@dataclass(frozen=True, eq=False)
class Answerer:
    """What can answer prompts on one image now.

    Attributes:
        generation: grows with every change of the engine.
    """

    generation: int
    engine: Segmenter
    embedding: Embedding


class Listener(Protocol):
    """Is told what became of requests, on the owner's thread."""

    def predicted(self, request: Request, prediction: Prediction, seconds: float) -> None:
        """A request was answered, so many seconds after the decoder got it."""
        ...

    def predict_failed(self, request: Request, error: Exception) -> None:
        """A request will not be answered."""
        ...


class Clicks:
    """Answers the newest request on the decode lane, one at a time.

    Args:
        lane: the decode lane.
        listener: is told what happens.
        find: what can answer prompts on an image now; None while nothing can.
        rested: called when an answer has come and nothing is being answered any more.
        lost: called when an engine cannot go on; the request that it left waits for the next one.
    """

    def __init__(
        self,
        lane: Lane,
        listener: Listener,
        find: Callable[[str], Answerer | None],
        *,
        rested: Callable[[], None],
        lost: Callable[[Segmenter, EngineLost], None],
    ) -> None:
        self._lane = lane
        self._listener = listener
        self._find = find
        self._rested = rested
        self._lost = lost
        self._serial = 0
        self._generation = 0
        self._waiting: Request | None = None
        self._decoding: Request | None = None
        self.is_busy = False

    def ask(self, image: str, prompt: Prompt) -> int:
        """Asks for masks; an older request is forgotten.

        Returns:
            The request's serial.
        """
        self._serial += 1
        self._waiting = Request(self._generation, image, self._serial, prompt)
        self.go_on()
        return self._serial

    def waits_for(self, image: str) -> bool:
        """Whether a request waits for this image's embedding."""
        return self._waiting is not None and self._waiting.image == image

    def withdraw(self) -> None:
        """Drops the request that waits or is being answered."""
        self._waiting = self._decoding = None

    def engine_changes(self, generation: int) -> None:
        """Leaves what is being answered to the next engine."""
        self._generation = generation
        if self._waiting is None:
            self._waiting = self._decoding
        self._decoding = None

    def fail(self, image: str, error: Exception) -> None:
        """Gives up the request that waits for this image."""
        if self.waits_for(image):
            request, self._waiting = self._waiting, None
            assert request is not None
            self._listener.predict_failed(request, error)

    def go_on(self) -> None:
        """Answers the request that waits, if it can be answered now."""
        request = self._waiting
        if request is None or self.is_busy:
            return
        answerer = self._find(request.image)
        if answerer is None:
            return
        if request.generation != answerer.generation:
            # The engine changed while the prompt waited: the same question, but another engine's
            # logits would mean nothing to this one.
            prompt = replace(request.prompt, prior=None)
            request = replace(request, generation=answerer.generation, prompt=prompt)
        self._waiting, self._decoding, self.is_busy = None, request, True
        self._decode(request, answerer.engine, answerer.embedding)

    def _decode(self, request: Request, engine: Segmenter, embedding: Embedding) -> None:
        started = time.perf_counter()

        def work(_token: CancelToken) -> Prediction:
            prediction = engine.predict(embedding, request.prompt)
            # The best mask is drawn at once, so its pixels are made here, not on the GUI thread.
            prediction.candidates[0].mask()
            return prediction

        def done(prediction: Prediction) -> None:
            if self._ended(request):
                self._listener.predicted(request, prediction, time.perf_counter() - started)

        def failed(error: Exception) -> None:
            is_fresh = self._ended(request)
            error = failure_of(engine, error)
            if isinstance(error, EngineLost) and request.generation == self._generation:
                if is_fresh:
                    self._waiting = request
                self._lost(engine, error)
            elif is_fresh:
                self._listener.predict_failed(request, error)

        self._lane.submit(request.image, work, done=done, failed=failed)

    def _ended(self, request: Request) -> bool:
        """The one place where stale results are told from fresh ones."""
        is_fresh = self._decoding == request and request.generation == self._generation
        self._decoding, self.is_busy = None, False
        self._rested()
        self.go_on()
        return is_fresh and request.serial == self._serial
