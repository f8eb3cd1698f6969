"""`samdesk precompute`: a folder's embeddings, before anybody needs them.

What is done is in the cache, so a run that was stopped goes on where it was, and machines that
share a cache share the work by shards.
"""

from __future__ import annotations

import argparse
import hashlib
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samdesk import settings
from samdesk.core.image import LoadedImage, list_images, load_image
from samdesk.core.image.content import content_sha256
from samdesk.engine.base import CancelToken, EngineInfo, Segmenter
from samdesk.engine.cache import GB, EmbeddingCache
from samdesk.engine.choose import choose_engine
from samdesk.engine.recommend import Preference
from samdesk.errors import EngineError, ImageError, SamdeskError
from samdesk.folders import Folders
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
    root: Path = options.folder.expanduser().absolute()
    shard, shards = options.shard
    paths = in_shard(list_images(root), shard, shards)
    choice = choose_engine(
        options.engine,
        folders.checkpoints,
        cache=folders.cache,
        file=options.checkpoint,
        preference=Preference(device=options.device, precision=options.precision),
    )
    engine = choice.load(CancelToken(), lambda fraction: None)
    if engine.info.checkpoint is None:
        raise EngineError(
            "The built-in engine has nothing to precompute: it reads an image in no time.",
            "Get a checkpoint first, for instance by: samdesk checkpoints download vit_b",
        )
    say(f"engine: {engine.info.name} on {engine.info.device}")
    if engine.info.remark:
        say(engine.info.remark)
    cache = EmbeddingCache(
        options.cache or preferred.cache_path(folders.cache),
        int(options.cache_gb * GB) or preferred.cache_bytes,
    )
    run = _Run(len(paths))
    meter = Meter(run.total)
    failure = None
    try:
        _fill(run, root, paths, engine, cache, shards, preferred.max_pixels, meter)
    except KeyboardInterrupt:
        run.is_interrupted = True
    except SamdeskError as error:
        # The disk is full, or the engine out of memory: what is done is told first.
        failure = error
    meter.show(run.done, is_over=True)
    engine.close()
    code = _told(options, run, engine.info, cache)
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


def _fill(
    run: _Run,
    root: Path,
    paths: Sequence[str],
    engine: Segmenter,
    cache: EmbeddingCache,
    shards: int,
    max_pixels: int,
    meter: Meter,
) -> None:
    key = engine.info.key
    contents = cache.contents(key)
    nbytes = contents.nbytes

    def read(path: str) -> LoadedImage | None:
        content = content_sha256(root / path)
        if cache.get(content, key) is not None:
            return None
        return load_image(root / path, max_pixels=max_pixels)

    for path, reading in ahead(read, paths):
        # The other shards need as much room each.
        if nbytes and (run.kept + 1) * nbytes * shards > contents.room:
            run.is_full = True
            return
        started = time.perf_counter()
        try:
            image = reading.result()
            # Another file with this content may have been encoded since it was read.
            if image is None or cache.get(image.sha256, key) is not None:
                run.there_already += 1
                meter.show(run.done)
                continue
            packed = engine.pack(engine.embed(image.rgb, token=CancelToken()))
            if packed is None:
                raise ImageError(
                    f"The embedding of {path} has values that are too large to be kept.",
                    "Use --precision exact.",
                )
        except ImageError as error:
            meter.show(run.done, is_over=True)
            say(f"{path}: {error}")
            run.failed.append({"image": path, "title": error.title, "hint": error.hint})
            continue
        nbytes = max(nbytes, cache.put(image.sha256, key, packed))
        run.encoded += 1
        meter.show(run.done, time.perf_counter() - started)


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
        "folder": str(options.folder),
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
