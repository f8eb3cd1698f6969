"""The images of an open folder, in order, each found without searching; what lists them anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from samdesk.core.dataset import Category, Change, ImageRecord, Status, UnsegmentedBox
from samdesk.core.image import list_images, listed
from samdesk.errors import SamdeskError
from samdesk.store.project import Project, default_database
from samdesk.text import Text


class Listing:
    """What is known of a folder's images, a row each.

    Args:
        records: in the order in which they are shown.
        counts: how many annotations the images with these ids have; changed by its users.
        proposals: how many proposals they have, those that have some; changed by its users.
    """

    def __init__(
        self,
        records: list[ImageRecord],
        counts: dict[int, int],
        proposals: dict[int, int] | None = None,
    ) -> None:
        self.records = records
        self.counts = counts
        self.proposals = proposals or {}
        self._by_path: dict[str, int] = {}
        self._by_id: dict[int, int] = {}
        # Both share their numbers, which halves what they take.
        for row, record in enumerate(records):
            self._by_path[record.path] = self._by_id[record.id] = row
        self._statuses = Counter(record.status for record in records)

    def row_of(self, image_id: int) -> int:
        """The row of an image; -1 when it is not listed."""
        return self._by_id.get(image_id, -1)

    def row_of_path(self, path: str) -> int:
        """The row of a path relative to the folder, with forward slashes; -1 when there is none."""
        return self._by_path.get(path, -1)

    def replace(self, record: ImageRecord) -> int:
        """Takes over a record that was changed; its row, -1 when it is not listed."""
        row = self.row_of(record.id)
        if row >= 0:
            self._statuses[self.records[row].status] -= 1
            self._statuses[record.status] += 1
            self.records[row] = record
        return row

    def number_of(self, status: Status) -> int:
        """How many images have a status."""
        return self._statuses[status]

    def is_untouched(self, row: int) -> bool:
        """Whether an image is still to be annotated: neither done, skipped nor begun."""
        record = self.records[row]
        return record.status == "open" and not self.counts.get(record.id)

    def first_row(self) -> int:
        """Where work goes on: the first untouched image; -1 in an empty folder."""
        rows = range(len(self.records))
        return next(filter(self.is_untouched, rows), 0 if self.records else -1)


def open_folder(folder: Path, data: Path) -> tuple[Project, Listing, list[str]] | None:
    """Opens a folder's project with all images that are there now.

    Args:
        data: where the projects of folders that cannot be written are kept.

    Returns:
        The project, its images, and what the user should be told; None for a folder without
        images and project, in which opening leaves no trace.

    Raises:
        ImageError: the folder cannot be read.
        ProjectError: its project cannot be opened.
    """
    nameless: list[str] = []
    paths = list_images(folder, nameless)
    if not paths and not default_database(folder, data).exists():
        return None
    project = Project.open(folder, data=data)
    try:
        notices = list(project.notices)
        if nameless:
            notices.append(
                Text(
                    "Files and folders whose names a COCO file cannot have are left out ({count}): "
                    "they are no Unicode, have a backslash or begin like a drive. Rename them to "
                    "annotate them.",
                    count=len(nameless),
                )
            )
        listing = _listing(project, paths, notices)
    except BaseException:
        project.close()
        raise
    return project, listing, notices


@dataclass(frozen=True)
class Stored:
    """A project after changes, as far as a window shows it all."""

    listing: Listing
    categories: list[Category]
    category_counts: dict[int, int]
    boxes: dict[int, UnsegmentedBox]
    notices: list[str]


def store(
    project: Project, changes: Sequence[Change], keep_going: Callable[[int, int], None]
) -> Stored:
    """Applies many changes, all or none, and lists the folder anew.

    Args:
        keep_going: told how many changes are made, and of how many; raises to undo them.

    Raises:
        ImageError: the folder cannot be read.
        ProjectError: as `Project.apply`.
    """
    paths = list_images(project.folder)

    def told() -> Iterator[Change]:
        for number, change in enumerate(changes):
            if number % _TOLD_EVERY == 0:
                keep_going(number, len(changes))
            yield change
        keep_going(len(changes), len(changes))

    project.apply(told())
    notices: list[str] = []
    listing = _listing(project, paths, notices)
    return Stored(
        listing,
        project.categories(),
        project.counts_by_category(),
        {box.id: box for box in project.boxes()},
        notices,
    )


_TOLD_EVERY = 100


def _listing(project: Project, paths: Sequence[str], notices: list[str]) -> Listing:
    try:
        records = project.add_images(paths)
    except SamdeskError as error:
        notices.append(error.text)
        records = project.images()
    counts = project.counts_by_image()
    return Listing(_in_order(paths, records, counts), counts, project.proposal_counts())


def _in_order(
    paths: Sequence[str], records: list[ImageRecord], counts: dict[int, int]
) -> list[ImageRecord]:
    known = {record.path: record for record in records}
    # An image that is new in a project that may only be read has no id of its own.
    present = [
        known.pop(path) if path in known else ImageRecord(-number, path)
        for number, path in enumerate(paths, start=1)
    ]
    # What was annotated stays in the list when its file has gone.
    gone = [record for record in known.values() if counts.get(record.id)]
    if not gone:
        return present
    both = present + gone
    places = {path: place for place, path in enumerate(listed(record.path for record in both))}
    return sorted(both, key=lambda record: places.get(record.path, len(places)))
