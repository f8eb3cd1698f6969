"""What was found in the images of a shard that is not complete, on disk as soon as it is found.

A line of JSON for the shard, and one for each image. A process may be killed at any moment: a line
that was not written to its end counts as never written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from samdesk.core.mask import Mask
from samdesk.core.prompt import Point, Prompt
from samdesk.engine.base import Found
from samdesk.runtime.proposing import Look


class Journal:
    """The file of one shard.

    Attributes:
        paths: of the shard's images.
        done: of those that were looked at.

    Raises:
        OSError: it cannot be read or written.
    """

    def __init__(self, file: Path, settings: dict[str, Any], paths: list[str]) -> None:
        self.file = file
        self.settings = settings
        self.paths = paths
        self.done: list[str] = []
        self._is_begun = False

    @classmethod
    def read(cls, file: Path) -> Journal | None:
        """A former process's journal, ready to go on; None when it had not begun to write it."""
        whole = 0
        journal = None
        for line in _lines(file):
            try:
                entry = json.loads(line)
            except ValueError:
                break
            if journal is None:
                journal = cls(file, entry["settings"], entry["images"])
                journal._is_begun = True
            else:
                journal.done.append(entry["path"])
            whole += len(line)
        with file.open("ab") as stream:
            stream.truncate(whole)
        return journal

    def add(self, look: Look) -> None:
        """Writes down what was found in an image."""
        lines = [_plain(look)]
        if not self._is_begun:
            lines.insert(0, {"settings": self.settings, "images": self.paths})
        with self.file.open("ab") as stream:
            # ASCII, so that names of files that are no Unicode stay what they are.
            stream.write("".join(json.dumps(line) + "\n" for line in lines).encode())
        self._is_begun = True
        self.done.append(look.path)

    def looks(self) -> Iterator[Look]:
        """What was found, in the order in which it was."""
        for line in islice(_lines(self.file), 1, None):
            yield _look(json.loads(line))


def _lines(file: Path) -> Iterator[bytes]:
    """The lines that were written to their end."""
    if file.exists():
        with file.open("rb") as stream:
            yield from (line for line in stream if line.endswith(b"\n"))


def _plain(look: Look) -> dict[str, Any]:
    found = [
        {
            "points": [(point.x, point.y, point.positive) for point in one.prompt.points],
            "bbox": one.mask.bbox_xywh,
            "counts": one.mask.counts.decode("ascii"),
            "score": one.score,
            "stability_score": one.stability_score,
        }
        for one in look.found
    ]
    return {**vars(look), "found": found}


def _look(entry: dict[str, Any]) -> Look:
    found = []
    for one in entry["found"]:
        x, y, w, h = one["bbox"]
        mask = Mask(entry["width"], entry["height"], x, y, w, h, one["counts"].encode("ascii"))
        prompt = Prompt(tuple(Point(*point) for point in one["points"]))
        found.append(Found(prompt, mask, one["score"], one["stability_score"]))
    return Look(**{**entry, "found": tuple(found)})
