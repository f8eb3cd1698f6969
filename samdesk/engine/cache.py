"""Embeddings on disk: one file for each image content and engine, bounded in bytes.

A file is `<folder>/<engine>/<image>.embedding`: the engine's key with this module's VERSION as a
digest, and the SHA-256 of the image file's bytes. It holds the array as it is, little-endian, after
a header with its identity and a checksum, so that whatever is damaged or foreign is noticed,
removed, and computed again; therefore nothing is flushed to the disk. Files appear by renaming, and
their modification time is their last use. Several processes, on several machines, may share a
folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import re
import shutil
import struct
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from samdesk.engine.base import Packed
from samdesk.errors import CacheError
from samdesk.json_file import write_json
from samdesk.reason import reason_of
from samdesk.text import Text

VERSION = 1
"""Grows with the layout of files, and when an image file gives engines other pixels than before."""

GB = 1_000_000_000
_LARGEST_BOUND = 20 * GB  # unless the user says otherwise
_DTYPES: dict[bytes, np.dtype[np.floating[Any]]] = {
    b"f2": np.dtype("<f2"),
    b"f4": np.dtype("<f4"),
}
# Magic, VERSION, dtype, shape, identity; then the checksum of these and of the array.
_HEAD = struct.Struct("<8sI2s3I32s")
_MAGIC = b"SAMDeskE"
_CHECKSUM_BYTES = 16
_START = _HEAD.size + _CHECKSUM_BYTES
_SUFFIX, _PART = ".embedding", ".part"
_BOUND = "bound.json"
_ENGINE_FOLDER, _IMAGE = re.compile("[0-9a-f]{16}"), re.compile("[0-9a-f]{64}")
_TOUCHED_AFTER = 3600.0  # seconds; last use need not be known better
_PART_LIVES = 86_400.0  # seconds; a part this old was left by a process that is gone


@dataclass(frozen=True)
class Contents:
    """What a cache holds for an engine.

    Attributes:
        images: the SHA-256 of each image.
        nbytes: of one file, the largest; 0 when there is none.
        room: the bytes that files may take, together, before any of them is removed.
    """

    images: frozenset[str]
    nbytes: int
    room: int


@dataclass(frozen=True, order=True)
class _File:
    used: float
    path: Path
    nbytes: int


class EmbeddingCache:
    """`put` and `contents` belong to one thread; `get` may be called by any.

    The bound holds for what two processes write at a time; each further one may exceed it by a
    twentieth before the next count.

    Args:
        folder: created when it is first written to.
        bound: for all files together, in bytes, from now on whoever writes there; None for the
            last one that was given for this folder, or 20 GB or a tenth of what is free on the disk
            (the cache itself counted as free), the smaller, if that is more.
    """

    def __init__(self, folder: Path, bound: int | None = None) -> None:
        self.folder = folder
        self._bound = bound
        self._writable_until_count = 0

    def get(self, image: str, engine: str) -> Packed | None:
        """What was put, whole and unchanged; None when it is not there.

        Args:
            image: the SHA-256 of the image file's bytes, hexadecimal.
            engine: the `EngineInfo.key`.
        """
        path = self._path(image, engine)
        try:
            with path.open("rb") as stream:
                status = os.fstat(stream.fileno())
                found = _checked(stream.read(_START), status.st_size, _identity(image, engine))
                if found is not None:
                    array, checksum = found
                    stream.readinto(array.reshape(-1).view(np.uint8).data)
                    if checksum != _checksum(_head(array, image, engine), array):
                        found = None
        except OSError:
            # A drive that does not answer costs the time to compute anew, nothing else.
            return None
        # A file that another process reads cannot be removed on Windows, nor one on a read-only
        # disk anywhere, or marked as used.
        with contextlib.suppress(OSError):
            if found is None:
                path.unlink()
            elif time.time() - status.st_mtime > _TOUCHED_AFTER:
                os.utime(path)
        return None if found is None else found[0]

    def put(self, image: str, engine: str, array: Packed) -> int:
        """Keeps an array of three axes, and makes room by removing what was used least recently.

        Args:
            image, engine: see `get`.
            array: float16 or float32.

        Returns:
            The bytes that it takes on disk.

        Raises:
            CacheError: the disk is full, or may not be written.
        """
        array = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        nbytes = _START + array.nbytes
        head = _head(array, image, engine)
        path = self._path(image, engine)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if nbytes > self._writable_until_count:
                self._make_room(nbytes)
            # Opened plainly, so that whoever shares the folder may read it; tempfile forbids that.
            part = path.with_name(f"{uuid.uuid4().hex}{_PART}")
            try:
                with part.open("xb") as stream:
                    stream.write(head + _checksum(head, array))
                    stream.write(array.data)
                _replace(part, path)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise CacheError(
                Text(
                    "Embeddings cannot be kept in {folder}: {reason}.",
                    folder=self.folder,
                    reason=reason_of(error),
                ),
                "Images are encoded again when they are needed. Free space on that disk, or name "
                "another folder for the cache.",
            ) from error
        self._writable_until_count -= nbytes
        return nbytes

    def contents(self, engine: str) -> Contents:
        """What is there for an engine, by name and size; damage shows only when it is read."""
        files = list(self._files())
        own = self._path("", engine).parent
        mine = [file for file in files if file.path.parent == own]
        try:
            bound = self._bound_now(sum(file.nbytes for file in files))
        except OSError:
            bound = 0  # a drive that is gone
        return Contents(
            frozenset(file.path.stem for file in mine),
            max((file.nbytes for file in mine), default=0),
            bound - bound // 20,
        )

    def _make_room(self, nbytes: int) -> None:
        """Counts what there is and removes until as much fits as is written to the next count."""
        files = sorted(self._files())
        held = sum(file.nbytes for file in files)
        bound = self._bound_now(held)
        if nbytes > bound:
            raise CacheError(
                Text(
                    "Embeddings are not kept: {folder} may hold {bound:,.0f} MB.",
                    folder=self.folder,
                    bound=bound / 1e6,
                ),
                "Images are encoded again when they are needed. Free space on that disk, or name "
                "another folder for the cache.",
            )
        wanted = max(nbytes, bound // 20)
        for file in files:
            if held + wanted <= bound:
                break
            # Whoever else shares the folder may read it (Windows), or have removed it.
            with contextlib.suppress(OSError):
                file.path.unlink(missing_ok=True)
                held -= file.nbytes
        self._writable_until_count = wanted

    def _bound_now(self, held: int) -> int:
        kept = self._kept_bound()
        if self._bound is not None:
            if self._bound != kept and self.folder.is_dir():
                # Who may not write here removes nothing either.
                with contextlib.suppress(OSError):
                    write_json({"bytes": self._bound}, self.folder / _BOUND)
            return self._bound
        place = self.folder
        while not place.exists() and place != place.parent:
            place = place.parent
        # Else one process that was told nothing would remove what others were told to keep.
        return max(kept, min(_LARGEST_BOUND, (shutil.disk_usage(place).free + held) // 10))

    def _kept_bound(self) -> int:
        """The bound that was given last for this folder, by any process; 0 for none."""
        try:
            match json.loads((self.folder / _BOUND).read_text("utf-8")):
                case {"bytes": int(kept)}:
                    return kept
        except (OSError, ValueError):
            pass
        return 0

    def _files(self) -> Iterator[_File]:
        """The files of this cache; what else lies in its folder is left alone."""
        now = time.time()
        for folder in _scanned(self.folder):
            if not _ENGINE_FOLDER.fullmatch(folder.name):
                continue
            for entry in _scanned(folder.path):
                name, suffix = os.path.splitext(entry.name)
                if suffix not in (_SUFFIX, _PART):
                    continue
                # Another process may remove it at any moment.
                with contextlib.suppress(OSError):
                    status = entry.stat()
                    if suffix == _SUFFIX and _IMAGE.fullmatch(name):
                        yield _File(status.st_mtime, Path(entry.path), status.st_size)
                    elif suffix == _PART and now - status.st_mtime > _PART_LIVES:
                        os.unlink(entry.path)

    def _path(self, image: str, engine: str) -> Path:
        # A digest, because keys may have characters that are not for names of files.
        folder = hashlib.sha256(f"{VERSION}\n{engine}".encode()).hexdigest()[:16]
        return self.folder / folder / f"{image}{_SUFFIX}"


def _scanned(folder: str | Path) -> list[os.DirEntry[str]]:
    """A folder's entries; none when it cannot be read or is no folder."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _identity(image: str, engine: str) -> bytes:
    return hashlib.sha256(f"{engine}\n{image}".encode()).digest()


