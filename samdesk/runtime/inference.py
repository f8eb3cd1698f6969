"""The scheduler: embeddings before they are needed, and a mask for the newest click.

Everything here runs on the owner's thread (the GUI thread, or a test's); the lanes' threads only
run what they are given, and answer through `post`. So there is nothing to lock: requests go out
frozen, results come back by reference.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from samdesk.core.image import LoadedImage
from samdesk.core.prompt import Prompt
from samdesk.engine.base import (
    Cancelled,
    CancelToken,
    Embedding,
    EngineInfo,
    EngineLost,
    Progress,
    Segmenter,
    failure_of,
)
from samdesk.engine.cache import Contents, EmbeddingCache
from samdesk.errors import CacheError, ImageError
from samdesk.runtime import clicks
from samdesk.runtime.backlog import Backlog, State
from samdesk.runtime.bounded import BoundedCache
from samdesk.runtime.clicks import Answerer, Clicks
from samdesk.runtime.lane import Job, Lane, Post
from samdesk.runtime.pace import Pace
from samdesk.runtime.study import Studies

T = TypeVar("T")

_REFUSALS = 3  # of the disk, one after the other, until it is not asked any more
_AT_HAND = 8  # images nearest to the one on screen, whose stored embeddings are read ahead


class Listener(clicks.Listener, Protocol):
    """Is told what happened, on the owner's thread; images are named by their keys."""

    def engine_loading(self, name: str, fraction: float) -> None:
        """So much of an engine is loaded, 0 to 1."""
        ...

    def engine_ready(self, info: EngineInfo) -> None:
        """An engine answers from now on."""
        ...

    def engine_failed(self, name: str, error: Exception) -> None:
        """An engine was not loaded, or cannot go on.

        Whoever has another one in its place uses it at once.
        """
        ...

    def encoding(self, image: str, fraction: float) -> None:
        """So much of an image's encoding is done, 0 to 1."""
        ...

    def encoded(self, image: str, seconds: float) -> None:
        """An image's embedding is there, encoded or found on disk in so many seconds."""
        ...

    def encode_failed(self, image: str, error: Exception) -> None:
        """An image has no embedding, and is not tried again by itself."""
        ...

    def encode_stopped(self, image: str) -> None:
        """An encode gave way to something more urgent; it may come again."""
        ...

    def store_failed(self, error: CacheError) -> None:
        """The disk refused several embeddings one after the other.

        Nothing is put there any more; told once for a folder.
        """
        ...

    def surveyed(self) -> None:
        """It is known which images of the folder have an embedding on disk."""
        ...


