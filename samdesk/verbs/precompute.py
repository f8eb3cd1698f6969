"""`samdesk precompute`: a folder's embeddings, before anybody needs them.

What is done is in the cache, so a run that was stopped goes on where it was, and machines that
share a cache share the work by shards. The workers of a cluster need share no cache: what they
encode comes here, so that one process writes, and keeps the bound.
"""

from __future__ import annotations

import argparse
import hashlib
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from samdesk import settings
from samdesk.core.image import LoadedImage
from samdesk.engine.base import EngineInfo, EngineLost, one_of_many
from samdesk.engine.cache import GB, EmbeddingCache
from samdesk.errors import EngineError, ImageError, SamdeskError
from samdesk.folders import Folders
from samdesk.runtime.encoder import Encoded
from samdesk.runtime.proposing import Looker
from samdesk.verbs.addresses import images_at, shown, when_they_come
from samdesk.verbs.auto import load_looker
from samdesk.verbs.engine import introduce
from samdesk.verbs.meter import Meter
from samdesk.verbs.reading import ahead
from samdesk.verbs.talk import FAILED, INTERRUPTED, OK, result, say


@dataclass
class _Run:
    """How far a run is."""

    total: int
    encoded: int = 0
    there_already: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)
    is_full: bool = False
    is_interrupted: bool = False

    @property
    def done(self) -> int:
        return self.encoded + self.there_already + len(self.failed)

    @property
    def kept(self) -> int:
        return self.encoded + self.there_already


def precompute(options: argparse.Namespace) -> int:
    """Encodes every image of a folder, or of a shard of it, that is not in the cache yet."""
    folders = Folders.find()
    preferred = settings.load(folders.config / "settings.json")
    is_local = isinstance(options.folder, Path)
    root = options.folder.expanduser().absolute() if is_local else options.folder
    shard, shards = options.shard
    paths = in_shard(images_at(root).paths(), shard, shards)
    with closing(_hands(options, root)) as hands:
        info = hands.info
        if info.checkpoint is None:
            raise EngineError(
                "The built-in engine has nothing to precompute: it reads an image in no time.",
                "Get a checkpoint first, for instance by: samdesk checkpoints download vit_b",
            )
        introduce(info)
        cache = EmbeddingCache(
            options.cache or preferred.cache_path(folders.cache),
            int(options.cache_gb * GB) or preferred.cache_bytes,
        )
        run = _Run(len(paths))
        meter = Meter(run.total)
        failure = None
        try:
            _fill(run, hands, paths, cache, shards, meter)
        except KeyboardInterrupt:
            run.is_interrupted = True
        except SamdeskError as error:
            # The disk is full, or the engine out of memory: what is done is told first.
            failure = error
        meter.show(run.done, is_over=True)
    code = _told(options, run, info, cache)
    if failure is not None:
        raise failure
    return code


def in_shard(paths: Sequence[str], shard: int, shards: int) -> list[str]:
    """The paths of one of several shards, by their names alone.

    Every path is in exactly one shard, on every machine, and stays there when others are added.

    Args:
        paths: relative to the folder, with forward slashes.
        shard: from 1 to `shards`.
    """

    def place(path: str) -> int:
        # macOS may spell the same name in other code points than Linux and Windows.
        name = unicodedata.normalize("NFC", path).encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.sha256(name).digest()[:8], "big") % shards

    return [path for path in paths if place(path) == shard - 1]


class Hands(Protocol):
    """Whoever encodes the images: this process, or the workers of a cluster.

    Attributes:
        info: of the engine.
    """

    info: EngineInfo

    def encodings(
        self, paths: Sequence[str], is_there: Callable[[str], bool], there: frozenset[str]
    ) -> Iterator[tuple[str, Encoded | SamdeskError | None]]:
        """Each path with its image's embedding, or why there is none, in any order.

        Args:
            is_there: whether the embedding of an image file with this SHA-256 is not needed; None
                stands for it.
            there: the SHA-256 of files for which it is true now.
        """
        ...

    def close(self) -> None: ...


def _hands(options: argparse.Namespace, root: Path | str) -> Hands:
    if options.ray is not None:
        from samdesk.verbs.cluster import Cluster

        return Cluster(options, root)
    return _ThisProcess(load_looker(options, root), root)