def _head(array: Packed, image: str, engine: str) -> bytes:
    dtype = array.dtype.str[1:].encode()
    return _HEAD.pack(_MAGIC, VERSION, dtype, *array.shape, _identity(image, engine))


def _checksum(head: bytes, array: Packed) -> bytes:
    digest = hashlib.blake2b(head, digest_size=_CHECKSUM_BYTES)
    digest.update(array.data)
    return digest.digest()


def _checked(start: bytes, nbytes: int, identity: bytes) -> tuple[Packed, bytes] | None:
    """An array for the rest of a file of `nbytes`, and the checksum it must have.

    Returns:
        None when the start of the file is not that of an embedding of this identity and size.
    """
    if len(start) < _START:
        return None
    magic, version, kind, *shape, found = _HEAD.unpack(start[: _HEAD.size])
    dtype = _DTYPES.get(kind)
    if (magic, version, found) != (_MAGIC, VERSION, identity) or dtype is None:
        return None
    if _START + math.prod(shape) * dtype.itemsize != nbytes:
        return None
    return np.empty(shape, dtype), start[_HEAD.size :]


def _replace(part: Path, path: Path) -> None:
    try:
        part.replace(path)
    except PermissionError:
        # Windows does not replace a file that another process reads. It is the same embedding.
        if not path.exists():
            raise
