"""A process that fills a cache together with others and reads what they wrote."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np

from samdesk.engine.cache import EmbeddingCache


def image(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def array(number: int, dtype: str = "float16") -> np.ndarray:
    return np.random.default_rng(number).normal(size=(4, 8, 8)).astype(dtype)


def main() -> None:
    folder, bound, first, count = Path(sys.argv[1]), *(int(text) for text in sys.argv[2:])
    cache = EmbeddingCache(folder, bound)
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(first, first + count):
        cache.put(image(number), "engine", array(number))
        for other in range(first + count):
            found = cache.get(image(other), "engine")
            assert found is None or (found == array(other)).all(), other


if __name__ == "__main__":
    main()
