"""The scheduler: embeddings before they are needed, and a mask for the newest click.

Everything here runs on the owner's thread (the GUI thread, or a test's); the lanes' threads only
run what they are given, and answer through `post`. So there is nothing to lock: requests go out
frozen, results come back by reference.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from samdesk.core.prompt import Prompt
from samdesk.engine.base import (
    RGB,
    CancelToken,
    Embedding,
    EngineInfo,
    EngineLost,
    Prediction,
    Progress,
    Segmenter,
)
from samdesk.runtime.bounded import BoundedCache
from samdesk.runtime.lane import Job, Lane, Post


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


class Listener(Protocol):
    """Is told what happened, on the owner's thread."""

    def engine_loading(self, name: str, fraction: float) -> None: ...

    def engine_ready(self, info: EngineInfo) -> None: ...

    def engine_failed(self, name: str, error: Exception) -> None: ...

    def encoding(self, image: str, fraction: float) -> None: ...

    def encoded(self, image: str, seconds: float) -> None: ...

    def encode_failed(self, image: str, error: Exception) -> None: ...

    def encode_stopped(self, image: str) -> None: ...

    def predicted(self, request: Request, prediction: Prediction, seconds: float) -> None: ...

    def predict_failed(self, request: Request, error: Exception) -> None: ...


