"""`--ray` with workers that have a tiny SAM; some images end their worker."""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from samdesk import cli
from samdesk.core.image import LoadedImage
from samdesk.engine.base import EngineLost
from samdesk.runtime.proposing import Looker
from samdesk.verbs import auto, cluster
from samdesk.verbs.addresses import images_at
from tests.automatic_child import SlowSegmenter

DEADLY, ONCE, LOSING = "deadly.png", "once.png", "losing.png"
LATE, HELD = ("10.png", "11.png", "12.png", "13.png"), ".held"


class MortalLooker(Looker):
    """Its process dies at one image always, and at another the first time.

    At a third its engine is lost. At some later ones it waits while there is a file named HELD.

    Args:
        notes: the folder in which it writes down what happened.
    """

    def __init__(self, notes: Path, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._notes = notes

    def read(self, path: str) -> LoadedImage:
        image = super().read(path)
        self._die_or_note(path)
        return image

    def _die_or_note(self, path: str) -> None:
        time.sleep(0.1)
        while path in LATE and (self._notes / HELD).exists():
            time.sleep(0.1)
        if path == LOSING:
            with (self._notes / ".lost").open("a") as stream:
                stream.write(f"{os.getpid()}\n")
            raise EngineLost("The GPU stopped answering.")
        died = self._notes / ".died"
        before = died.read_text().split() if died.exists() else []
        if path == DEADLY or (path == ONCE and ONCE not in before):
            with died.open("a") as stream:
                stream.write(f"{path}\n")
            os.kill(os.getpid(), 9)
        with (self._notes / ".looked").open("a") as stream:
            stream.write(f"{os.getpid()} {path}\n")


def load_looker(options: Any, root: str) -> Looker:
    from samdesk.engine.cache import EmbeddingCache
    from samdesk.runtime.encoder import CachedEncoder

    engine, notes = SlowSegmenter(), Path(root.removeprefix("file://"))
    encoder = CachedEncoder(engine, EmbeddingCache(notes / ".cache"), print)
    read = partial(images_at(root).read, max_pixels=10**9)
    return MortalLooker(notes, engine, encoder, read, auto.grid_of(options, engine.grid))


def _in_workers(function: Any) -> Any:
    """The function, with the tiny SAM in the process that runs it."""

    def with_tiny_sam(*arguments: Any) -> Any:
        auto.load_looker = load_looker
        return function(*arguments)

    return with_tiny_sam


def main() -> int:
    cluster._CORES = 1
    cluster._about = _in_workers(cluster._about)
    cluster._look = _in_workers(cluster._look)
    cluster._encode = _in_workers(cluster._encode)
    return cli.main([*sys.argv[1:], "--ray", "--json"])


if __name__ == "__main__":
    sys.exit(main())