class _ThisProcess:
    """See `Hands`."""

    def __init__(self, looker: Looker, root: Path | str) -> None:
        self.info = looker.engine.info
        self._looker = looker
        self._root = root

    def encodings(
        self, paths: Sequence[str], is_there: Callable[[str], bool], there: frozenset[str]
    ) -> Iterator[tuple[str, Encoded | SamdeskError | None]]:
        """See `Hands.encodings`."""
        looker, images = self._looker, images_at(self._root)
        together: dict[str, LoadedImage] = {}

        def read(path: str) -> LoadedImage | None:
            sha256 = images.sha256(path)
            return None if sha256 is not None and is_there(sha256) else looker.read(path)

        for path, reading in ahead(read, paths, looker.engine.batch):
            try:
                with one_of_many():
                    image = reading.result()
            except (ImageError, EngineError) as error:
                yield path, error
                continue
            # Another file with this content may have been encoded since it was read.
            if image is None or is_there(image.sha256):
                yield path, None
                continue
            together[path] = image
            if len(together) >= looker.engine.batch:
                yield from self._encoded(together)
                together.clear()
        if together:
            yield from self._encoded(together)

    def _encoded(
        self, together: dict[str, LoadedImage]
    ) -> Iterator[tuple[str, Encoded | SamdeskError]]:
        try:
            with one_of_many():
                encoded: Sequence[Encoded | SamdeskError]
                encoded = self._looker.encode(list(together.values()))
        except EngineLost:
            raise
        except EngineError as error:
            if len(together) > 1:
                # It may be for one of them alone.
                for path, image in together.items():
                    yield from self._encoded({path: image})
                return
            encoded = [error]
        yield from zip(together, encoded, strict=True)

    def close(self) -> None:
        """See `Hands.close`."""
        self._looker.engine.close()


def _fill(
    run: _Run,
    hands: Hands,
    paths: Sequence[str],
    cache: EmbeddingCache,
    shards: int,
    meter: Meter,
) -> None:
    key = hands.info.key
    contents = cache.contents(key)
    nbytes = contents.nbytes
    started = time.perf_counter()

    def is_there(image: str) -> bool:
        return cache.get(image, key) is not None

    encodings = hands.encodings(paths, is_there, contents.images)
    for path, encoding in when_they_come(encodings):
        if isinstance(encoding, SamdeskError):
            meter.show(run.done, is_over=True)
            say(f"{path}: {encoding}")
            run.failed.append({"image": path, "title": encoding.title, "hint": encoding.hint})
        elif encoding is None or is_there(encoding.sha256):
            run.there_already += 1
            meter.show(run.done)
        else:
            nbytes = max(nbytes, cache.put(encoding.sha256, key, encoding.packed))
            run.encoded += 1
            meter.show(run.done, time.perf_counter() - started)
        # The other shards need as much room each.
        if run.done < run.total and nbytes and (run.kept + 1) * nbytes * shards > contents.room:
            run.is_full = True
            return
        started = time.perf_counter()


def _told(options: argparse.Namespace, run: _Run, info: EngineInfo, cache: EmbeddingCache) -> int:
    if options.json:
        result(_row(options, run, info, cache))
    else:
        print(
            f"{run.encoded:,} encoded, {run.there_already:,} there already, "
            f"{len(run.failed):,} failed, {run.total - run.done:,} left"
        )
    if run.is_interrupted:
        say("Stopped; what is done is kept. The same command goes on from here.")
        return INTERRUPTED
    if run.is_full:
        raise SamdeskError(
            f"The cache in {cache.folder} holds no more: the rest was not encoded.",
            "Allow more by --cache-gb, or by cache_gb in the settings, or name another --cache.",
        )
    return FAILED if run.failed else OK


def _row(
    options: argparse.Namespace, run: _Run, info: EngineInfo, cache: EmbeddingCache
) -> dict[str, Any]:
    return {
        "folder": shown(options.folder),
        "shard": "{}/{}".format(*options.shard),
        "engine": info.name,
        "key": info.key,
        "cache": str(cache.folder),
        "images": run.total,
        "encoded": run.encoded,
        "there_already": run.there_already,
        "failed": run.failed,
        "complete": run.kept == run.total,
    }
