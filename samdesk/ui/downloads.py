"""Downloading checkpoints in the background, one at a time."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from samdesk.engine.base import CancelToken
from samdesk.engine.checkpoint import Checkpoint
from samdesk.errors import SamdeskError
from samdesk.runtime.lane import Job, Lane, Post
from samdesk.ui import words

if TYPE_CHECKING:
    from samdesk.engine.download import DownloadProgress


class Downloads(QObject):
    """Fetches checkpoints into the user's folder.

    Attributes:
        current: the checkpoint that is being fetched and how far it is; None when none is.
    """

    changed = Signal()
    finished = Signal(object)
    told = Signal(str)

    def __init__(self, lane: Lane, post: Post, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = lane
        self._post = post
        self._folder = folder
        self._job: Job | None = None
        self.current: tuple[Checkpoint, DownloadProgress] | None = None

    def free_bytes(self) -> int | None:
        """The free space where checkpoints are kept; None where that drive is gone."""
        place = self._folder
        try:
            while not place.exists() and place != place.parent:
                place = place.parent
            return shutil.disk_usage(place).free
        except OSError:
            return None

    def start(self, checkpoint: Checkpoint) -> None:
        """Fetches a checkpoint; one that is being fetched is given up, and can be resumed."""
        # Imported late: the HTTP library takes longer to import than a window may take to show.
        from samdesk.engine.download import DownloadProgress, download

        self.cancel()
        self.current = (checkpoint, DownloadProgress(0, checkpoint.bytes, 0.0, None))
        self.changed.emit()

        def told(job: Job, progress: DownloadProgress) -> None:
            if self._job is job:
                self.current = (checkpoint, progress)
                self.changed.emit()

        def work(token: CancelToken) -> Path:
            return download(
                checkpoint,
                self._folder,
                token=token,
                progress=lambda progress: self._post(lambda: told(job, progress)),
            )

        def done(_path: Path) -> None:
            self._ended(job)
            self.finished.emit(checkpoint)

        def failed(error: Exception) -> None:
            self._ended(job)
            if not isinstance(error, SamdeskError):
                raise error
            self.told.emit(words.explained(error))

        job = self._lane.submit(
            checkpoint.kind,
            work,
            done=done,
            failed=failed,
            cancelled=lambda: self._ended(job),
        )
        self._job = job

    def cancel(self) -> None:
        """Stops; what has arrived is kept for the next time."""
        if self._job is not None:
            self._job.token.cancel()

    def _ended(self, job: Job) -> None:
        if self._job is job:
            self._job = self.current = None
            self.changed.emit()
