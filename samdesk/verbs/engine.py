"""The engine that a verb works with."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from samdesk import settings
from samdesk.engine.base import CancelToken, EngineInfo, Segmenter
from samdesk.engine.cache import EmbeddingCache
from samdesk.engine.choose import choose_engine
from samdesk.engine.recommend import Preference
from samdesk.folders import Folders
from samdesk.runtime.encoder import CachedEncoder
from samdesk.verbs.talk import say


@dataclass(frozen=True)
class Loaded:
    """An engine that can be used at once.

    Attributes:
        encoder: keeps embeddings where the settings say.
        max_pixels: of images, by the settings.
    """

    engine: Segmenter
    encoder: CachedEncoder
    max_pixels: int


def load_engine(options: argparse.Namespace) -> Loaded:
    """Loads what the command line asks for; what it does not say is up to this machine.

    Raises:
        SamdeskError: the engine cannot be loaded.
    """
    folders = Folders.find()
    preferred = settings.load(folders.config / "settings.json", lambda error: say(str(error)))
    choice = choose_engine(
        options.engine,
        folders.checkpoints,
        cache=folders.cache,
        file=options.checkpoint,
        preference=Preference(device=options.device, precision=options.precision),
    )
    engine = choice.load(CancelToken(), lambda fraction: None)
    cache = EmbeddingCache(preferred.cache_path(folders.cache), preferred.cache_bytes)
    return Loaded(engine, CachedEncoder(engine, cache, say), preferred.max_pixels)


def introduce(engine: EngineInfo) -> None:
    """Tells which engine it is, and what the user should know of it."""
    say(f"engine: {engine.name} on {engine.device}")
    if engine.remark:
        say(engine.remark)