class Inference:
    """Owns the engine, its encode and decode lanes, and the embeddings in memory.

    Args:
        load_image: reads an image by key; called on the encode lane.
        post: brings a callable to the owner's thread.
        listener: is told what happens.
        capacity: bound for embeddings in memory, in bytes.
    """

    def __init__(
        self,
        load_image: Callable[[str], RGB],
        post: Post,
        listener: Listener,
        *,
        capacity: int,
    ) -> None:
        self._load_image = load_image
        self._post = post
        self._listener = listener
        self._encode_lane = Lane("encode", post)
        self._decode_lane = Lane("decode", post)
        self._generation = 0
        self._serial = 0
        self._engine: Segmenter | None = None
        self._loading: tuple[str, Callable[[CancelToken, Progress], Segmenter]] | None = None
        self._encode_job: Job | None = None
        self._encoding: str | None = None
        self._wanted: dict[str, int] = {}
        self._failed: set[str] = set()
        self._crowded_out: set[str] = set()
        self._request: Request | None = None
        self._decoding: Request | None = None
        self._decode_busy = False
        self._has_given_up = False
        self._embeddings: BoundedCache[str, Embedding] = BoundedCache(
            capacity,
            size=lambda embedding: embedding.nbytes,
            rank=lambda image: self._wanted.get(image, float("inf")),
        )

    @property
    def engine(self) -> EngineInfo | None:
        """The engine in use; None while one is being loaded."""
        return self._engine.info if self._engine else None

    @property
    def encoding_image(self) -> str | None:
        """The image that is being encoded now."""
        return self._encoding

    def has_embedding(self, image: str) -> bool:
        """Whether a prompt on this image would be answered at once."""
        return image in self._embeddings

    def progress(self) -> tuple[int, int]:
        """How many of the wanted images are encoded, and how many are wanted and can be."""
        wanted = [image for image in self._wanted if image not in self._failed]
        return sum(image in self._embeddings for image in wanted), len(wanted)

    def use(self, name: str, load: Callable[[CancelToken, Progress], Segmenter]) -> None:
        """Changes the engine.

        The present one is closed before the new one is loaded, so that there are never two in
        memory. The request that waits for an answer is answered by the new engine. Of several
        calls the last one wins.

        Args:
            name: for people, until the engine is loaded.
            load: called on the encode lane.
        """
        self._generation += 1
        self._loading = (name, load)
        self._has_given_up = False
        self._failed.clear()
        self._embeddings.clear()
        if self._request is None:
            self._request = self._decoding
        self._decoding = None
        self._listener.engine_loading(name, 0.0)
        if self._encode_job is not None:
            self._encode_job.token.cancel()
        self._encode_next()

    def want(self, images: Sequence[str]) -> None:
        """Says which images shall be encoded, the most urgent first: the one on screen.

        An encode of another image gives way when the first one has no embedding yet.
        """
        self._wanted = {image: rank for rank, image in enumerate(images)}
        self._crowded_out.clear()
        first = images[0] if images else None
        if (
            self._encoding is not None
            and self._encode_job is not None
            and first != self._encoding
            and (
                self._encoding not in self._wanted
                or (first not in self._embeddings and first not in self._failed)
            )
        ):
            self._encode_job.token.cancel()
        self._encode_next()

    def retry(self, image: str) -> None:
        """Encodes an image again that failed, for instance after the file was mended."""
        self._failed.discard(image)
        self._encode_next()

    def request(self, image: str, prompt: Prompt) -> int:
        """Asks for masks. Answered when the image's embedding is there; the newest request wins.

        Returns:
            The request's serial.
        """
        self._serial += 1
        self._request = Request(self._generation, image, self._serial, prompt)
        self._decode_next()
        return self._serial

    def withdraw(self) -> None:
        """Drops the request that waits or is being answered."""
        self._request = self._decoding = None

    def close(self, timeout: float | None = 5.0) -> None:
        """Stops the lanes and frees the engine."""
        stopped = self._encode_lane.close(timeout) and self._decode_lane.close(timeout)
        if self._engine is not None and stopped:
            self._engine.close()
        self._engine = None
        self._embeddings.clear()

    # What follows keeps the encode lane busy.

    def _encode_next(self) -> None:
        if self._encode_job is not None:
            return
        if self._loading is not None:
            # The decode lane may still use the engine that goes; its answer comes first.
            if self._decoding is None and not self._decode_busy:
                self._load(*self._loading)
            return
        engine = self._engine
        if engine is None or self._has_given_up:
            return
        image = self._next_wanted()
        if image is None:
            return
        self._encoding = image
        generation = self._generation
        started = time.perf_counter()

        def work(token: CancelToken) -> Embedding:
            pixels = self._load_image(image)
            token.check()
            return engine.embed(pixels, token=token, progress=self._reporter(image, generation))

        def done(embedding: Embedding) -> None:
            self._encode_ended()
            if generation == self._generation:
                self._embeddings.put(image, embedding)
                if image not in self._embeddings:
                    self._crowded_out.add(image)
                self._listener.encoded(image, time.perf_counter() - started)
                self._decode_next()
            self._encode_next()

        def failed(error: Exception) -> None:
            self._encode_ended()
            if generation == self._generation and isinstance(error, EngineLost):
                self._give_up(engine, error)
            elif generation == self._generation:
                self._failed.add(image)
                self._listener.encode_failed(image, error)
                if self._request is not None and self._request.image == image:
                    request, self._request = self._request, None
                    self._listener.predict_failed(request, error)
            self._encode_next()

        def cancelled() -> None:
            self._encode_ended()
            self._listener.encode_stopped(image)
            self._encode_next()

        self._listener.encoding(image, 0.0)
        self._encode_job = self._encode_lane.submit(
            image, work, done=done, failed=failed, cancelled=cancelled
        )

    def _give_up(self, engine: Segmenter, error: EngineLost) -> None:
        """Stops using an engine that cannot go on; what was asked of it waits for the next one."""
        if not self._has_given_up:
            self._has_given_up = True
            self._listener.engine_failed(engine.info.name, error)

    def _encode_ended(self) -> None:
        self._encode_job = None
        self._encoding = None

    def _next_wanted(self) -> str | None:
        """The most urgent image that has no embedding and whose embedding would be kept."""
        largest = max((embedding.nbytes for embedding in self._embeddings.values()), default=0)
        done = self._failed | self._crowded_out
        for rank, image in enumerate(self._wanted):
            if image in self._embeddings or image in done:
                continue
            fits = rank == 0 or self._embeddings.has_room_for(image, largest)
            return image if fits else None
        return None

    def _reporter(self, image: str, generation: int) -> Progress:
        def told(fraction: float) -> None:
            if generation == self._generation and self._encoding == image:
                self._listener.encoding(image, fraction)

        return lambda fraction: self._post(lambda: told(fraction))

    def _load(self, name: str, load: Callable[[CancelToken, Progress], Segmenter]) -> None:
        old, self._engine, self._loading = self._engine, None, None
        generation = self._generation

        def told(fraction: float) -> None:
            if generation == self._generation:
                self._listener.engine_loading(name, fraction)

        def work(token: CancelToken) -> Segmenter:
            nonlocal old
            if old is not None:
                old.close()
                old = None
            token.check()
            return load(token, lambda fraction: self._post(lambda: told(fraction)))

        def done(engine: Segmenter) -> None:
            self._encode_ended()
            if generation != self._generation:
                engine.close()
            else:
                self._engine = engine
                self._listener.engine_ready(engine.info)
            self._encode_next()

        def failed(error: Exception) -> None:
            self._encode_ended()
            if generation == self._generation:
                self._listener.engine_failed(name, error)
            self._encode_next()

        def cancelled() -> None:
            self._encode_ended()
            if old is not None:
                old.close()
            self._encode_next()

        self._encode_job = self._encode_lane.submit(
            None, work, done=done, failed=failed, cancelled=cancelled
        )

    # What follows keeps the decode lane busy with the newest request, one at a time.

    def _decode_next(self) -> None:
        request, engine = self._request, self._engine
        if request is None or engine is None or self._decode_busy or self._has_given_up:
            return
        embedding = self._embeddings.get(request.image)
        if embedding is None:
            return
        if request.generation != self._generation:
            # The engine changed while the prompt waited: the same question, but another engine's
            # logits would mean nothing to this one.
            prompt = replace(request.prompt, prior=None)
            request = replace(request, generation=self._generation, prompt=prompt)
        self._request, self._decoding, self._decode_busy = None, request, True
        started = time.perf_counter()

        def work(_token: CancelToken) -> Prediction:
            prediction = engine.predict(embedding, request.prompt)
            # The best mask is drawn at once, so its pixels are made here, not on the GUI thread.
            prediction.candidates[0].mask()
            return prediction

        def done(prediction: Prediction) -> None:
            fresh = self._decode_ended(request)
            if fresh:
                self._listener.predicted(request, prediction, time.perf_counter() - started)

        def failed(error: Exception) -> None:
            fresh = self._decode_ended(request)
            if isinstance(error, EngineLost) and request.generation == self._generation:
                if fresh:
                    self._request = request
                self._give_up(engine, error)
            elif fresh:
                self._listener.predict_failed(request, error)

        self._decode_lane.submit(request.image, work, done=done, failed=failed)

    def _decode_ended(self, request: Request) -> bool:
        """The one place where stale results are told from fresh ones."""
        fresh = self._decoding == request and request.generation == self._generation
        self._decoding, self._decode_busy = None, False
        if self._loading is not None:
            self._encode_next()
        self._decode_next()
        return fresh and request.serial == self._serial
