"""Why the operating system refused something, in words that can be translated."""

from __future__ import annotations

import errno

from samdesk.text import Text

# By the number, for the words of a system are in its language, not in the user's.
_REASONS = {
    errno.ENOENT: Text("No such file or directory"),
    errno.ENOTDIR: Text("Not a directory"),
    errno.EISDIR: Text("Is a directory"),
    errno.EEXIST: Text("File exists"),
    errno.ENOTEMPTY: Text("Directory not empty"),
    errno.EACCES: Text("Permission denied"),
    errno.EPERM: Text("Operation not permitted"),
    errno.EROFS: Text("Read-only file system"),
    errno.ENOSPC: Text("No space left on device"),
    errno.EDQUOT: Text("Disk quota exceeded"),
    errno.EFBIG: Text("File too large"),
    errno.EIO: Text("Input/output error"),
    errno.ENAMETOOLONG: Text("File name too long"),
    errno.EMFILE: Text("Too many open files"),
    errno.EBUSY: Text("Device or resource busy"),
    errno.EXDEV: Text("Invalid cross-device link"),
    errno.ENOTCONN: Text("Transport endpoint is not connected"),
    errno.ESTALE: Text("Stale file handle"),
    errno.ETIMEDOUT: Text("Connection timed out"),
}


def reason_of(error: Exception) -> str:
    """The reason alone, without the paths that the error names."""
    if isinstance(error, OSError) and error.errno in _REASONS:
        return _REASONS[error.errno]
    return getattr(error, "strerror", None) or str(error)
