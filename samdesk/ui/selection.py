"""What is selected on the image on screen, and what is hidden there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QObject, Signal

from samdesk.core.dataset import Annotation
from samdesk.ui.accepted import Accepted
from samdesk.ui.proposals import Proposals


class Selection(QObject):
    """Annotations are selected, or a proposal is chosen, but never both.

    Attributes:
        ids: of the selected annotations, the most recent one last.
        hidden_ids: of annotations that the canvas leaves out; nothing is stored of that.
    """

    changed = Signal()
    hidden_changed = Signal()

    def __init__(
        self, accepted: Accepted, proposals: Proposals, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._accepted = accepted
        self._proposals = proposals
        self.ids: tuple[int, ...] = ()
        self.hidden_ids: frozenset[int] = frozenset()
        accepted.annotations_changed.connect(self._keep_what_is_left)

    @property
    def last_id(self) -> int | None:
        """The annotation that was selected last, of those that are."""
        return self.ids[-1] if self.ids else None

    @property
    def last(self) -> Annotation | None:
        """The annotation that was selected last, of those that are."""
        return self._accepted.annotation(self.last_id)

    @property
    def annotations(self) -> list[Annotation]:
        """The selected annotations, by id."""
        return [one for one in self._accepted.annotations if one.id in self.ids]

    def select(self, annotation_id: int | None, *, also: bool = False) -> None:
        """Selects an annotation of the image on screen, or none.

        Args:
            also: keeps what is selected; an annotation that is selected already is no longer.
        """
        if annotation_id is None:
            self.select_all(() if not also else self.ids)
        elif not also:
            self.select_all((annotation_id,))
        elif annotation_id in self.ids:
            self.select_all([one for one in self.ids if one != annotation_id])
        else:
            self.select_all((*self.ids, annotation_id))

    def select_all(self, annotation_ids: Sequence[int]) -> None:
        """Selects exactly these annotations of the image on screen, the most recent one last."""
        if tuple(annotation_ids) == self.ids:
            return
        self.ids = tuple(annotation_ids)
        if self.ids:
            self._proposals.select(None)
        self.changed.emit()

    def select_again(self, annotation_ids: Sequence[int]) -> None:
        """Selects what was selected once, as far as it is on screen; nothing instead of nothing."""
        here = [one for one in annotation_ids if self._accepted.annotation(one) is not None]
        if here:
            self.select_all(here)

    def select_at(self, x: int, y: int, *, also: bool = False) -> None:
        """Selects the smallest annotation at a pixel; where it is selected, the next larger one.

        Args:
            also: keeps what is selected, and takes the smallest one to it or from it.
        """
        under = [
            one
            for one in self._accepted.annotations
            if one.id not in self.hidden_ids and one.mask.contains(x, y)
        ]
        under.sort(key=lambda one: one.mask.area)
        ids = [one.id for one in under]
        if not ids and not also:
            self.select(None)
            self._proposals.select_at(x, y)
            return
        if self.last_id in ids and not also:
            ids = ids[ids.index(self.last_id) + 1 :] + ids[: ids.index(self.last_id)]
        self.select(ids[0] if ids else None, also=also)

    def contains(self, x: int, y: int) -> bool:
        """Whether a selected annotation, or the chosen proposal, is at a pixel."""
        current = self._proposals.current
        masks = [one.mask for one in self.annotations]
        masks += [current.annotation.mask] if current is not None else []
        return any(mask.contains(x, y) for mask in masks)

    def hide(self, annotation_ids: Iterable[int], *, are_hidden: bool) -> None:
        """Hides annotations on the canvas, or shows them again."""
        those = frozenset(annotation_ids)
        self.hidden_ids = self.hidden_ids | those if are_hidden else self.hidden_ids - those
        self.hidden_changed.emit()

    def forget(self) -> None:
        """Selects nothing and hides nothing: another image is on screen."""
        self.select(None)
        self.hidden_ids = frozenset()

    def _keep_what_is_left(self) -> None:
        known = {one.id for one in self._accepted.annotations}
        self.select_all([one for one in self.ids if one in known])
