"""What has arrived of a file, on disk."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from samdesk.digest import digest_of
from samdesk.engine.base import CancelToken
from samdesk.engine.download.progress import Meter


def part_path(target: Path) -> Path:
    """Where what has arrived of a file is kept."""
    return target.with_name(target.name + ".part")


@dataclass(frozen=True)
class Source:
    """What the server said of the file that a part belongs to; total is 0 if it did not say."""

    url: str
    etag: str
    last_modified: str
    total: int

    @property
    def validator(self) -> str:
        """For If-Range, which takes no weak ETag."""
        return self.etag if self.etag.startswith('"') else self.last_modified


class Part:
    """The bytes so far, on disk, with their SHA-256 and where they are from."""

    def __init__(self, target: Path) -> None:
        self.path = part_path(target)
        self.size = 0
        self.digest = hashlib.sha256()
        self.source: Source | None = None
        self._sidecar = target.with_name(target.name + ".part.json")
        # Unbuffered, so that a kill loses nothing that was appended.
        self._stream = self.path.open("a+b", buffering=0)

    def load(self, url: str, token: CancelToken, meter: Meter) -> None:
        """Takes up what an earlier download of this URL left; drops what is of another."""
        with suppress(OSError, ValueError, TypeError):
            self.source = Source(**json.loads(self._sidecar.read_text("utf-8")))
        if self.source is None or self.source.url != url:
            self.reset()
        self._stream.seek(0)

        def so_far(size: int) -> None:
            self.size = size
            token.check()
            meter.tell(size)

        self.digest = digest_of(self._stream, so_far)

    def reset(self, source: Source | None = None) -> None:
        """Empties the part, then notes where its bytes will be from.

        In this order: a kill in between leaves an empty part, never bytes of another file.
        """
        self._stream.truncate(0)
        self.size, self.digest, self.source = 0, hashlib.sha256(), source
        if source is not None:
            self._sidecar.write_text(json.dumps(asdict(source)), "utf-8")

    def append(self, block: bytes) -> None:
        """Adds bytes; those that were written count, even where an OSError is raised after them."""
        while block:
            # On a disk that fills up only some of it is written.
            written = self._stream.write(block)
            self.digest.update(block[:written])
            self.size += written
            block = block[written:]

    def publish(self, target: Path) -> None:
        """Gives the whole, verified file its name."""
        os.fsync(self._stream.fileno())
        self._stream.close()
        os.replace(self.path, target)
        self._sidecar.unlink(missing_ok=True)

    def close(self) -> None:
        """Keeps what there is; removes what is empty."""
        if not self._stream.closed:
            self._stream.close()
            if not self.size:
                self.path.unlink(missing_ok=True)
                self._sidecar.unlink(missing_ok=True)
