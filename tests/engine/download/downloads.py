"""A file to download, and how tests fetch it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from samdesk.engine.base import CancelToken
from samdesk.engine.checkpoint import Checkpoint, checkpoint
from samdesk.engine.download import (
    DownloadError,
    DownloadProgress,
    Patience,
    download,
)
from tests.engine.http_server import Answer, Server

SIZE = 300_000
CONTENT = random.Random(1).randbytes(SIZE)
OTHER = random.Random(2).randbytes(SIZE)
QUICK = Patience(connect=5, read=5, attempts=3, backoff=0.01, longest=0.02)
FILE = "sam.pth"


def entry(server: Server, content: bytes = CONTENT) -> Checkpoint:
    return replace(
        checkpoint("vit_b"),
        file=FILE,
        url=f"{server.url}/{FILE}",
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def silent(progress: DownloadProgress) -> None:
    pass


def fetch(
    wanted: Checkpoint,
    folder: Path,
    *,
    patience: Patience = QUICK,
    token: CancelToken | None = None,
    progress: Callable[[DownloadProgress], None] = silent,
) -> Path:
    return download(
        wanted, folder, token=token or CancelToken(), progress=progress, patience=patience
    )


def refused(wanted: Checkpoint, folder: Path, patience: Patience = QUICK) -> DownloadError:
    """The error of a download that fails; nothing has got the checkpoint's name."""
    with pytest.raises(DownloadError) as failed:
        fetch(wanted, folder, patience=patience)
    assert not (folder / FILE).exists()
    assert "ViT-B" in failed.value.title
    assert failed.value.hint
    return failed.value


def leave(wanted: Checkpoint, folder: Path, server: Server, size: int) -> None:
    """Has a download stop after some bytes."""
    server.script = [Answer(break_after=size), *[Answer(status=503)] * QUICK.attempts]
    refused(wanted, folder)
    assert (folder / f"{FILE}.part").stat().st_size == size
    server.script.clear()
    server.requests.clear()
    server.sent = 0


def starts(server: Server) -> list[int]:
    """Where each request asked the file to start."""
    return [
        int(asked.range.removeprefix("bytes=").removesuffix("-")) if asked.range else 0
        for asked in server.requests
    ]
