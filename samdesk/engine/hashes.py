"""The SHA-256 of checkpoint files, which tells them from others whatever their names."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from samdesk.digest import digest_of
from samdesk.engine.base import CancelToken
from samdesk.engine.checkpoint import unreadable
from samdesk.json_file import write_json


def sha256_of(path: Path, token: CancelToken | None = None) -> str:
    """The SHA-256 of a file in hexadecimal.

    Raises:
        Cancelled: by the token.
        CheckpointError: the file cannot be read.
    """

    def so_far(_size: int) -> None:
        if token is not None:
            token.check()

    try:
        with path.open("rb") as stream:
            return digest_of(stream, so_far).hexdigest()
    except OSError as error:
        raise unreadable(path, error) from error


def known_sha256(path: Path, memo: Path, token: CancelToken | None = None) -> str:
    """The SHA-256 of a file, remembered for as long as its size and time of change stay.

    Args:
        memo: a JSON file in which it is remembered; anything else in it is written anew.

    Raises:
        Cancelled: by the token.
        CheckpointError: the file cannot be read.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    name, state = str(path.absolute()), [found.st_size, found.st_mtime_ns]
    try:
        remembered = json.loads(memo.read_text("utf-8"))
    except (OSError, ValueError):
        remembered = {}
    if not isinstance(remembered, dict):
        remembered = {}
    match remembered.get(name):
        case [*known, str(sha256)] if known == state:
            return sha256
    sha256 = sha256_of(path, token)
    remembered = {known: told for known, told in remembered.items() if os.path.exists(known)}
    remembered[name] = [*state, sha256]
    # It is only remembered to save time.
    with suppress(OSError):
        write_json(remembered, memo)
    return sha256
