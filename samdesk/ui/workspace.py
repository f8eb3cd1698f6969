"""The open folder: its project, its images, the one on screen, and what is read ahead of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from samdesk.core.dataset import Change, ImageRecord, Status
from samdesk.core.image import LoadedImage, halves, list_images, load_image, scaled
from samdesk.engine.base import CancelToken
from samdesk.errors import ImageError, SamdeskError
from samdesk.runtime.annotating import as_loaded, require_unchanged
from samdesk.runtime.images import Images
from samdesk.runtime.inference import Inference
from samdesk.runtime.lane import Job, Lane
from samdesk.settings import Settings
from samdesk.store.project import Project, default_database
from samdesk.ui.bridge import InferenceSignals

Pixels = npt.NDArray[np.uint8]

THUMBNAIL_SIDE = 112  # pixels; sharp at 200 % scaling
_THUMBNAILS_KEPT = 2000


class Encoding(Enum):
    """How far an image is from answering prompts."""

    NONE = "not encoded"
    RUNNING = "encoding"
    READY = "ready"
    PROBLEM = "problem"


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded image and its reductions to 1/2, 1/4, ... for drawing it small and fast."""

    image: LoadedImage
    levels: tuple[Pixels, ...]


class Workspace(QObject):
    """Owns the project and the list of images. Annotations are the Annotator's."""

    # `row_changed` says that something shown of a row changed, `record_changed` that its record
    # did, which is much rarer.
    opened = Signal()
    opening = Signal(object)
    open_failed = Signal(object)
    moved = Signal()
    loaded = Signal()
    row_changed = Signal(int)
    record_changed = Signal(int)
    progressed = Signal()
    surveyed = Signal()
    told = Signal(str)

    def __init__(
        self,
        io: Lane,
        inference_signals: InferenceSignals,
        data: Path,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._io = io
        self._data = data
        self._settings = settings
        self._max_pixels = settings.max_pixels
        self.images = Images(self._read, capacity=settings.image_memory_mb * 1_000_000)
        self.inference: Inference | None = None
        self.project: Project | None = None
        self.folder: Path | None = None
        self.records: list[ImageRecord] = []
        self.counts: dict[int, int] = {}
        self.row = -1
        self.picture: Picture | None = None
        self.errors: dict[str, Exception] = {}
        self.fractions: dict[str, float] = {}
        self._rows: dict[str, int] = {}
        self._shown: Sequence[int] | None = None
        self._direction = 1
        self._screen_job: Job | None = None
        self._thumbnails: dict[str, Pixels | None] = {}
        self._asked = 0
        signals = inference_signals
        signals.encode_progressed.connect(self._encoding_progressed)
        signals.encode_finished.connect(lambda key, _seconds: self._encoding_ended(key))
        signals.encode_cancelled.connect(self._encoding_ended)
        signals.encode_error.connect(self._encode_failed)
        signals.encode_surveyed.connect(self.surveyed)
        signals.encode_surveyed.connect(self.progressed)

    @property
    def record(self) -> ImageRecord | None:
        """The image on screen."""
        return self.records[self.row] if 0 <= self.row < len(self.records) else None

    @property
    def key(self) -> str:
        """The key of the image on screen, for inference."""
        return self._key(self.row) if self.record else ""

    @property
    def error(self) -> Exception | None:
        """Why the image on screen cannot be shown."""
        return self.errors.get(self.key)

    def open(self, folder: Path) -> None:
        """Opens a folder; `opened` or `open_failed` follows."""
        folder = folder.expanduser().absolute()
        self.opening.emit(folder)

        def opened(paths: list[str]) -> None:
            if not paths and not default_database(folder, self._data).exists():
                # Opening the wrong folder must leave no trace in it.
                self.close()
                self.folder = folder
                self.opened.emit()
                self.moved.emit()
                self.loaded.emit()
                return
            try:
                project = Project.open(folder, data=self._data)
            except SamdeskError as error:
                self.open_failed.emit(error)
                return
            self._take(project, paths)

        self._io.submit(
            "open",
            lambda token: list_images(folder),
            done=opened,
            failed=self.open_failed.emit,
        )

    def go_to(self, row: int) -> None:
        """Shows another image; does nothing when there is no such row."""
        if not 0 <= row < len(self.records) or row == self.row:
            return
        self._direction = 1 if row >= self.row else -1
        self.row = row
        self._show()

    def show_only(self, rows: Sequence[int] | None) -> None:
        """Makes the images of these rows, ascending, those to step through; None for all."""
        self._shown = rows
        self.refresh_wanted()

    def step(self, by: int) -> None:
        """Shows the next image (1) or the one before (-1) of those to step through."""
        walk = self._walk(by)
        if walk:
            self.go_to(walk[0])

    def next_unannotated(self) -> None:
        """Shows the next image that has no annotation and is not done."""
        for row in (*self._walk(1), *reversed(self._walk(-1))):
            record = self.records[row]
            if record.status == "open" and not self.counts.get(record.id):
                self.go_to(row)
                return
        self.told.emit(self.tr("Every image has annotations or is done."))

    def reload(self) -> None:
        """Reads the image on screen again, after its file was changed."""
        if self.record is None:
            return
        self.images.forget(self.key)
        self.errors.pop(self.key, None)
        if self.inference is not None:
            self.inference.retry(self.key)
        self._show()

    def replace_record(self, record: ImageRecord) -> None:
        """Takes a record over that was changed in the project."""
        for row, known in enumerate(self.records):
            if known.id == record.id:
                self.records[row] = record
                self.row_changed.emit(row)
                self.record_changed.emit(row)
                return

    def row_of(self, image_id: int) -> int:
        """The row of an image; -1 when it is not in the folder."""
        return next((row for row, one in enumerate(self.records) if one.id == image_id), -1)

    def encoding(self, row: int) -> Encoding:
        """How far an image is from answering prompts."""
        key = self._key(row)
        if key in self.errors:
            return Encoding.PROBLEM
        if self.inference is None:
            return Encoding.NONE
        if self.inference.is_encoded(key):
            return Encoding.READY
        return Encoding.RUNNING if key in self.fractions else Encoding.NONE

    def fraction(self, row: int) -> float:
        """How much of an image's encoding is done, 0 to 1."""
        return self.fractions.get(self._key(row), 0.0)

    def status_counts(self) -> dict[Status, int]:
        """How many images are open, done and skipped."""
        counts: dict[Status, int] = {"open": 0, "done": 0, "skipped": 0}
        for record in self.records:
            counts[record.status] += 1
        return counts

    def thumbnail(self, row: int) -> Pixels | None:
        """A small copy of an image, (h, w, 3); None until it has been read."""
        key = self._key(row)
        if key in self._thumbnails:
            return self._thumbnails[key]
        self._thumbnails[key] = None
        while len(self._thumbnails) > _THUMBNAILS_KEPT:
            del self._thumbnails[next(iter(self._thumbnails))]
        self._asked += 1

        def made(pixels: Pixels) -> None:
            self._thumbnails[key] = pixels
            self.row_changed.emit(self._rows.get(key, -1))

        # The newest first: it is what is in view after scrolling.
        self._io.submit(
            key,
            lambda token: np.ascontiguousarray(scaled(self.images.get(key).rgb, THUMBNAIL_SIDE)),
            done=made,
            failed=lambda error: self._failed(key, error),
            rank=1 / self._asked + 1,
        )
        return None

    @property
    def is_read_only(self) -> bool:
        """Whether the folder can only be looked at."""
        return self.project is not None and self.project.read_only

    def refresh_wanted(self) -> None:
        """Tells inference and the image cache which images are needed, in which order."""
        keys = [self._key(row) for row in self._nearest()]
        self.images.want(keys)
        if self.inference is not None:
            near = [key for key in keys if key not in self.errors]
            self.inference.want(near, self._direction)

    def note_contents(self, contents: Mapping[int, str]) -> None:
        """Keeps the SHA-256 of files that were read, by row, in the project.

        What an annotated image was when it was annotated stays as it is.
        """
        if self.project is None or self.project.read_only:
            return
        changes = []
        for row, sha256 in contents.items():
            record = self.records[row]
            is_kept = record.sha256 is not None and self.counts.get(record.id)
            if record.id > 0 and record.sha256 != sha256 and not is_kept:
                changes.append((row, record, replace(record, sha256=sha256)))
        if not changes:
            return
        try:
            self.project.apply(Change(before, after) for _, before, after in changes)
        except SamdeskError as error:
            self.told.emit(str(error))
            return
        for row, _, after in changes:
            self.records[row] = after

    def close(self) -> None:
        """Closes the project and forgets its images."""
        if self.project is not None:
            self.project.close()
        self.project, self.picture = None, None
        self.records, self.row = [], -1

    def _take(self, project: Project, paths: list[str]) -> None:
        self.close()
        self.project, self.folder = project, project.folder
        for notice in project.notices:
            self.told.emit(notice)
        try:
            project.add_images(paths)
        except SamdeskError as error:
            self.told.emit(str(error))
        known = {record.path: record for record in project.images()}
        self.counts = project.counts_by_image()
        # An image that is new in a project that may only be read has no id of its own.
        self.records = [
            known.pop(path) if path in known else ImageRecord(-number, path)
            for number, path in enumerate(paths, start=1)
        ]
        # What was annotated stays in the list when its file has gone.
        self.records += [record for record in known.values() if self.counts.get(record.id)]
        self.errors.clear()
        self.fractions.clear()
        self._thumbnails.clear()
        self._rows = {self._key(row): row for row in range(len(self.records))}
        self._direction = 1
        self._shown = None
        self.row = self._first_open()
        self.opened.emit()
        self._show()

    def _first_open(self) -> int:
        for row, record in enumerate(self.records):
            if record.status == "open" and not self.counts.get(record.id):
                return row
        return 0 if self.records else -1

    def _show(self) -> None:
        self.picture = None
        if self._screen_job is not None:
            self._screen_job.token.cancel()
        self.moved.emit()
        self.refresh_wanted()
        self.progressed.emit()
        if self.record is None or self.error is not None:
            self.loaded.emit()
            return
        key = self.key

        def work(_token: CancelToken) -> Picture:
            image = self.images.get(key)
            return Picture(image, halves(image.rgb))

        self._screen_job = self._io.submit(
            key,
            work,
            done=lambda picture: self._arrived(key, picture),
            failed=lambda error: self._failed(key, error),
        )

    def _arrived(self, key: str, picture: Picture) -> None:
        record = self.record
        if key != self.key or record is None or self.project is None:
            return
        if self.counts.get(record.id):
            try:
                require_unchanged(record, picture.image)
            except SamdeskError as error:
                self._failed(key, error)
                return
            if record.sha256 not in (None, picture.image.sha256):
                self.told.emit(
                    self.tr("{0} has changed since it was annotated. Check its masks.").format(
                        record.path
                    )
                )
        seen = as_loaded(record, picture.image)
        if seen != record and record.id > 0 and not self.project.read_only:
            try:
                self.project.apply([Change(record, seen)])
            except SamdeskError as error:
                self.told.emit(str(error))
            else:
                self.replace_record(seen)
        if self.inference is not None:
            self.inference.check(key, picture.image.sha256)
        self.picture = picture
        self.loaded.emit()

    def _failed(self, key: str, error: Exception) -> None:
        self.errors[key] = error
        self.fractions.pop(key, None)
        self.row_changed.emit(self._rows.get(key, -1))
        if key == self.key:
            self.picture = None
            self.loaded.emit()

    def _encoding_progressed(self, key: str, fraction: float) -> None:
        self.fractions[key] = fraction
        self.row_changed.emit(self._rows.get(key, -1))
        self.progressed.emit()

    def _encoding_ended(self, key: str) -> None:
        self.fractions.pop(key, None)
        self.row_changed.emit(self._rows.get(key, -1))
        self.progressed.emit()

    def _encode_failed(self, key: str, error: Exception) -> None:
        self._encoding_ended(key)
        # An engine that fails is not the image's fault: the image can still be looked at.
        if isinstance(error, ImageError):
            self._failed(key, error)
        else:
            self.told.emit(str(error))

    def _nearest(self) -> list[int]:
        """Rows by urgency: on screen, then two ahead for each one behind."""
        if self.record is None:
            return []
        ahead, behind = self._walk(self._direction), self._walk(-self._direction)
        wanted = min(self._settings.prefetch, len(ahead) + len(behind)) + 1
        onward, back = iter(ahead), iter(behind)
        order = [self.row]
        while len(order) < wanted:
            order += [*islice(onward, 2), *islice(back, 1)]
        return order[:wanted]

    def _walk(self, direction: int) -> Sequence[int]:
        """The rows to step through from the one on screen, the nearest first."""
        rows = self._shown if self._shown is not None else range(len(self.records))
        if direction > 0:
            return rows[bisect_right(rows, self.row) :]
        return rows[: bisect_left(rows, self.row)][::-1]

    def _key(self, row: int) -> str:
        assert self.project is not None
        return str(self.project.folder / self.records[row].path)

    def _read(self, key: str) -> LoadedImage:
        return load_image(key, max_pixels=self._max_pixels)
