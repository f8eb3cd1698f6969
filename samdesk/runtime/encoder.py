"""Embeddings from the cache on disk, or made and put there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from samdesk.core.image import LoadedImage
from samdesk.engine.base import CancelToken, Embedding, Packed, Segmenter
from samdesk.engine.cache import EmbeddingCache
from samdesk.errors import CacheError


@dataclass(frozen=True, eq=False)
class Encoded:
    """An embedding on its way to the cache.

    Attributes:
        sha256: of the image file.
        packed: of `Segmenter.pack`.
    """

    sha256: str
    packed: Packed


class CachedEncoder:
    """An engine's encoder that does no image twice.

    Args:
        tell: is told, once, why nothing is kept.
    """

    def __init__(
        self, engine: Segmenter, cache: EmbeddingCache, tell: Callable[[str], None]
    ) -> None:
        self._engine = engine
        self._cache = cache
        self._tell = tell
        self._is_told = False

    def embedding(self, image: LoadedImage) -> Embedding:
        """Raises:
        EngineError: the engine failed.
        """
        engine = self._engine
        found = self._cache.get(image.sha256, engine.info.key)
        if found is not None:
            return engine.unpack(found, image.width, image.height)
        embedding = engine.embed(image.rgb, token=CancelToken())
        packed = engine.pack(embedding)
        if packed is not None:
            try:
                self._cache.put(image.sha256, engine.info.key, packed)
            except CacheError as error:
                if not self._is_told:
                    self._tell(str(error))
                self._is_told = True
        return embedding
