"""The user's own checkpoints, such as a fine-tuned SAM: a JSON file of entries beside the
published ones.

An entry has a name, a kind ("vit_b", "vit_l" or "vit_h"), a url or a path, and if known the bytes
and the sha256 of the file.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from samdesk.engine.checkpoint import Checkpoint, checkpoint, checkpoints
from samdesk.errors import CheckpointError
from samdesk.json_file import write_json
from samdesk.text import Text

_SHA256 = re.compile(r"[0-9a-f]{64}")


def read_own(file: Path) -> tuple[Checkpoint, ...]:
    """The entries of a file; none where it does not exist.

    Published figures of an entry's kind stand in for what the user did not tell.

    Raises:
        CheckpointError: the file or one of its entries cannot be understood.
    """
    return tuple(_entry(file, number, raw) for number, raw in enumerate(_raw(file), start=1))


def add_own(file: Path, entry: dict[str, Any]) -> Checkpoint:
    """Adds an entry; one of the same name is replaced.

    Raises:
        CheckpointError: the entry cannot be understood, or the file cannot be written.
    """
    entries = [one for one in _raw(file) if one.get("name") != entry["name"]]
    added = _entry(file, len(entries) + 1, entry)
    try:
        write_json([*entries, entry], file)
    except OSError as error:
        raise CheckpointError(
            Text("{file} cannot be written: {reason}.", file=file, reason=error),
            "Check its rights.",
        ) from error
    return added


def named(name: str, file: Path) -> Checkpoint:
    """A published checkpoint or one of the user's own, by "vit_b", "ViT-B" or its own name.

    Raises:
        CheckpointError: there is none of this name.
    """
    known = (*checkpoints(), *read_own(file))
    for one in known:
        if name in (one.kind, one.name) and (name == one.name or one in checkpoints()):
            return one
    names = ", ".join(one.kind if one in checkpoints() else one.name for one in known)
    raise CheckpointError(
        Text("There is no checkpoint {name!r}.", name=name), Text("There are {names}.", names=names)
    )


def _raw(file: Path) -> list[dict[str, Any]]:
    try:
        raw = json.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise CheckpointError(
            Text("{file} cannot be read: {reason}.", file=file, reason=error), "Correct the file."
        ) from error
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        raise CheckpointError(
            Text("{file} is not a list of entries.", file=file), "Correct the file."
        )
    return raw


def _entry(file: Path, number: int, raw: dict[str, Any]) -> Checkpoint:
    def wrong(what: str) -> CheckpointError:
        return CheckpointError(
            Text("Entry {number} of {file} {what}.", number=number, file=file, what=what),
            "Correct the file.",
        )

    name, kind = raw.get("name"), raw.get("kind")
    url, path = raw.get("url", ""), raw.get("path", "")
    size, sha256 = raw.get("bytes", 0), raw.get("sha256", "")
    if not isinstance(name, str) or not name.strip():
        raise wrong(Text("has no name"))
    if kind not in [known.kind for known in checkpoints()]:
        raise wrong(Text("has the kind {kind!r}, which is none", kind=kind))
    if not isinstance(url, str) or not isinstance(path, str) or bool(url) == bool(path):
        raise wrong(Text("needs either a url or a path"))
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise wrong(Text("has bytes that are no number"))
    if not isinstance(sha256, str) or (sha256 and not _SHA256.fullmatch(sha256.lower())):
        raise wrong(Text("has a sha256 that is none"))
    place = str((file.parent / Path(path).expanduser()).absolute())
    return replace(
        checkpoint(kind),
        name=name.strip(),
        file=place if path else _file_name(name, url, sha256.lower()),
        url=url,
        bytes=size,
        sha256=sha256.lower(),
    )


def _file_name(name: str, url: str, sha256: str) -> str:
    """A name for what a url brings, apart from the published files' names.

    Another version has another name, so that it is fetched, and so has another entry.
    """
    suffix = Path(url.partition("?")[0]).suffix or ".pth"
    version = sha256 or hashlib.sha256(f"{name.strip()}\n{url}".encode()).hexdigest()
    plain = re.sub(r"[^\w.-]+", "-", name.strip())
    return f"own-{plain}-{version[:16]}{suffix}"
