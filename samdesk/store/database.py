"""The database file of a project: where it is, who may write to it, and how it is opened."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import quote

import filelock

from samdesk.core.destination import PROJECT, PROJECT_FOLDER
from samdesk.errors import ProjectError
from samdesk.lock import file_lock
from samdesk.store import schema
from samdesk.store.drive import is_on_network
from samdesk.store.failure import explained_opening, is_refused, unlockable
from samdesk.store.files import (
    Files,
    notices_of_copies,
    place_for_copy,
    read_copy,
    set_foreign_log_aside,
    write_copy,
)
from samdesk.text import Text

_SMALLEST_DATABASE = 512  # bytes; SQLite's smallest page


def default_database(folder: Path, data: Path) -> Path:
    """Where a folder's project is kept: in it, or under `data` when it could not be written."""
    inside, outside = _places(folder, data)
    if os.path.exists(inside):
        return inside
    return outside if os.path.exists(outside) or not _may_be_written(folder) else inside


def notices_of_place(folder: Path, data: Path) -> list[str]:
    """What the user should know of where a folder's project is kept, a sentence each."""
    inside, outside = _places(folder, data)
    if default_database(folder, data) == inside:
        if not os.path.exists(outside):
            return []
        return [
            Text(
                "Other annotations of this folder are in {database}, from when it could not be "
                "written. To have those, close SAMDesk and move {folder} away.",
                database=outside,
                folder=inside.parent,
            )
        ]
    if not _may_be_written(folder):
        return [
            Text(
                "This folder cannot be written; its annotations are kept in {database}.",
                database=outside,
            )
        ]
    return [
        Text(
            "This folder could not be written once; its annotations are kept in {folder}. To have "
            "them in it, close SAMDesk, move that folder into it and call it .samdesk.",
            folder=outside.parent,
        )
    ]


def _places(folder: Path, data: Path) -> tuple[Path, Path]:
    name = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return folder / PROJECT_FOLDER / PROJECT, data / "projects" / name / PROJECT


def _may_be_written(folder: Path) -> bool:
    # Only trying tells: os.access knows nothing of Windows' access control lists.
    trial = folder / f".samdesk.{os.getpid()}"
    try:
        os.mkdir(trial)
    except OSError as error:
        return not is_refused(error)
    with contextlib.suppress(OSError):
        os.rmdir(trial)
    return True


@dataclass(frozen=True)
class Opened:
    """A database that is open.

    Attributes:
        lock: the right to write, unless it was let go of; None where another process has it, or
            nobody asked for it.
        notices: what the user should know about how it was opened, a sentence each.
        files: those it was opened from.
    """

    connection: sqlite3.Connection
    lock: filelock.BaseFileLock | None
    notices: tuple[str, ...]
    files: Files


def open_database(database: Path, *, read_only: bool) -> Opened:
    """Opens a project's database, and creates it where there is none, unless it is read-only.

    Raises:
        ProjectError: it is damaged, of another program or of a newer version, or its drive fails.
    """
    lock, notices = (None, []) if read_only else _acquired(database)
    try:
        with explained_opening(database):
            if lock is not None:
                notices += set_foreign_log_aside(database)
                connection = _writing(database)
            else:
                connection, told = _reading(database)
                notices += told
            try:
                if lock is not None:
                    notices += _prepared(connection, database)
                _require_this_version(connection, database)
            except BaseException:
                connection.close()
                raise
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    notices += notices_of_copies(database)
    return Opened(connection, lock, tuple(notices), Files.of(database))


def close_database(opened: Opened) -> None:
    """Closes a database, and lets another process write; one file is left where that can be.

    Without a log beside it, a database is whole wherever it is copied to, and can be read by who
    may not write beside it.
    """
    connection, lock = opened.connection, opened.lock
    if lock is not None and not lock.is_locked:
        # It was let go of; whoever writes now leaves one file, too.
        try:
            lock.acquire()
        except (filelock.Timeout, OSError):
            lock = None
    if lock is not None and opened.files.state == "in place":
        connection.rollback()
        connection.execute("PRAGMA busy_timeout = 0")
        # While a reader has it open it stays as it is, but for what can be written into it.
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA wal_checkpoint")
            connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    if lock is not None:
        lock.release()


def written_anew(opened: Opened) -> Opened:
    """Opens a copy of a database whose files were removed, written where they were.

    Raises:
        ProjectError: another process writes there by now.
        sqlite3.Error, OSError: it could not be written.
    """
    database = opened.files.database
    lock: filelock.BaseFileLock | None
    lock, notices = (opened.lock, []) if opened.files.has_lock else _acquired(database)
    if lock is None:
        raise ProjectError(notices[0], "Open the folder again.")
    try:
        # What is left of a log has all been copied, and must not be taken for the new one's.
        write_copy(opened.connection, database)
        opened.files.drop_log()
        connection = _writing(database)
        try:
            _prepared(connection, database)
            files = Files.of(database)
        except BaseException:
            connection.close()
            raise
    except BaseException:
        if lock is not opened.lock:
            lock.release()
        raise
    # SQLite leaves alone what has taken the place of its files.
    opened.connection.close()
    if opened.lock is not None and lock is not opened.lock:
        opened.lock.release()
    return Opened(connection, lock, (), files)