class Inference:
    """Owns the engine, its encode and decode lanes, and the embeddings in memory.

    Images are encoded in this order: the one on screen, those near it as `want` says, and, where
    there is a cache on disk that holds them, the folder's others.

    Args:
        load_image: reads an image by key; called on the encode lane.
        read_content: the SHA-256 of an image's file by key; called on the encode lane.
        post: brings a callable to the owner's thread.
        listener: is told what happens.
        capacity: bound for embeddings in memory, in bytes; smaller where an engine keeps them on a
            device that has less for them (`EngineInfo.embedding_bytes`).
        cache: embeddings on disk; used on the encode lane only.
    """

    def __init__(
        self,
        load_image: Callable[[str], LoadedImage],
        read_content: Callable[[str], str],
        post: Post,
        listener: Listener,
        *,
        capacity: int,
        cache: EmbeddingCache,
    ) -> None:
        self._load_image = load_image
        self._read_content = read_content
        self._cache = cache
        self._post = post
        self._listener = listener
        self._encode_lane = Lane("encode", post)
        self._decode_lane = Lane("decode", post)
        self._generation = 0
        self._engine: Segmenter | None = None
        self._loading: tuple[str, Callable[[CancelToken, Progress], Segmenter]] | None = None
        self._encode_job: Job | None = None
        self._encoding: str | None = None
        self._is_outdated = False  # the file was mended while it is encoded
        self._checked: str | None = None  # its content, as it was read while it is encoded
        self._near: dict[str, int] = {}
        self._direction = 1
        self._is_paused = False
        self._backlog = Backlog()
        self._contents: dict[str, str] = {}
        self._must_survey = True
        self._refusals = 0  # of the disk, one after the other
        self._file_nbytes = 0
        self._room: int | None = None
        self._pace = Pace()
        self._failed: dict[str, Exception] = {}
        self._crowded_out: set[str] = set()
        self._clicks = Clicks(
            self._decode_lane, listener, self._answerer, rested=self._rested, lost=self._give_up
        )
        self._studies = Studies(self._decode_lane, post, rested=self._rested, lost=self._give_up)
        self._has_given_up = False
        self._capacity = capacity
        self._embeddings = self._bounded(capacity)

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

    def is_encoded(self, image: str) -> bool:
        """Whether this image need not be encoded: its embedding is in memory or on disk."""
        return image in self._embeddings or self._backlog.is_ready(image)

    def content(self, image: str) -> str | None:
        """The SHA-256 of an image's file, as it was last read."""
        return self._contents.get(image)

    def progress(self) -> tuple[int, int]:
        """How many images are encoded, and how many shall and can be.

        Counted are the folder's images where the disk holds embeddings, else those near the screen.
        """
        if self.encodes_folder:
            return self._backlog.ready, self._backlog.total
        near = [image for image in self._near if image not in self._failed]
        return sum(self.is_encoded(image) for image in near), len(near)

    @property
    def seconds_left(self) -> float | None:
        """Until everything is encoded that will be; None when that cannot be told yet."""
        encoded, total = self.progress()
        if self.encodes_folder:
            total = min(total, self._places_on_disk)
        seconds = self._pace.seconds
        return None if seconds is None else seconds * max(0, total - encoded)

    @property
    def is_disk_full(self) -> bool:
        """Whether the bound of the cache on disk keeps some of the folder from being encoded."""
        encoded, total = self.progress()
        return self.encodes_folder and self._places_on_disk <= encoded < total

    @property
    def encodes_folder(self) -> bool:
        """Whether embeddings of this engine are kept on disk; known after the first one."""
        return self._refusals < _REFUSALS and self._file_nbytes > 0 and self._room is not None

    @property
    def _places_on_disk(self) -> int:
        return (self._room or 0) // self._file_nbytes

    def fill(self, contents: Mapping[str, str | None]) -> None:
        """Says which images the folder has, in order, and the SHA-256 of each file, if known.

        What is told here is believed only to say what is encoded; an embedding is used for an image
        whose file was read and has that content. Images that failed are tried again.
        """
        read = self._contents
        self._contents = {
            image: sha256
            for image, known in contents.items()
            if (sha256 := read.get(image, known)) is not None
        }
        self._backlog = Backlog(contents)
        self._failed.clear()
        self._refusals = 0
        self._must_survey = bool(contents)
        self._give_way()

    def pause(self, is_paused: bool) -> None:
        """Encodes nothing but the image on screen, until it is called again."""
        self._is_paused = is_paused
        self._give_way()

    def use(
        self,
        name: str,
        load: Callable[[CancelToken, Progress], Segmenter],
        *,
        stands_in: bool = False,
    ) -> None:
        """Changes the engine.

        The present one is closed before the new one is loaded, so that there are never two in
        memory. The request that waits for an answer is answered by the new engine. Of several
        calls the last one wins.

        Args:
            name: for people, until the engine is loaded.
            load: called on the encode lane.
            stands_in: for one that `engine_failed` was told of; it takes over the study, too.
        """
        self._generation += 1
        self._loading = (name, load)
        self._has_given_up = False
        self._failed.clear()
        self._embeddings.clear()
        self._backlog.reset()
        self._must_survey = True
        self._file_nbytes, self._room = 0, None
        self._pace = Pace()
        self._clicks.engine_changes(self._generation)
        self._listener.engine_loading(name, 0.0)
        if stands_in:
            self._studies.wait()
        else:
            self._studies.give_up(Cancelled())
        if self._encode_job is not None:
            self._encode_job.token.cancel()
        self._encode_next()

    def want(self, images: Sequence[str], direction: int = 1) -> None:
        """Says which images are near, the most urgent first: the one on screen.

        An encode of another image gives way when the first one has no embedding yet.

        Args:
            direction: in which the rest of the folder follows, 1 or -1.
        """
        self._near = {image: rank for rank, image in enumerate(images)}
        self._direction = direction
        self._crowded_out.clear()
        self._give_way()

    def check(self, image: str, content: str) -> None:
        """Encodes an image again when its file was read and is not what was encoded.

        So it does when the file could not be read before.

        Args:
            content: the SHA-256 of the file's bytes.
        """
        if image in self._embeddings:
            if self._contents.get(image) != content:
                self.retry(image)
        elif image == self._encoding:
            # Which content is being encoded is known only at its end.
            self._checked = content
        elif isinstance(self._failed.get(image), ImageError):
            self.retry(image)

    def retry(self, image: str) -> None:
        """Encodes an image again, for instance after its file was mended."""
        self._embeddings.drop(image)
        self._failed.pop(image, None)
        self._backlog.mark(image, State.TO_DO)
        if self._encode_job is not None and self._encoding == image:
            self._is_outdated = True
            self._encode_job.token.cancel()
        self._encode_next()

    def retry_unread(self) -> None:
        """Encodes again what could not be read, for instance after a drive has come back."""
        unread = [image for image, why in self._failed.items() if isinstance(why, ImageError)]
        for image in unread:
            del self._failed[image]
            self._backlog.mark(image, State.TO_DO)
        self._encode_next()

    def request(self, image: str, prompt: Prompt) -> int:
        """Asks for masks. Answered when the image's embedding is there; the newest request wins.

        An image that failed is tried once more.

        Returns:
            The request's serial.
        """
        serial = self._clicks.ask(image, prompt)
        if image in self._failed:
            self.retry(image)
        return serial

    def study(
        self,
        image: str,
        work: Callable[[Segmenter, Embedding, CancelToken, Progress], T],
        *,
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
        progress: Progress,
    ) -> None:
        """Works on an image's embedding on the decode lane, giving way to clicks.

        One image at a time; encoded after the image on screen. Nothing is told of it when it is
        given up by `stop_study`; when the engine changes, `failed` is told Cancelled, unless the
        new one stands in for one that failed.

        Args:
            work: called on the decode lane; its last argument is to be called often.
            done, failed, progress: called on the owner's thread.
        """
        self._studies.begin(image, work, done=done, failed=failed, progress=progress)
        embedding = self._embeddings.get(image)
        if self._engine is not None and not self._has_given_up and embedding is not None:
            self._studies.go_on(self._engine, image, embedding)
        self._encode_next()

    def stop_study(self) -> None:
        """Gives up what `study` asked for."""
        self._studies.stop()

    def withdraw(self) -> None:
        """Drops the request that waits or is being answered."""
        self._clicks.withdraw()

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
            if not self._clicks.is_busy and not self._studies.is_busy:
                self._load(*self._loading)
            return
        engine = self._engine
        if engine is None or self._has_given_up:
            return
        image = self._next_near(1)
        if image is None and self._must_survey:
            self._survey(engine)
            return
        if image is None:
            image = self._studies.waits_for
        if image is None and not self._is_paused:
            image = self._next_near() or self._next_of_folder()
        if image is not None:
            self._encode(engine, image)

    def _encode(self, engine: Segmenter, image: str) -> None:
        """Makes an image's embedding, or finds it on disk."""
        self._encoding, self._is_outdated, self._checked = image, False, None
        generation, key = self._generation, engine.info.key
        is_near = image in self._near or self._studies.is_of(image)
        can_store = self._refusals < _REFUSALS
        started = time.perf_counter()

        def work(token: CancelToken) -> tuple[str, int, bool]:
            """Returns the image's content, the bytes kept of it, and whether it was encoded."""
            if not is_near:
                content = self._read_content(image)
                found = self._cache.get(content, key)
                if found is not None:
                    return content, found.nbytes, False
                token.check()
            loaded = self._load_image(image)
            token.check()
            packed = self._cache.get(loaded.sha256, key)
            if packed is not None:
                embedding = engine.unpack(packed, loaded.width, loaded.height)
                self._post(lambda: arrived(embedding, loaded.sha256))
                return loaded.sha256, packed.nbytes, False
            embedding = engine.embed(
                loaded.rgb, token=token, progress=self._reporter(image, generation)
            )
            # A click may wait for it: the disk comes later.
            self._post(lambda: arrived(embedding, loaded.sha256))
            nbytes = self._store(engine, loaded.sha256, embedding) if can_store else 0
            return loaded.sha256, nbytes, True

        def is_outdated(content: str) -> bool:
            if self._checked not in (None, content):
                self.retry(image)
            return self._is_outdated

        def arrived(embedding: Embedding, content: str) -> None:
            if is_outdated(content):
                return
            self._contents[image] = content
            if generation != self._generation:
                return
            self._studies.go_on(engine, image, embedding)
            if image in self._near or self._clicks.waits_for(image):
                self._embeddings.put(image, embedding)
                if image not in self._embeddings:
                    self._crowded_out.add(image)
                self._clicks.go_on()

        def done(outcome: tuple[str, int, bool]) -> None:
            content, nbytes, was_encoded = outcome
            if is_outdated(content):
                cancelled()
                return
            self._encode_ended()
            seconds = time.perf_counter() - started
            self._contents[image] = content
            if generation == self._generation:
                self._backlog.mark(image, State.READY if nbytes else State.LEFT)
                self._file_nbytes = max(self._file_nbytes, nbytes)
                if was_encoded:
                    self._pace.note(seconds)
                self._listener.encoded(image, seconds)
            self._encode_next()

        def failed(error: Exception) -> None:
            if self._checked is not None and isinstance(error, ImageError):
                # The file was read since.
                self._is_outdated = True
            if self._is_outdated and not isinstance(error, EngineLost):
                cancelled()
                return
            self._encode_ended()
            error = failure_of(engine, error)
            if generation == self._generation and isinstance(error, EngineLost):
                self._give_up(engine, error)
            elif generation == self._generation:
                self._failed[image] = error
                self._backlog.mark(image, State.LEFT)
                self._listener.encode_failed(image, error)
                self._studies.fail(image, error)
                self._clicks.fail(image, error)
            self._encode_next()

        def cancelled() -> None:
            self._encode_ended()
            self._listener.encode_stopped(image)
            self._encode_next()

        self._listener.encoding(image, 0.0)
        self._encode_job = self._encode_lane.submit(
            image, work, done=done, failed=failed, cancelled=cancelled
        )

    def _store(self, engine: Segmenter, content: str, embedding: Embedding) -> int:
        """Puts an embedding on disk, on the encode lane.

        Returns:
            The bytes it takes there; 0 when it is not kept.
        """
        packed = engine.pack(embedding)
        if packed is None:
            return 0
        failure = None
        try:
            return self._cache.put(content, engine.info.key, packed)
        except CacheError as error:
            failure = error
        finally:
            self._post(lambda: self._stored(failure))
        return 0

    def _stored(self, failure: CacheError | None) -> None:
        self._refusals = 0 if failure is None else self._refusals + 1
        if failure is not None and self._refusals == _REFUSALS:
            self._listener.store_failed(failure)

    def _survey(self, engine: Segmenter) -> None:
        """Finds out which images of the folder are on disk, without reading any."""
        self._must_survey = False
        generation, backlog, key = self._generation, self._backlog, engine.info.key
        known = dict(self._contents)

        def work(_token: CancelToken) -> tuple[Contents, list[str]]:
            stored = self._cache.contents(key)
            return stored, [image for image, sha256 in known.items() if sha256 in stored.images]

        def done(found: tuple[Contents, list[str]]) -> None:
            self._encode_ended()
            stored, ready = found
            if generation == self._generation and backlog is self._backlog:
                self._room = stored.room
                self._file_nbytes = max(self._file_nbytes, stored.nbytes)
                for image in ready:
                    backlog.mark(image, State.READY)
                self._listener.surveyed()
            self._encode_next()

        def failed(error: Exception) -> None:
            self._encode_ended()
            self._encode_next()
            raise error

        def cancelled() -> None:
            self._must_survey = True
            self._encode_ended()
            self._encode_next()

        self._encode_job = self._encode_lane.submit(
            None,
            work,
            done=done,
            failed=failed,
            cancelled=cancelled,
        )

    def _give_way(self) -> None:
        """Stops an encode that is not what is needed most any more, and goes on with what is."""
        if self._encode_job is not None and self._encoding is not None:
            first = next(iter(self._near), None)
            may_go_on = self._encoding == first or (
                self._next_near(1) is None
                and (
                    self._studies.is_of(self._encoding)
                    or (
                        not self._is_paused
                        and (self._encoding in self._near or self._encoding in self._backlog)
                    )
                )
            )
            if not may_go_on:
                self._encode_job.token.cancel()
        self._encode_next()

    def _give_up(self, engine: Segmenter, error: EngineLost) -> None:
        """Stops using an engine that cannot go on; what was asked of it waits for the next one."""
        if not self._has_given_up:
            self._has_given_up = True
            self._engine_failed(engine.info.name, error)

    def _engine_failed(self, name: str, error: Exception) -> None:
        generation = self._generation
        self._listener.engine_failed(name, error)
        if generation == self._generation:
            # Nothing stands in for it.
            self._studies.give_up(error)

    def _encode_ended(self) -> None:
        self._encode_job = None
        self._encoding = None

    def _next_near(self, among: int | None = None) -> str | None:
        """The most urgent image near the screen that is not at hand and would be kept in memory.

        Args:
            among: how many of the nearest are looked at; None for all.
        """
        largest = max((embedding.nbytes for embedding in self._embeddings.values()), default=0)
        for rank, image in enumerate(islice(self._near, among)):
            if image in self._embeddings or image in self._failed or image in self._crowded_out:
                continue
            if rank >= _AT_HAND and self._backlog.is_ready(image):
                continue
            fits = rank == 0 or self._embeddings.has_room_for(image, largest)
            return image if fits else None
        return None

    def _next_of_folder(self) -> str | None:
        """The next image of the folder that is to be encoded to disk, while there is room."""
        if not self.encodes_folder or self._backlog.ready >= self._places_on_disk:
            return None
        return self._backlog.next(next(iter(self._near), None), self._direction)

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
                own = engine.info.embedding_bytes
                capacity = self._capacity if own is None else min(own, self._capacity)
                self._embeddings = self._bounded(capacity)
                self._listener.engine_ready(engine.info)
            self._encode_next()

        def failed(error: Exception) -> None:
            self._encode_ended()
            if generation == self._generation:
                self._engine_failed(name, error)
            self._encode_next()

        def cancelled() -> None:
            self._encode_ended()
            if old is not None:
                old.close()
            self._encode_next()

        self._encode_job = self._encode_lane.submit(
            None, work, done=done, failed=failed, cancelled=cancelled
        )

    def _bounded(self, capacity: int) -> BoundedCache[str, Embedding]:
        return BoundedCache(
            capacity,
            size=lambda embedding: embedding.nbytes,
            rank=lambda image: self._near.get(image, float("inf")),
        )

    def _answerer(self, image: str) -> Answerer | None:
        embedding = self._embeddings.get(image)
        if self._engine is None or self._has_given_up or embedding is None:
            return None
        return Answerer(self._generation, self._engine, embedding)

    def _rested(self) -> None:
        """The decode lane has ended something; the engine may be changed now."""
        if self._loading is not None:
            self._encode_next()
