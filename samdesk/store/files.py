"""The files that a database consists of: whether they are still in place, and copies of them."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from samdesk.text import Text

_LOG, _INDEX, _JOURNAL = "-wal", "-shm", "-journal"  # as SQLite calls them, after the database
_ROLLBACK = b"\x01\x01"  # in the header of a database that is written without a log
_KEPT = "project.replaced."


@dataclass(frozen=True)
class Files:
    """The files of a database as they were when it was opened.

    A program goes on reading and writing a file that was removed or replaced on POSIX systems;
    nobody else ever sees what it writes. Windows lets nobody remove or replace an open file, and
    servers number files there as they like.

    Attributes:
        database: where it is.
        ids: by what is appended to that, and of the lock; None for a file that was not there.
    """

    database: Path
    ids: Mapping[str, tuple[int, int] | None]

    @classmethod
    def of(cls, database: Path) -> Files:
        """Those that are in place now."""
        parts = {end: _id(_beside(database, end)) for end in ("", _LOG, _INDEX)}
        return cls(database, {**parts, "lock": _id(database.with_name("lock"))})

    @property
    def state(self) -> Literal["in place", "removed", "replaced"]:
        """What has become of them; "removed" also where only what SQLite keeps beside was."""
        if os.name == "nt":
            return "in place" if os.path.exists(self.database) else "removed"
        now = _id(self.database)
        if now is not None and now != self.ids[""]:
            return "replaced"
        parts = ("", _LOG, _INDEX)
        is_whole = all(_id(_beside(self.database, end)) == self.ids[end] for end in parts)
        return "in place" if is_whole else "removed"

    @property
    def has_lock(self) -> bool:
        """Whether who opens the database now meets the same lock."""
        return _id(self.database.with_name("lock")) == self.ids["lock"] is not None

    def drop_log(self) -> None:
        """Removes the log that is still in place, so that nobody takes it for another database's.

        Raises:
            OSError: that was not possible.
        """
        for end in (_LOG, _INDEX):
            path = _beside(self.database, end)
            if (known := self.ids[end]) is not None and _id(path) == known:
                path.unlink()


def write_copy(connection: sqlite3.Connection, target: Path) -> None:
    """Writes all that a connection sees into a database of its own, whole or not at all.

    Raises:
        sqlite3.Error, OSError: that was not possible.
    """
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with closing(sqlite3.connect(beside)) as copy:
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)


def place_for_copy(database: Path) -> Path:
    """Where a copy of a database goes whose place was taken; there is nothing yet."""
    now = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    return database.with_name(f"{_KEPT}{now}-{secrets.token_hex(2)}.db")


def notices_of_copies(database: Path) -> list[str]:
    """A sentence about each copy that is kept because its place was taken."""
    return [
        Text(
            "{copy} has what was annotated before the project was replaced by another while it was "
            "open. To go on with it, close SAMDesk, move project.db away and rename this file to "
            "that. Otherwise move it away.",
            copy=copy,
        )
        for copy in sorted(database.parent.glob(f"{_KEPT}*.db"))
    ]


def set_foreign_log_aside(database: Path) -> list[str]:
    """Saves a database that was put back beside the log of the one before it.

    SQLite would write that log into it. It is known by the header: SAMDesk leaves databases, and
    SQLite makes copies, in the state of those without a log, and that ends on the disk before the
    first line of a log is written. Nobody may have the database open, nor this process, whose
    locks would end.

    Returns:
        A notice where that was so.

    Raises:
        OSError: it could not be read or moved.
    """
    log = _beside(database, _LOG)
    if not log.exists() or log.stat().st_size == 0 or not _is_without_log(database):
        return []
    aside = _beside(database, f"{_LOG}.{secrets.token_hex(4)}")
    os.replace(log, aside)
    _beside(database, _INDEX).unlink(missing_ok=True)
    return [
        Text(
            "The project seems to have been put back from a backup: changes to the one before it "
            "lay beside it, and are in {aside} now. You need them only with that one.",
            aside=aside,
        )
    ]


def read_copy(database: Path) -> sqlite3.Connection:
    """A temporary database with all that is stored in one that cannot be read where it is.

    SQLite may have to write before it can read: to finish or undo what a process was doing when
    it was killed, and to share a log. It does so in a copy of the files.

    Raises:
        sqlite3.Error, OSError: they cannot be read, or somebody writes them meanwhile.
    """
    parts = ("", _LOG, _JOURNAL)

    def states() -> list[tuple[int, ...] | None]:
        return [_state(_beside(database, end)) for end in parts]

    before = states()
    with tempfile.TemporaryDirectory(prefix="samdesk-", ignore_cleanup_errors=True) as folder:
        there = Path(folder) / database.name
        for end, state in zip(parts, before, strict=True):
            if state is not None:
                shutil.copyfile(_beside(database, end), _beside(there, end))
        if states() != before:
            raise sqlite3.OperationalError("database is locked")
        if _is_without_log(there):
            _beside(there, _LOG).unlink(missing_ok=True)
        # An unnamed database goes to disk where it is large.
        copy = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        try:
            with closing(sqlite3.connect(there)) as whole:
                whole.backup(copy)
        except BaseException:
            copy.close()
            raise
    return copy


def _beside(database: Path, end: str) -> Path:
    return database.with_name(database.name + end)


def _is_without_log(database: Path) -> bool:
    with database.open("rb") as file:
        return file.read(20)[18:] == _ROLLBACK


def _id(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    # Where a file system numbers nothing, files cannot be told apart.
    return (found.st_dev, found.st_ino) if found.st_ino else None


def _state(path: Path) -> tuple[int, ...] | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
