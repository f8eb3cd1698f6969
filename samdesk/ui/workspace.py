"""The open folder: its project, its images, the one on screen, and what is read ahead of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal

from samdesk.core.dataset import Change, ImageRecord
from samdesk.core.image import LoadedImage, load_image
from samdesk.engine.base import Cancelled, CancelToken
from samdesk.errors import ImageError, SamdeskError
from samdesk.runtime.annotating import as_loaded, require_unchanged
from samdesk.runtime.arrangement import Arrangement
from samdesk.runtime.images import Images
from samdesk.runtime.inference import Inference
from samdesk.runtime.lane import Job, Lane, Post
from samdesk.runtime.listing import Listing, Stored, open_folder, store
from samdesk.settings import Settings
from samdesk.store.project import Project
from samdesk.ui import words
from samdesk.ui.bridge import InferenceSignals
from samdesk.ui.picture import Picture
from samdesk.ui.progress import Progress
from samdesk.ui.thumbnails import Pixels, Thumbnails

Opened: TypeAlias = tuple[Project, Listing, list[str]] | None

_AFTER_THUMBNAILS = 3  # whose ranks are at most 2


class Encoding(Enum):
    """How far an image is from answering prompts."""

    NONE = "not prepared yet"
    RUNNING = "being prepared"
    READY = "prepared: clicks are answered at once"
    PROBLEM = "problem"


class Workspace(QObject):
    """Owns the project and the list of images. Annotations are the Annotator's.

    Attributes:
        left_off: by whom settings are kept: the image and the category where work in a folder
            stood, "" where that is not known.
    """

    # `row_changed` says that something shown of a row changed, `record_changed` that its record
    # did, which is much rarer.
    opened = Signal()
    relisted = Signal()
    narrowed = Signal()
    opening = Signal(object)
    leaving = Signal()  # while everything of the folder is still there
    open_failed = Signal(object)
    moved = Signal()
    loaded = Signal()
    row_changed = Signal(int)
    record_changed = Signal(int)
    progressed = Signal()
    surveyed = Signal()
    storing = Signal(int, int)  # changes made, and of how many, while a large step is stored
    told = Signal(str)
    hinted = Signal(str)  # of use for the moment

    def __init__(
        self,
        io: Lane,
        post: Post,
        inference_signals: InferenceSignals,
        data: Path,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._io = io
        self._post = post
        self._data = data
        self._settings = settings
        self.images = Images(self._read, capacity=settings.image_memory_mb * 1_000_000)
        self.inference: Inference | None = None
        self.project: Project | None = None
        self.folder: Path | None = None
        self.listing = Listing([], {})
        self.row = -1
        self.picture: Picture | None = None
        self.errors: dict[str, Exception] = {}
        self.fractions: dict[str, float] = {}
        self.left_off: Callable[[Path], tuple[str, str]] = lambda _folder: ("", "")
        self._arrangement = Arrangement(range(0))
        self._direction = 1
        self._lent: Project | None = None
        self._has_warned = False
        self._open_job: Job | None = None
        self._screen_job: Job | None = None
        self.thumbnails = Thumbnails(
            io, made=lambda key: self.row_changed.emit(self._row_of_key(key)), failed=self._failed
        )
        self._looked_at: set[str] = set()
        signals = inference_signals
        signals.encode_progressed.connect(self._encoding_progressed)
        signals.encode_finished.connect(lambda key, _seconds: self._encoding_ended(key))
        signals.encode_cancelled.connect(self._encoding_ended)
        signals.encode_error.connect(self._encode_failed)
        signals.encode_surveyed.connect(self.surveyed)
        signals.encode_surveyed.connect(self.progressed)

    @property
    def records(self) -> Sequence[ImageRecord]:
        """All images of the folder."""
        return self.listing.records

    @property
    def counts(self) -> dict[int, int]:
        """How many annotations the images with these ids have; images without may be missing."""
        return self.listing.counts

    @property
    def shown(self) -> Sequence[int]:
        """The rows to list and to step through, in this order."""
        return self._arrangement.rows

    def place(self, row: int) -> int:
        """Where a row is listed; -1 when it is left out."""
        return self._arrangement.place(row)

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

    def use(self, settings: Settings) -> None:
        """Takes over what may change while a folder is open."""
        self._settings = settings
        self.refresh_wanted()

    def open(self, folder: Path, at: str = "") -> None:
        """Opens a folder; `opened` or `open_failed` follows.

        Args:
            at: the image to show first, relative to the folder; without it the one where work
                stood, else the first that is untouched.
        """
        folder = folder.expanduser().absolute()
        if self.is_storing:
            self.told.emit(self._storing_text())
            return
        if self._open_job is not None:
            self._open_job.token.cancel()
        if self.project is not None and self.project.folder == folder:
            # A project has one writer, and that must not be the one that is about to go.
            self._leave(folder)
        self.opening.emit(folder)
        data = self._data

        def work(token: CancelToken) -> Opened:
            opened = open_folder(folder, data)
            if opened is not None and token.is_cancelled:
                opened[0].close()
                raise Cancelled
            return opened

        def done(opened: Opened) -> None:
            if job.token.is_cancelled:
                if opened is not None:
                    opened[0].close()
            elif self.is_storing:
                # A step that was begun meanwhile is on its way to the folder that is still open.
                if opened is not None:
                    opened[0].close()
                self.open_failed.emit(SamdeskError(self._storing_text()))
            elif opened is None:
                self._leave(folder)
            elif self.project is not None and opened[0].is_same_as(self.project):
                # It is open under another name, such as a link's, and must be let go first.
                opened[0].close()
                self._leave(folder)
                self.open(folder, at)
            else:
                self._take(*opened, at)

        job = self._open_job = self._io.submit(
            "open", work, done=done, failed=self.open_failed.emit
        )

    def reopen(self) -> None:
        """Opens the folder again that is open, for files that came or went meanwhile."""
        if self.folder is not None:
            self.open(self.folder, self.record.path if self.record is not None else "")

    def go_to(self, row: int) -> None:
        """Shows another image; does nothing when there is no such row."""
        if not 0 <= row < len(self.records) or row == self.row:
            return
        self._direction = 1 if row >= self.row else -1
        self.row = row
        self._show()

    def show_only(self, rows: Sequence[int] | None) -> None:
        """Makes the images of these rows, in this order, those to list and step through.

        None for all. The image on screen stays there, listed or not: it may hold a draft.
        """
        self._arrangement = Arrangement(range(len(self.records)) if rows is None else rows)
        self.narrowed.emit()
        self.refresh_wanted()

    def step(self, by: int) -> None:
        """Shows the next image (1) or the one before (-1) of those to step through."""
        walk = self._walk(by)
        if walk:
            self.go_to(walk[0])

    def next_unannotated(self) -> None:
        """Shows the next image that has no annotation and is not done."""
        for row in (*self._walk(1), *reversed(self._walk(-1))):
            if self.listing.is_untouched(row):
                self.go_to(row)
                return
        self.hinted.emit(self.tr("Every image has annotations or is done."))

    def reload(self) -> None:
        """Reads the image on screen again, after its file was changed."""
        if self.record is None:
            return
        self.images.forget(self.key)
        if self.inference is not None:
            self.inference.retry(self.key)
        self._show()

    def look_again(self, rows: Sequence[int]) -> None:
        """Reads images again that could not be read, in case their files are back or mended."""
        for row in rows:
            key = self._key(row)
            if key in self.errors and key not in self._looked_at:
                self._looked_at.add(key)
                self._io.submit(
                    key,
                    partial(self._read_again, key),
                    done=partial(self._came_back, key),
                    failed=partial(self._stayed_away, key),
                    rank=_AFTER_THUMBNAILS,
                )

    def _read_again(self, key: str, _token: CancelToken) -> LoadedImage:
        return self.images.get(key)

    def _came_back(self, key: str, image: LoadedImage) -> None:
        self._looked_at.discard(key)
        row = self._row_of_key(key)
        if row < 0 or key not in self.errors or self.project is None:
            return
        record = self.records[row]
        try:
            if self._has_masks(record):
                require_unchanged(record, image)
        except SamdeskError as error:
            self._stayed_away(key, error)
            return
        del self.errors[key]
        self.thumbnails.forget(key)
        if self.inference is not None:
            self.inference.retry(key)
        self.row_changed.emit(row)
        if key == self.key:
            self._show()
        else:
            self.refresh_wanted()

    def _stayed_away(self, key: str, error: Exception) -> None:
        self._looked_at.discard(key)
        before = self.errors.get(key)
        if before is not None and words.explained(before) != words.explained(error):
            self._failed(key, error)

    def replace_record(self, record: ImageRecord) -> None:
        """Takes a record over that was changed in the project."""
        row = self.listing.replace(record)
        if row >= 0:
            self.row_changed.emit(row)
            self.record_changed.emit(row)

    def row_of(self, image_id: int) -> int:
        """The row of an image; -1 when it is not in the folder."""
        return self.listing.row_of(image_id)

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

    def thumbnail(self, row: int) -> Pixels | None:
        """A small copy of an image, (h, w, 3) uint8; None until it has been read."""
        return self.thumbnails.get(self._key(row), self._settings.max_pixels)

    @property
    def is_read_only(self) -> bool:
        """Whether the folder can only be looked at."""
        return self.project is not None and self.project.read_only

    @property
    def database(self) -> Path | None:
        """Of the project that may be written, also while it belongs to the io lane."""
        project = self.project or self._lent
        return None if project is None or project.read_only else project.database

    @property
    def is_storing(self) -> bool:
        """Whether the project belongs to the io lane now."""
        return self._lent is not None

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
                changes.append(Change(record, replace(record, sha256=sha256)))
        if not changes:
            return
        try:
            self.project.apply(changes)
        except SamdeskError as error:
            self.told.emit(words.explained(error))
            return
        for change in changes:
            assert isinstance(change.after, ImageRecord)
            self.listing.replace(change.after)

    def store(
        self,
        changes: Callable[[], Sequence[Change]],
        keep_going: Callable[[CancelToken, int, int], None],
        done: Callable[[Stored], None],
        failed: Callable[[Exception | None], None],
    ) -> Job | None:
        """Stores many changes beside the GUI thread, and lists the folder anew.

        Meanwhile the project belongs to the io lane, and the folder can only be looked at.

        Args:
            changes: called on the io lane, as is `keep_going`, which may raise to undo them.
            done, failed: called in the GUI thread once the project is back; None: cancelled.
        """
        project = self.project
        if project is None:
            return None
        self.project, self._lent = None, project
        self.storing.emit(0, 1)

        progress = Progress(self._post, lambda _what, done, total: self._tell_stored(done, total))

        def told(token: CancelToken, done: int, total: int) -> None:
            keep_going(token, done, total)
            progress("store", done, total)

        def work(token: CancelToken) -> Stored:
            return store(project, changes(), lambda *so_far: told(token, *so_far))

        def stored(found: Stored) -> None:
            if self._take_back(project):
                self._relist(found)
                done(found)

        def ended(error: Exception | None) -> None:
            if self._take_back(project):
                self._go_on()
                failed(error)

        return self._io.submit(
            "store", work, done=stored, failed=ended, cancelled=lambda: ended(None)
        )

    def may_close(self) -> bool:
        """Whether the window may close: not the first time that the project's place was taken."""
        if self.project is None:
            return True
        try:
            self.project.require_in_place()
        except SamdeskError as error:
            self.told.emit(words.explained(error))
            has_warned, self._has_warned = self._has_warned, True
            return has_warned
        return True

    def close(self) -> None:
        """Closes the project and forgets its images."""
        self.leaving.emit()
        for project in (self.project, self._lent):
            if project is not None:
                try:
                    project.close()
                except SamdeskError as error:
                    self.told.emit(words.explained(error))
        if self._lent is not None:
            self.storing.emit(0, 0)
        self.project, self._lent, self.picture = None, None, None
        self._has_warned = False
        self.listing, self.row, self._arrangement = Listing([], {}), -1, Arrangement(range(0))

    def _storing_text(self) -> str:
        return self.tr("Annotations are being stored; open the folder after that.")

    def _leave(self, folder: Path) -> None:
        """Shows a folder as one in which there is nothing."""
        self.close()
        self.folder = folder
        self.opened.emit()
        self.moved.emit()
        self.loaded.emit()

    def _take(self, project: Project, listing: Listing, notices: list[str], at: str) -> None:
        self.close()
        self.project, self.folder, self.listing = project, project.folder, listing
        self._arrangement = Arrangement(range(len(listing.records)))
        for notice in notices:
            self.told.emit(words.translated(notice))
        self.errors.clear()
        self.fractions.clear()
        self.thumbnails.clear()
        self._direction = 1
        asked = listing.row_of_path(at or self.left_off(project.folder)[0])
        self.row = asked if asked >= 0 else listing.first_row()
        self.opened.emit()
        self._show()

    def _tell_stored(self, done: int, total: int) -> None:
        # The last word may come after the end.
        if self.is_storing:
            self.storing.emit(done, total)

    def _take_back(self, project: Project) -> bool:
        """Whether the folder is still open for which a project was lent."""
        if self._lent is not project:
            return False
        self.project, self._lent = project, None
        self.storing.emit(0, 0)
        return True

    def _relist(self, stored: Stored) -> None:
        shown = self.record
        self.listing = stored.listing
        self._arrangement = Arrangement(range(len(self.listing.records)))
        self.row = self.row_of(shown.id) if shown else -1
        for notice in stored.notices:
            self.told.emit(words.translated(notice))
        self.relisted.emit()
        self.progressed.emit()
        if self.row < 0:
            self.row = self.listing.first_row()
            self._show()
        else:
            self._go_on()

    def _go_on(self) -> None:
        """Shows the image on screen if it arrived while its record could not be changed."""
        if self.picture is None and self.record is not None and self.error is None:
            self._show()

    def _show(self) -> None:
        self.picture = None
        if self._screen_job is not None:
            self._screen_job.token.cancel()
        self.moved.emit()
        self.refresh_wanted()
        self.progressed.emit()
        if self.record is None or self.error is not None:
            self.loaded.emit()
        if self.record is None:
            return
        # What could not be read is read again: a file is mended, a drive comes back.
        key = self.key

        def work(_token: CancelToken) -> Picture:
            return Picture.of(self.images.get(key))

        self._screen_job = self._io.submit(
            key,
            work,
            done=lambda picture: self._arrived(key, picture),
            failed=lambda error: self._failed(key, error),
        )

    def _arrived(self, key: str, picture: Picture) -> None:
        if self.errors.pop(key, None) is not None:
            self._try_again(key)
        record = self.record
        if key != self.key or record is None or self.project is None:
            return
        has_masks = self._has_masks(record)
        if has_masks:
            try:
                require_unchanged(record, picture.image)
            except SamdeskError as error:
                self._failed(key, error)
                return
            if record.sha256 not in (None, picture.image.sha256):
                self.told.emit(
                    self.tr(
                        "{0} has changed since it was annotated. Check its masks, and mark it as"
                        " done to be told no more."
                    ).format(record.path)
                )
        seen = as_loaded(record, picture.image, has_masks=has_masks)
        if seen != record and record.id > 0 and not self.project.read_only:
            try:
                self.project.apply([Change(record, seen)])
            except SamdeskError as error:
                self.told.emit(words.explained(error))
            else:
                self.replace_record(seen)
        if self.inference is not None:
            self.inference.check(key, picture.image.sha256)
        self.picture = picture
        self.loaded.emit()

    def _try_again(self, read: str) -> None:
        """Forgets which images could not be read, now that one of them was."""
        unread = [key for key, error in self.errors.items() if isinstance(error, ImageError)]
        for key in unread:
            del self.errors[key]
        for key in (read, *unread):
            self.thumbnails.forget(key)
        self.refresh_wanted()
        if self.inference is not None:
            self.inference.retry_unread()
        self.surveyed.emit()

    def _has_masks(self, record: ImageRecord) -> bool:
        """Whether something of an image is for its present size: annotations, proposals, boxes."""
        assert self.project is not None
        counted = self.counts.get(record.id) or self.listing.proposals.get(record.id)
        return bool(counted or self.project.boxes(record.id))

    def _failed(self, key: str, error: Exception) -> None:
        self.errors[key] = error
        self.fractions.pop(key, None)
        self.row_changed.emit(self._row_of_key(key))
        if key == self.key:
            self.picture = None
            self.loaded.emit()

    def _encoding_progressed(self, key: str, fraction: float) -> None:
        self.fractions[key] = fraction
        self.row_changed.emit(self._row_of_key(key))
        self.progressed.emit()

    def _encoding_ended(self, key: str) -> None:
        self.fractions.pop(key, None)
        self.row_changed.emit(self._row_of_key(key))
        self.progressed.emit()

    def _encode_failed(self, key: str, error: Exception) -> None:
        self._encoding_ended(key)
        # An engine that fails is not the image's fault: the image can still be looked at.
        if isinstance(error, ImageError):
            self._failed(key, error)
        else:
            self.told.emit(words.explained(error))

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
        return self._arrangement.walk(self.row, direction)

    def _key(self, row: int) -> str:
        assert self.folder is not None
        return str(self.folder / self.records[row].path)

    def _row_of_key(self, key: str) -> int:
        """The row of a key; -1 when it belongs to a folder that was open before."""
        if self.folder is None or not Path(key).is_relative_to(self.folder):
            return -1
        return self.listing.row_of_path(Path(key).relative_to(self.folder).as_posix())

    def _read(self, key: str) -> LoadedImage:
        return load_image(key, max_pixels=self._settings.max_pixels)
