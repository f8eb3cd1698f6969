"""The proposals on the image on screen: gone through, accepted and dropped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from samdesk.core.dataset import Category, Change, Proposal
from samdesk.core.hierarchy import as_tree
from samdesk.runtime import proposing
from samdesk.ui.accepted import is_many, keep_going

if TYPE_CHECKING:
    from samdesk.ui.annotator import Annotator


class Proposals(QObject):
    """Part of the Annotator.

    Attributes:
        shown: those of the image on screen, in the order in which they are gone through: likely
            ones first, each followed by its parts.
        current_id: of the chosen one, which keys and clicks are about.
    """

    changed = Signal()

    def __init__(self, annotator: Annotator) -> None:
        super().__init__(annotator)
        self._annotator = annotator
        self.shown: list[Proposal] = []
        self.current_id: int | None = None
        self._is_going_through = False
        self._last_place = 0
        self._image_id = 0
        annotator.accepted.applied.connect(self.take_over)
        annotator.accepted.image_read.connect(self.read)

    @property
    def current(self) -> Proposal | None:
        """The chosen proposal."""
        return next((one for one in self.shown if one.id == self.current_id), None)

    @property
    def place(self) -> int:
        """The chosen proposal's place among those shown, from 0; -1 for none."""
        return next((i for i, one in enumerate(self.shown) if one.id == self.current_id), -1)

    def select(self, identity: int | None) -> None:
        """Chooses a proposal of the image on screen, or none."""
        self._is_going_through = False
        if identity == self.current_id:
            return
        self.current_id = identity
        if identity is not None:
            self._last_place = self.place
            self._annotator.selection.select(None)
        self.changed.emit()

    def select_at(self, x: int, y: int) -> None:
        """Chooses the smallest proposal at a pixel; where it is chosen, the next larger one."""
        under = [one for one in self.shown if one.annotation.mask.contains(x, y)]
        under.sort(key=lambda one: one.annotation.mask.area)
        ids = [one.id for one in under]
        if self.current_id in ids:
            ids = ids[ids.index(self.current_id) + 1 :] + ids[: ids.index(self.current_id)]
        self.select(ids[0] if ids else None)

    def offered_at(self, x: int, y: int) -> Proposal | None:
        """The proposal that a click at a pixel chooses: the smallest; none on the chosen one."""
        annotator, current = self._annotator, self.current
        if annotator.draft is not None or annotator.correction is not None:
            return None
        if current is not None and current.annotation.mask.contains(x, y):
            return None
        smallest_first = sorted(self.shown, key=lambda one: one.annotation.mask.area)
        return next((one for one in smallest_first if one.annotation.mask.contains(x, y)), None)

    def step(self, by: int) -> None:
        """Chooses the next (1) or previous (-1) one; where there is none, goes to an image."""
        annotator = self._annotator
        if annotator.is_storing():
            return
        if annotator.draft is not None:
            annotator.drop_draft()
        if self.shown:
            place = self.place
            if place < 0:
                # The one that was chosen last may have gone; the next one has its place now.
                place = self._last_place if by > 0 else self._last_place - 1
            else:
                place += by
            self._go_to(self.shown[place % len(self.shown)].id)
            return
        workspace = annotator.workspace
        counts = workspace.listing.proposals
        rows = sorted({workspace.row_of(image_id) for image_id in counts} - {-1})
        ahead = [row for row in rows if row > workspace.row] or rows
        if not ahead:
            text = self.tr("There are no proposals. {propose} makes some here.")
            annotator.tell(text)
            return
        workspace.go_to(ahead[0])
        if self.shown:
            self.step(by)

    def accept(self) -> bool:
        """Makes an annotation of the chosen one; chooses the next where they are gone through."""
        current = self.current
        return current is not None and self._accept([current])

    def accept_as_good(self) -> None:
        """Accepts the chosen one and all whose score is not lower; without one, all."""
        current = self.current
        least = _score(current) if current is not None else float("-inf")
        self._accept([one for one in self.shown if _score(one) >= least])

    def drop(self) -> None:
        """Drops the chosen one; chooses the next where they are gone through."""
        current = self.current
        if current is not None:
            self._drop([current])

    def drop_all(self) -> None:
        """Drops all that are left on the image."""
        self._drop(self.shown)

    # For the Annotator.

    def recategorised(self, category: Category) -> list[Change]:
        """What gives the chosen one a category, unless it has it."""
        current = self.current
        if current is None or current.annotation.category_id == category.id:
            return []
        return [Change(current, Proposal(replace(current.annotation, category_id=category.id)))]

    def read(self) -> None:
        """Reads the proposals of the image on screen."""
        record, project = self._annotator.workspace.record, self._annotator.workspace.project
        found = list(project.proposals(record.id)) if record is not None and project else []
        if record is None or record.id != self._image_id:
            self._image_id, self._last_place = record.id if record else 0, 0
        self._show(found)

    def take_over(self, changes: Sequence[Change]) -> None:
        """Brings what is shown to what is stored now."""
        if not any(isinstance(change.record, Proposal) for change in changes):
            return
        record = self._annotator.workspace.record
        known = {one.id: one for one in self.shown}
        self._count(changes)
        for change in changes:
            if isinstance(change.record, Proposal):
                known.pop(change.record.id, None)
            after = change.after
            if isinstance(after, Proposal) and record and after.annotation.image_id == record.id:
                known[after.id] = after
        self._show(list(known.values()))

    # Within.

    def _count(self, changes: Sequence[Change]) -> None:
        """Keeps the numbers of the images' proposals, which their list shows."""
        workspace = self._annotator.workspace
        counts, touched = workspace.listing.proposals, set()
        for change in changes:
            for one, by in ((change.before, -1), (change.after, 1)):
                if isinstance(one, Proposal):
                    image_id = one.annotation.image_id
                    counts[image_id] = counts.get(image_id, 0) + by
                    touched.add(image_id)
        for image_id in touched:
            if not counts[image_id]:
                del counts[image_id]
            workspace.row_changed.emit(workspace.row_of(image_id))

    def _show(self, proposals: list[Proposal]) -> None:
        proposals.sort(key=lambda one: (-_score(one), one.id))
        by_id = {one.id: one for one in proposals}
        ordered = as_tree([one.annotation for one in proposals])
        self.shown = [by_id[annotation.id] for _, annotation in ordered]
        if self.current_id not in by_id:
            self.current_id = None
        self.changed.emit()

    def _accept(self, chosen: list[Proposal]) -> bool:
        accepted = self._annotator.accepted
        others, annotations = self._others(chosen), accepted.annotations
        boxes = [accepted.boxes[one.id] for one in chosen if one.id in accepted.boxes]
        return self._change(
            self.tr("Accept proposals"),
            chosen,
            lambda: proposing.accept(chosen, others, annotations, boxes),
        )

    def _drop(self, chosen: list[Proposal]) -> None:
        others = self._others(chosen)
        self._change(self.tr("Drop proposals"), chosen, lambda: proposing.drop(chosen, others))

    def _change(
        self, text: str, chosen: list[Proposal], changes: Callable[[], list[Change]]
    ) -> bool:
        """Stores what becomes of the chosen ones; beside the window where they are many.

        Returns:
            Whether it is on disk already.
        """
        annotator, after, image_id = self._annotator, self._next(chosen), self._image_id
        if not chosen or annotator.is_storing():
            return False

        def stored() -> None:
            # Another image may be on screen by now.
            if self._image_id == image_id:
                self._go_to(after)

        if is_many(len(chosen)):
            annotator.change_many(
                text,
                changes,
                keep_going,
                stored,
                annotator.accepted.tell_failure,
                image_id=image_id,
            )
            return False
        if not annotator.change(text, changes()):
            return False
        self._go_to(after)
        return True

    def _go_to(self, identity: int | None) -> None:
        self.select(identity)
        self._is_going_through = identity is not None

    def _others(self, chosen: Sequence[Proposal]) -> list[Proposal]:
        ids = {one.id for one in chosen}
        return [one for one in self.shown if one.id not in ids]

    def _next(self, chosen: Sequence[Proposal]) -> int | None:
        """The one to go on with when these are gone; none after one that was pointed at."""
        if not self._is_going_through:
            return None
        ids = {one.id for one in chosen}
        place = self.place
        onward = self.shown[place + 1 :] + self.shown[: max(place, 0)]
        return next((one.id for one in onward if one.id not in ids), None)


def _score(proposal: Proposal) -> float:
    return proposal.annotation.provenance.predicted_iou or 0.0
