"""Downloading checkpoints: resumed after any break, verified before they get their name."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import filelock

from samdesk.digest import digest_of
from samdesk.engine.base import CancelToken
from samdesk.engine.checkpoint import Checkpoint, checkpoints, unreadable
from samdesk.engine.download.fetch import TICK, Patience
from samdesk.engine.download.part import Part, part_path
from samdesk.engine.download.progress import DownloadProgress, Meter, Report
from samdesk.engine.download.transfer import MARGIN_BYTES, DownloadError, Transfer
from samdesk.lock import file_lock, has_no_locks
from samdesk.text import Text

__all__ = [
    "MARGIN_BYTES",
    "PATIENCE",
    "DownloadError",
    "DownloadProgress",
    "Patience",
    "download",
    "download_url",
    "verify",
]

PATIENCE = Patience()


def download_url(checkpoint: Checkpoint) -> str:
    """Where a checkpoint is fetched: a published one from the mirror in SAMDESK_CHECKPOINT_URL if
    that is set.

    Empty for a file of the user's own that is nowhere to be fetched.
    """
    mirror = os.environ.get("SAMDESK_CHECKPOINT_URL")
    is_published = checkpoint.name in {known.name for known in checkpoints()}
    if not mirror or not checkpoint.url or not is_published:
        return checkpoint.url
    return f"{mirror.rstrip('/')}/{checkpoint.file}"


def download(
    checkpoint: Checkpoint,
    folder: Path,
    *,
    token: CancelToken,
    progress: Report,
    url: str | None = None,
    patience: Patience = PATIENCE,
) -> Path:
    """Brings a checkpoint's file into a folder.

    What arrives is kept in `<file>.part` until it is whole and its length and SHA-256 are right, so
    the file has its name only when it is right. A later call goes on where any earlier one
    stopped. Where another process downloads the same file, this waits for it and takes over if
    that one stops. A file of the right length that is there already is taken without hashing it:
    remove one that `verify` refused.

    Args:
        token: stops the download within about 0.1 s; what has arrived is kept.
        progress: told about ten times a second, in the calling thread.
        url: to fetch instead of `download_url(checkpoint)`.

    Returns:
        The path of the file.

    Raises:
        Cancelled: by the token.
        DownloadError: it could not be had, or what was had is not the checkpoint.
    """
    target = folder / checkpoint.file
    where = url or download_url(checkpoint)
    meter = Meter(checkpoint.bytes, progress)
    try:
        if not _present(checkpoint, target):
            if not where:
                raise DownloadError(
                    Text(
                        "The {name} checkpoint has no address to download it from.",
                        name=checkpoint.name,
                    ),
                    Text("Put the file at {target}.", target=target),
                )
            folder.mkdir(parents=True, exist_ok=True)
            with _locked(target, token, meter):
                # Another process may have brought it while this one waited.
                if not _present(checkpoint, target):
                    with closing(Part(target)) as part:
                        Transfer(checkpoint, where, target, part, token, meter, patience).run()
        meter.tell(target.stat().st_size, now=True)
    except OSError as error:
        raise DownloadError(
            Text(
                "The {name} checkpoint could not be written: {reason}.",
                name=checkpoint.name,
                reason=error,
            ),
            Text("Check the rights and the space of {folder}.", folder=folder),
        ) from error
    return target


def verify(checkpoint: Checkpoint, path: Path, *, token: CancelToken, progress: Report) -> bool:
    """Whether a file is the checkpoint, by its length and SHA-256, as far as these are known.

    Raises:
        Cancelled: by the token.
        CheckpointError: the file cannot be read.
    """
    try:
        size = path.stat().st_size
        if checkpoint.bytes not in (0, size):
            return False
        meter = Meter(size, progress)

        def so_far(done: int) -> None:
            token.check()
            meter.tell(done, now=done == size)

        with path.open("rb") as stream:
            digest = digest_of(stream, so_far)
    except OSError as error:
        raise unreadable(path, error) from error
    return checkpoint.sha256.lower() in ("", digest.hexdigest())


def _present(checkpoint: Checkpoint, target: Path) -> bool:
    return target.is_file() and checkpoint.bytes in (0, target.stat().st_size)


@contextmanager
def _locked(target: Path, token: CancelToken, meter: Meter) -> Iterator[None]:
    """Holds the one right to download a file; shows what its holder does while waiting for it."""
    lock = file_lock(target.with_name(target.name + ".lock"))
    while True:
        token.check()
        try:
            lock.acquire()
            break
        except filelock.Timeout:
            with suppress(FileNotFoundError):
                meter.tell(part_path(target).stat().st_size)
            time.sleep(TICK)
        except OSError as error:
            if not has_no_locks(error):
                raise
            # Two that fetch the same file at once spoil it for each other, which its SHA-256 tells.
            break
    try:
        yield
    finally:
        lock.release()
