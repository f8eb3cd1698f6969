"""`samdesk checkpoints`: what there is, fetching, verifying, adding one's own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any

from samdesk.engine.base import CancelToken
from samdesk.engine.checkpoint import Checkpoint, file_of
from samdesk.engine.checkpoint import checkpoints as published
from samdesk.engine.download import DownloadProgress, download, verify
from samdesk.engine.hashes import sha256_of
from samdesk.engine.own import add_own, named, read_own
from samdesk.engine.weights import read_weights
from samdesk.errors import CheckpointError
from samdesk.folders import Folders
from samdesk.verbs.talk import FAILED, OK, result, say

_BAR = 30  # characters


def checkpoints(options: argparse.Namespace) -> int:
    """Runs `list`, `download`, `verify` or `add`."""
    folders = Folders.find()
    run = {"list": _list, "download": _download, "verify": _verify, "add": _add}[options.what]
    return run(options, folders)


def _list(options: argparse.Namespace, folders: Folders) -> int:
    rows = [_row(one, folders) for one in (*published(), *read_own(folders.own_checkpoints))]
    if options.json:
        result(rows)
        return OK
    for row in rows:
        state = row["path"] or f"not on this machine ({row['url']})"
        print(f"{row['name']:<16} {row['kind']}  {row['bytes'] / 1e6:>7,.0f} MB  {state}")
    return OK


def _download(options: argparse.Namespace, folders: Folders) -> int:
    known = named(options.name, folders.own_checkpoints)
    if not known.url:
        raise CheckpointError(f"{known.name} is a file of your own.", "It needs no download.")
    path = download(known, folders.checkpoints, token=CancelToken(), progress=_shown(known))
    return _told(options, {**_row(known, folders), "path": str(path)}, f"{path}")


def _verify(options: argparse.Namespace, folders: Folders) -> int:
    known = named(options.name, folders.own_checkpoints)
    path = file_of(known, folders.checkpoints)
    if path is None:
        raise CheckpointError(
            f"{known.name} is not on this machine.", f"samdesk checkpoints download {options.name}"
        )
    is_right = verify(known, path, token=CancelToken(), progress=_shown(known))
    words = "is right" if is_right else "is NOT the right file; delete it and download it again"
    _told(options, {**_row(known, folders), "verified": is_right}, f"{path} {words}")
    return OK if is_right else FAILED


def _add(options: argparse.Namespace, folders: Folders) -> int:
    path: Path = options.file.expanduser().absolute()
    found, _ = read_weights(path)
    entry = {
        "name": _free_name(path, read_own(folders.own_checkpoints)),
        "kind": found.kind,
        "path": str(path),
        "bytes": path.stat().st_size,
        "sha256": sha256_of(path),
    }
    added = add_own(folders.own_checkpoints, entry)
    return _told(options, _row(added, folders), f"{added.name} ({found.name}) is in the menu now")


def _free_name(path: Path, own: Sequence[Checkpoint]) -> str:
    """A name for a file that none of the others has."""
    others = {one.name for one in own if one.file != str(path)}
    numbered = (f"{path.stem} ({number})" for number in count(2))
    names = chain((path.stem, f"{path.stem} ({path.parent.name})"), numbered)
    return next(name for name in names if name not in others)


def _row(known: Checkpoint, folders: Folders) -> dict[str, Any]:
    path = file_of(known, folders.checkpoints)
    return {
        "name": known.name,
        "kind": known.kind,
        "bytes": known.bytes,
        "sha256": known.sha256,
        "url": known.url,
        "path": str(path) if path else None,
    }


def _told(options: argparse.Namespace, row: dict[str, Any], words: str) -> int:
    if options.json:
        result(row)
    else:
        print(words)
    return OK


def _shown(known: Checkpoint) -> Callable[[DownloadProgress], None]:
    """Shows progress: a bar on a terminal, elsewhere a line for each tenth."""
    told_tenth = -1

    def show(progress: DownloadProgress) -> None:
        nonlocal told_tenth
        share = progress.received / progress.total if progress.total else 0.0
        text = f"{known.name} {progress.received / 1e6:,.0f} of {progress.total / 1e6:,.0f} MB"
        if sys.stderr.isatty():
            bar = "#" * int(share * _BAR)
            speed = f"{progress.bytes_per_second / 1e6:.1f} MB/s"
            end = "\n" if share >= 1 else ""
            print(f"\r{text} [{bar:<{_BAR}}] {speed}  ", end=end, file=sys.stderr, flush=True)
        elif int(share * 10) != told_tenth:
            told_tenth = int(share * 10)
            say(text)

    return show
