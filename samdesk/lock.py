"""Locks between processes that the operating system holds, so that they end with the process."""

from __future__ import annotations

import errno
from pathlib import Path

import filelock

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}


def file_lock(path: Path) -> filelock.BaseFileLock:
    """A lock for which `acquire` never waits; any thread may release it.

    `acquire` raises filelock.Timeout where another process has it, and an OSError where it cannot
    be had, for which see `has_no_locks`. Left to itself, filelock would take a mere file for a lock
    there, which a process that is killed leaves behind.
    """
    return filelock.FileLock(path, timeout=0, thread_local=False, fallback_to_soft=False)


def has_no_locks(error: OSError) -> bool:
    """Whether a lock cannot be had because its file system knows none."""
    return error.errno in _NO_LOCKS
