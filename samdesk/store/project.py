"""A project: what was accepted for a folder of images, in one SQLite database.

Every `apply` is one transaction that is on disk when it returns. One writer at a time: whoever
opens a project that another process holds gets it read-only.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from samdesk.core.dataset import (
    Annotation,
    AutomaticRun,
    Category,
    Change,
    Dataset,
    DatasetInfo,
    ImageRecord,
    Proposal,
    Record,
    UnsegmentedBox,
)
from samdesk.core.prompt import Box
from samdesk.errors import MisfitError, ProjectError
from samdesk.store.database import (
    Opened,
    close_database,
    default_database,
    held_as_it_is,
    kept_beside,
    notices_of_place,
    open_database,
    written_anew,
)
from samdesk.store.failure import explained_reading, explained_writing
from samdesk.store.rows import ANNOTATION_COLUMNS, TABLES, annotation_of, row_of
from samdesk.store.totals import Totals
from samdesk.text import Text

__all__ = ["Project", "default_database"]

_SLACK = 1.0  # pixels that a box may reach out of its image, as files round


class Project:
    """An open project database. Belongs to one thread at a time: one may open it for another.

    Attributes:
        folder: the folder of images.
        database: the SQLite file.
        read_only: whether `apply` is refused.
        notices: what the user should know about how it was opened, a sentence each.
    """

    def __init__(
        self,
        folder: Path,
        opened: Opened,
        notices: tuple[str, ...],
    ) -> None:
        self.folder = folder
        self.database = opened.files.database
        self.read_only = opened.lock is None
        self.notices = notices
        self._opened = opened
        self._is_closed = False
        # Where what is open is kept once its place was taken.
        self._kept: Path | None = None
        self._last_ids: dict[type[Record], int] = {}

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        data: Path,
        database: Path | None = None,
        read_only: bool = False,
    ) -> Project:
        """Opens a folder's project, creating it where there is none.

        Args:
            folder: the folder of images.
            data: where the projects of folders that cannot be written are kept.
            database: a database elsewhere than `<folder>/.samdesk/project.db`.
            read_only: for reading beside a writer; the project must exist.

        Raises:
            ProjectError: no such folder, no project to read, or a database that is damaged, of
                another program or of a newer version.
        """
        folder = folder.expanduser().absolute()
        if not os.path.isdir(folder):
            raise ProjectError(
                Text("There is no folder {folder}.", folder=folder), "Check the path."
            )
        notices: list[str] = []
        if database is None:
            database = default_database(folder, data)
            notices += notices_of_place(folder, data)
        if read_only and not os.path.exists(database):
            raise ProjectError(
                Text("{folder} has no SAMDesk project yet.", folder=folder),
                "Annotate at least one image first.",
            )
        opened = open_database(database, read_only=read_only)
        return cls(folder, opened, (*notices, *opened.notices))

    def reader(self) -> Project:
        """A connection of its own that only reads; any thread may ask for one.

        Raises:
            ProjectError: as `open`; or what is stored there now is not what is open here.
        """
        if not self.read_only and self._opened.files.state == "replaced":
            raise self._replaced()
        return Project.open(self.folder, data=self.database, database=self.database, read_only=True)

    def is_same_as(self, other: Project) -> bool:
        """Whether both were opened from one file, be it under two names."""
        return self._opened.files.ids[""] == other._opened.files.ids[""] is not None

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database and lets another process write.

        Raises:
            ProjectError: as `require_in_place`, unless that was told before. It is closed then.
        """
        if self._is_closed:
            return
        self._is_closed = True
        try:
            if self._kept is None:
                self.require_in_place()
        finally:
            close_database(self._opened)

    def let_others_write(self) -> None:
        """Goes on as one that only reads; another process may write from now on."""
        if self._opened.lock is not None:
            self.read_only = True
            self._opened.lock.release()

    def require_in_place(self) -> None:
        """Keeps what is open where nobody would find it again: something else took its place.

        Raises:
            ProjectError: that is so; it says where it is kept now, or why it could not be.
        """
        if self.read_only or self._opened.files.state != "replaced":
            return
        if self._kept is None:
            self._keep_beside()
        raise self._replaced()

    def next_id(self, kind: type[Record]) -> int:
        """An id that no record of this kind has had or will have.

        Boxes without masks share the ids of annotations.
        """
        kind = Annotation if kind is UnsegmentedBox else kind
        self._last_ids[kind] = self.last_id(kind) + 1
        return self._last_ids[kind]

    def last_id(self, kind: type[Record]) -> int:
        """The highest id that records of a kind have ever had; 0 for none."""
        if kind not in self._last_ids:
            row = self._row("SELECT seq FROM sqlite_sequence WHERE name = ?", (TABLES[kind],))
            self._last_ids[kind] = row[0] if row else 0
        return self._last_ids[kind]

    def apply(self, changes: Iterable[Change]) -> None:
        """Makes all changes durable, or none.

        Raises:
            ProjectError: read-only, the disk is full, or a change contradicts what is stored.
            MisfitError: an annotation, a proposal or a box would be on an image of another size.
        """
        if self.read_only:
            raise ProjectError(
                "This project is open read-only.",
                "Open the folder again once no other SAMDesk holds it and it may be written.",
            )
        with self._transaction():
            applied = []
            for change in changes:
                self._apply(change)
                applied.append(change)
            self._require_fitting(applied)

    def add_images(self, paths: Sequence[str]) -> list[ImageRecord]:
        """Adds the images that are not in the project yet, in this order, unless it is read-only.

        Args:
            paths: relative to the folder, with forward slashes.

        Returns:
            All images of the project now, by id.

        Raises:
            ProjectError: as `apply`.
        """
        records = self.images()
        known = {record.path for record in records}
        missing = [path for path in paths if path not in known]
        if self.read_only or not missing:
            return records
        new = [ImageRecord(self.next_id(ImageRecord), path) for path in missing]
        with self._transaction():
            # The columns that are left out have defaults in the schema, as they have in the record.
            self._opened.connection.executemany(
                "INSERT INTO image (id, path) VALUES (?, ?)",
                ((record.id, record.path) for record in new),
            )
        return records + new

    def images(self) -> list[ImageRecord]:
        """All images ever opened in this folder, by id."""
        rows = self._rows(
            "SELECT id, path, width, height, orientation, sha256, status, extras FROM image "
            "ORDER BY id"
        )
        return [ImageRecord(*row) for row in rows]

    def image(self, path: str) -> ImageRecord | None:
        """The image of this path relative to the folder."""
        row = self._row(
            "SELECT id, path, width, height, orientation, sha256, status, extras FROM image "
            "WHERE path = ?",
            (path,),
        )
        return ImageRecord(*row) if row else None

    def categories(self) -> list[Category]:
        """All categories, in their order."""
        rows = self._rows(
            "SELECT id, name, colour, extras, place FROM category ORDER BY coalesce(place, id), id"
        )
        return [Category(*row) for row in rows]

    def annotations(self, image_id: int | None = None) -> Iterator[Annotation]:
        """The annotations of one image, or of all, by id; read as they are asked for."""
        return self._annotations_in("annotation", image_id)

    def proposals(self, image_id: int | None = None) -> Iterator[Proposal]:
        """The proposals on one image, or on all, by id; read as they are asked for."""
        for annotation in self._annotations_in("proposal", image_id):
            yield Proposal(annotation)

    def proposal_counts(self) -> dict[int, int]:
        """How many proposals each image has; images without any are left out."""
        return dict(self._rows("SELECT image_id, count(*) FROM proposal GROUP BY image_id"))

    def proposal_count(self, category_id: int) -> int:
        """How many proposals are of a category."""
        (count,) = self._row("SELECT count(*) FROM proposal WHERE category_id = ?", (category_id,))
        return int(count)

    def proposal_parents(self) -> dict[int, int | None]:
        """The id of each proposal, with its parent's where it is part of something."""
        return dict(self._rows("SELECT id, parent_id FROM proposal"))

    def automatic_run(self, image_id: int) -> AutomaticRun | None:
        """What was last asked of an image without a person; None when nothing was."""
        row = self._row("SELECT id, settings FROM automatic_run WHERE id = ?", (image_id,))
        return AutomaticRun(*row) if row else None

    def ids_of_runs(self, settings: str) -> set[int]:
        """The images of which just this was asked last without a person."""
        rows = self._rows("SELECT id FROM automatic_run WHERE settings = ?", (settings,))
        return {row[0] for row in rows}

    def counts_by_image(self) -> dict[int, int]:
        """How many annotations each image has; images without any are left out."""
        return dict(self._rows("SELECT image_id, count(*) FROM annotation GROUP BY image_id"))

    def counts_by_category(self) -> dict[int, int]:
        """How many annotations each category has; categories without any are left out."""
        return dict(self._rows("SELECT category_id, count(*) FROM annotation GROUP BY category_id"))

    def images_with(self, category_id: int) -> set[int]:
        """The ids of the images that have annotations of a category."""
        query = "SELECT DISTINCT image_id FROM annotation WHERE category_id = ?"
        return {row[0] for row in self._rows(query, (category_id,))}

    def annotations_of_category(self, category_id: int) -> list[Annotation]:
        """Every annotation of a category, on all images, by id."""
        columns = ", ".join(ANNOTATION_COLUMNS)
        rows = self._rows(
            f"SELECT {columns} FROM annotation WHERE category_id = ? ORDER BY id", (category_id,)
        )
        return [*map(annotation_of, rows)]

    def parents(self) -> dict[int, int]:
        """The parent of each annotation that is part of another."""
        return dict(self._rows("SELECT id, parent_id FROM annotation WHERE parent_id IS NOT NULL"))

    def boxes(self, image_id: int | None = None) -> list[UnsegmentedBox]:
        """The boxes without masks of one image, or of all, by id."""
        where, values = ("", ()) if image_id is None else ("WHERE image_id = ?", (image_id,))
        rows = self._rows(
            "SELECT id, image_id, category_id, x0, y0, x1, y1, extras FROM unsegmented_box "
            f"{where} ORDER BY id",
            values,
        )
        return [
            UnsegmentedBox(identity, image, category, Box(*edges), extras)
            for identity, image, category, *edges, extras in rows
        ]

    def info(self) -> DatasetInfo | None:
        """What imported files said about themselves; None before there was one."""
        row = self._row("SELECT info, licenses, extras FROM dataset_info")
        return DatasetInfo(*row) if row else None

    def totals(self) -> Totals:
        """What has been done so far, in numbers; takes time that grows with the project."""
        seconds: dict[int, list[float]] = {}
        for category_id, one in self._rows(
            "SELECT category_id, seconds FROM annotation WHERE seconds > 0"
        ):
            seconds.setdefault(category_id, []).append(one)
        by_number = self._rows(
            "SELECT number, count(*) FROM"
            " (SELECT count(*) AS number FROM annotation GROUP BY image_id) GROUP BY number"
        )
        return Totals(
            self.counts_by_category(),
            {category_id: tuple(several) for category_id, several in seconds.items()},
            dict(by_number),
        )

    def snapshot(self, *, with_proposals: bool = False) -> Dataset:
        """Everything as it is now; the annotations are read when they are iterated.

        A project that is read beside its writer stays as it is now until it is closed.

        Args:
            with_proposals: takes proposals for annotations.
        """
        if self.read_only and not self._opened.connection.in_transaction:
            with explained_reading(self.database):
                held = held_as_it_is(self._opened.connection)
            self._opened = replace(self._opened, connection=held)
        counts, parents, boxes = Counter(self.counts_by_image()), self.parents(), self.boxes()
        orphans: frozenset[int] = frozenset()
        if with_proposals:
            counts.update(self.proposal_counts())
            proposed = self.proposal_parents()
            orphans = self._orphans()
            parents |= {
                part: whole
                for part, whole in proposed.items()
                if whole is not None and part not in orphans
            }
            boxes = [box for box in boxes if box.id not in proposed]
        return Dataset(
            tuple(self.images()),
            tuple(sorted(self.categories(), key=lambda one: one.id)),
            _StoredAnnotations(self, with_proposals, orphans),
            counts,
            parents,
            tuple(boxes),
            self.info() or DatasetInfo(),
            self._misfits("annotation") | (self._misfits("proposal") if with_proposals else set()),
        )

    def _misfits(self, table: str) -> frozenset[int]:
        """The annotations or proposals whose masks are of another size than their image."""
        rows = self._rows(
            f"SELECT one.id FROM {table} AS one JOIN image ON image.id = one.image_id"
            " WHERE (one.width, one.height) <> (image.width, image.height)"
        )
        return frozenset(row[0] for row in rows)

    def _orphans(self) -> frozenset[int]:
        """The proposals that are part of something that is there no more."""
        rows = self._rows(
            "SELECT id FROM proposal WHERE parent_id IS NOT NULL"
            " AND parent_id NOT IN (SELECT id FROM annotation)"
            " AND parent_id NOT IN (SELECT id FROM proposal)"
        )
        return frozenset(row[0] for row in rows)

    def _keep_in_place(self) -> None:
        """Sees to it that what is written now will be found again.

        A database that was removed while it was open is written anew from what SQLite still has.
        One whose place was taken is kept beside it: only a person knows which of them is wanted.

        Raises:
            ProjectError: the folder itself is gone, or something else is in the database's place.
        """
        self.require_in_place()
        if self._opened.files.state == "in place":
            return
        if not os.path.isdir(self.folder):
            raise ProjectError(
                Text(
                    "The folder {folder} is gone: it was moved or removed, or its drive is off.",
                    folder=self.folder,
                ),
                "Nothing was changed. Put it back, or open it at its new place.",
            )
        with explained_writing(self.database):
            self._opened = written_anew(self._opened)

    def _keep_beside(self) -> None:
        try:
            self._kept = kept_beside(self._opened)
        except (sqlite3.Error, OSError) as error:
            raise ProjectError(
                Text(
                    "The project {database} was replaced by another while it was open, and what "
                    "was annotated could not be kept beside it: {reason}.",
                    database=self.database,
                    reason=error,
                ),
                Text(
                    "Nothing was changed. Leave this window open, check the drive, the space and "
                    "the rights of {folder}, and try again.",
                    folder=self.database.parent,
                ),
            ) from error

    def _replaced(self) -> ProjectError:
        title = Text(
            "The project {database} was replaced by another while it was open.",
            database=self.database,
        )
        if self._kept is None:
            return ProjectError(
                title, "Open the folder again; what was annotated here is kept beside it then."
            )
        return ProjectError(
            title,
            Text(
                "Nothing was changed. What was annotated is safe in {copy}. Open the folder again "
                "to go on with what is there now.",
                copy=self._kept,
            ),
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._keep_in_place()
        with explained_writing(self.database), self._opened.connection:
            self._opened.connection.execute("BEGIN IMMEDIATE")
            yield

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        with explained_reading(self.database):
            yield from self._opened.connection.execute(query, values)

    def _row(self, query: str, values: tuple[Any, ...] = ()) -> Any:
        """The first row, or None."""
        with explained_reading(self.database):
            return self._opened.connection.execute(query, values).fetchone()

    def _annotations_in(self, table: str, image_id: int | None) -> Iterator[Annotation]:
        where, values = ("", ()) if image_id is None else ("WHERE image_id = ?", (image_id,))
        columns = ", ".join(ANNOTATION_COLUMNS)
        return map(
            annotation_of, self._rows(f"SELECT {columns} FROM {table} {where} ORDER BY id", values)
        )

    def _apply(self, change: Change) -> None:
        table = TABLES[type(change.record)]
        if change.after is None:
            self._one_row(f"DELETE FROM {table} WHERE id = ?", (change.record.id,), change)
            return
        row = row_of(change.after)
        if change.before is None:
            marks = ", ".join("?" * len(row))
            statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"
            self._opened.connection.execute(statement, tuple(row.values()))
            kind = Annotation if table == "unsegmented_box" else type(change.after)
            if kind in self._last_ids:
                self._last_ids[kind] = max(self._last_ids[kind], change.after.id)
            return
        assigned = ", ".join(f"{column} = ?" for column in row)
        self._one_row(
            f"UPDATE {table} SET {assigned} WHERE id = ?",
            (*row.values(), change.before.id),
            change,
        )

    def _require_fitting(self, changes: Iterable[Change]) -> None:
        """Sees to it that what is on an image is of its size, once all changes were made.

        What an older project holds of another size may still be changed otherwise, and removed.
        """
        sizes: dict[int, tuple[int | None, int | None]] = {}
        resized = {
            change.after.id
            for change in changes
            if isinstance(change.before, ImageRecord)
            and isinstance(change.after, ImageRecord)
            and (change.before.width, change.before.height)
            != (change.after.width, change.after.height)
        }
        stored: list[Record] = []
        for image_id in resized:
            stored += self.annotations(image_id)
            stored += self.proposals(image_id)
            stored += self.boxes(image_id)
        for change in (*changes, *(Change(None, one) for one in stored)):
            extent = _extent(change.after)
            if extent is None or extent == _extent(change.before):
                continue
            image_id, width, height = extent
            if image_id not in sizes:
                row = self._row("SELECT width, height FROM image WHERE id = ?", (image_id,))
                sizes[image_id] = row or (None, None)
            of_image = sizes[image_id]
            if None in of_image or (width, height) == of_image:
                continue
            if isinstance(change.after, UnsegmentedBox) and (
                width <= (of_image[0] or 0) + _SLACK and height <= (of_image[1] or 0) + _SLACK
            ):
                continue
            (path,) = self._row("SELECT path FROM image WHERE id = ?", (image_id,))
            raise MisfitError(
                Text(
                    "{path} has {width} x {height} pixels, and what was to be put on it was drawn "
                    "on an image of another size.",
                    path=path,
                    width=of_image[0],
                    height=of_image[1],
                ),
                "Nothing was changed.",
                image_id,
            )

    def _one_row(self, statement: str, values: tuple[Any, ...], change: Change) -> None:
        if self._opened.connection.execute(statement, values).rowcount != 1:
            raise ProjectError(
                Text(
                    "There is no {table} {id} to change.",
                    table=TABLES[type(change.record)],
                    id=change.record.id,
                ),
                "Open the folder again.",
            )


def _extent(record: Record | None) -> tuple[int, float, float] | None:
    """On which image something is, and the size that this must have, of a box at least."""
    if isinstance(record, UnsegmentedBox):
        return record.image_id, record.box.x1, record.box.y1
    one = record.annotation if isinstance(record, Proposal) else record
    if not isinstance(one, Annotation):
        return None
    return one.image_id, one.mask.width, one.mask.height


@dataclass(frozen=True)
class _StoredAnnotations:
    project: Project
    with_proposals: bool
    orphans: frozenset[int]

    def __iter__(self) -> Iterator[Annotation]:
        yield from self.project.annotations()
        if self.with_proposals:
            for one in self.project.proposals():
                is_orphan = one.id in self.orphans
                yield replace(one.annotation, parent_id=None) if is_orphan else one.annotation
