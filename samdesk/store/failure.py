"""What SQLite and the drive say, as errors that a person can act on."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from samdesk.errors import ProjectError
from samdesk.lock import has_no_locks
from samdesk.reason import reason_of
from samdesk.text import Text


@contextmanager
def explained_opening(database: Path) -> Iterator[None]:
    """Failures in the block become ProjectErrors: the database cannot be opened."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise ProjectError(
            Text(
                "The project {database} cannot be opened: {reason}.",
                database=database,
                reason=reason_of(error),
            ),
            Text("It was left as it is. {remedy}", remedy=_remedy(error, database)),
        ) from error


@contextmanager
def explained_reading(database: Path) -> Iterator[None]:
    """Failures in the block become ProjectErrors: the database cannot be read."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise  # such as reading after it was closed
    except sqlite3.Error as error:
        remedy = _remedy(error, database)
        raise ProjectError(
            Text(
                "The project {database} cannot be read: {reason}.",
                database=database,
                reason=reason_of(error),
            ),
            remedy,
        ) from error


@contextmanager
def explained_writing(database: Path) -> Iterator[None]:
    """Failures in the block become ProjectErrors: the database was not written."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise ProjectError(
            Text("The project could not be written: {reason}.", reason=reason_of(error)),
            Text("Nothing was changed. {remedy}", remedy=_remedy(error, database)),
        ) from error


def unlockable(database: Path, error: OSError) -> ProjectError:
    """The error about a lock file that can be neither had nor waited for."""
    if has_no_locks(error):
        return ProjectError(
            Text(
                "The drive of {folder} cannot lock files, so two programs could write at once.",
                folder=database.parent,
            ),
            "Have locks turned on for that drive, or move the images to another one.",
        )
    return ProjectError(
        Text(
            "The project folder {folder} cannot be written: {reason}.",
            folder=database.parent,
            reason=reason_of(error),
        ),
        "Check the rights and the space on that disk.",
    )


def is_refused(error: OSError) -> bool:
    """Whether it is for want of rights that something cannot be written."""
    return isinstance(error, PermissionError) or error.errno == errno.EROFS


def _remedy(error: Exception, database: Path) -> Text:
    if isinstance(error, sqlite3.IntegrityError):
        return Text("What is stored is not what was expected. Open the folder again.")
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return Text(
            "Another program is using {database}. Try again once it has finished.",
            database=database,
        )
    if isinstance(error, (OSError, sqlite3.OperationalError)):
        folder = database.parent
        return Text("Check the drive, the space and the rights of {folder}.", folder=folder)
    # What is left of a log beside it would be written into whatever takes its place.
    return Text(
        "Close every SAMDesk that has it open, then move it and all files whose names begin with "
        "{name}- away together. Put a backup in their place, or begin anew.",
        name=database.name,
    )