def kept_beside(opened: Opened) -> Path:
    """Where a copy of a database now is whose place was taken by another.

    Raises:
        sqlite3.Error, OSError: it could not be written.
    """
    copy = place_for_copy(opened.files.database)
    write_copy(opened.connection, copy)
    # Whoever opens the other one would write this one's log into it.
    opened.files.drop_log()
    return copy


def _acquired(database: Path) -> tuple[filelock.BaseFileLock | None, list[str]]:
    """The right to write; or None, and why the project can only be looked at."""
    lock = file_lock(database.with_name("lock"))
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout:
        return None, [
            Text(
                "Another SAMDesk has this folder open; here it can only be looked at. "
                "Close the other one and open the folder again to annotate."
            )
        ]
    except OSError as error:
        if is_refused(error) and os.path.exists(database):
            return None, [
                Text(
                    "The project of this folder may not be written; it can only be looked at. "
                    "Ask for the right to write to {folder} to annotate.",
                    folder=database.parent,
                )
            ]
        raise unlockable(database, error) from error
    return lock, []


def _writing(database: Path) -> sqlite3.Connection:
    _require_more_than_a_stump(database)
    return _connection(str(database))


def _reading(database: Path) -> tuple[sqlite3.Connection, list[str]]:
    """A connection that only reads, and what is to be told of it."""
    _require_more_than_a_stump(database)
    connection = _connection(f"{file_uri(database)}?mode=ro")
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        connection.close()
        if not isinstance(error, sqlite3.OperationalError) or "locked" in str(error):
            raise
        notice = Text("It is shown as it was when it was opened; open the folder again for more.")
        return read_copy(database), [notice]
    return connection, []


def _require_more_than_a_stump(database: Path) -> None:
    if database.exists() and 0 < database.stat().st_size < _SMALLEST_DATABASE:
        # SQLite takes such a stump for an empty database and would write over it.
        raise sqlite3.DatabaseError("file is not a database")


def held_as_it_is(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A connection that goes on reading what is stored now, whatever is written meanwhile.

    Beside a write-ahead log that is a read transaction. Without one, on network drives, no writer
    could commit while it lasts, so everything is copied into a temporary database, which takes far
    less time than making records of it does, and which SQLite keeps on disk where it is large.
    """
    (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
    (_, _, file) = connection.execute("PRAGMA database_list").fetchone()
    connection.execute("BEGIN")
    if journal == "wal" or not file:
        return connection
    copy = _connection("")
    try:
        # Once something was read, the copy waits for no writer, and no writer makes it begin anew.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.backup(copy)
        copy.execute("BEGIN")
    except BaseException:
        copy.close()
        connection.rollback()
        raise
    connection.close()
    return copy


def file_uri(path: PurePath) -> str:
    """A path as SQLite wants it in a URI: a server's name is no authority, as it is by RFC 8089.

    See https://www.sqlite.org/uri.html.
    """
    place = path.as_posix()
    start = "file://" if place.startswith("/") else "file:///"
    return start + quote(place, safe="/:", errors="surrogateescape")


def _connection(place: str) -> sqlite3.Connection:
    # Autocommit, so that transactions begin and end where this module says. The thread that opens
    # a project may hand it over to another.
    is_uri = place.startswith("file:")
    return sqlite3.connect(place, uri=is_uri, isolation_level=None, check_same_thread=False)


def _prepared(connection: sqlite3.Connection, database: Path) -> list[str]:
    """Sets the journal up and brings the schema up to date; returns notices."""
    if schema.is_foreign(connection):
        raise ProjectError(
            Text("{database} is a database of another program.", database=database),
            "Move it away, or name another.",
        )
    notices: list[str] = []
    # Write-ahead logging needs shared memory, which drives do not give across machines.
    wanted = "DELETE" if is_on_network(database) else "WAL"
    try:
        journal = connection.execute(f"PRAGMA journal_mode = {wanted}").fetchone()[0].upper()
    except sqlite3.OperationalError:
        if wanted == "DELETE":
            raise
        # Somebody reads it just now. Without a log it is written more slowly, and as safely.
        journal = "WAL"
    if journal != "WAL":
        notices.append(
            Text(
                "This folder is on a network drive; SAMDesk writes in a slower, safe way there. "
                "Let only one computer annotate it at a time."
            )
        )
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    version = schema.version_of(connection)
    if version < schema.VERSION:
        if version > 0:
            backup = database.with_name(f"project.v{version}.db")
            backup.unlink(missing_ok=True)
            connection.execute("VACUUM INTO ?", (str(backup),))
        schema.migrate(connection)
    return notices


def _require_this_version(connection: sqlite3.Connection, database: Path) -> None:
    version = schema.version_of(connection)
    if version > schema.VERSION:
        raise ProjectError(
            Text("{database} was written by a newer SAMDesk.", database=database),
            "Update SAMDesk to open this folder.",
        )
    if version < schema.VERSION:
        raise ProjectError(
            Text("{database} was written by an older SAMDesk.", database=database),
            "Close the other SAMDesk that holds it; opening it for writing updates it.",
        )
