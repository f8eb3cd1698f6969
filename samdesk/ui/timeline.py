"""What was done, in the order in which it was done: the steps of undo and redo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from samdesk.core.dataset import Change
from samdesk.ui.draft import DraftHistory


@dataclass(eq=False)
class ChangeStep:
    """Changes to the project.

    Attributes:
        text: what they are called.
        changes: as they were first applied.
        image_id: the image on which they can be seen; 0 when on none.
        history: of the draft that they accepted, which comes back when they are undone.
        selected_ids: the annotations that were selected before.
        category_id: the category that was in use before; while the step is undone, the one after
            it. None where the step leaves that alone.
    """

    text: str
    changes: tuple[Change, ...]
    image_id: int
    history: DraftHistory | None = None
    selected_ids: tuple[int, ...] = ()
    category_id: int | None = None


@dataclass(frozen=True, eq=False)
class DraftStep:
    """A point, box, stroke or corner of a draft; or that the draft was dropped.

    Attributes:
        history: to which the draft's step belongs; its position moves with this step.
    """

    image_id: int
    history: DraftHistory
    is_drop: bool = False


Step: TypeAlias = ChangeStep | DraftStep


class Timeline:
    """Steps that were done, and after them those that were undone; moving is all it does.

    The Annotator takes a step back or does it again before it moves here, so that a step that
    cannot be stored stays where it is. The steps of a draft stay when it is accepted: undo takes
    back that, and then its points one by one.
    """

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._done = 0

    @property
    def last(self) -> Step | None:
        """The step that undo takes back."""
        return self._steps[self._done - 1] if self._done else None

    @property
    def next(self) -> Step | None:
        """The step that redo does again."""
        return self._steps[self._done] if self._done < len(self._steps) else None

    @property
    def histories(self) -> Iterator[DraftHistory]:
        """Those of drafts that can come back."""
        return (step.history for step in self._steps if isinstance(step, DraftStep))

    def push(self, step: Step) -> None:
        """Adds a step that was done; what was undone before can no longer be redone."""
        del self._steps[self._done :]
        self._steps.append(step)
        self._done += 1

    def back(self) -> None:
        """The last step was undone."""
        self._done -= 1

    def forward(self) -> None:
        """The next step was done again."""
        self._done += 1

    def forget_failed(self, history: DraftHistory) -> None:
        """Leaves out the last step of a draft, which failed, and those undone after it."""
        places = [
            place
            for place, one in enumerate(self._steps)
            if isinstance(one, DraftStep) and one.history is history
        ]
        kept = max((place for place in places if place < self._done), default=None)
        gone = {place for place in places if place >= self._done} | {kept}
        self._done -= kept is not None
        self._steps = [one for place, one in enumerate(self._steps) if place not in gone]

    def forget_image(self, image_id: int) -> None:
        """Leaves out the steps on an image, which another file has taken the place of."""
        gone = [step.image_id == image_id for step in self._steps]
        self._done -= sum(gone[: self._done])
        self._steps = [step for step, goes in zip(self._steps, gone, strict=True) if not goes]

    def clear(self) -> None:
        """Begins anew."""
        self._steps.clear()
        self._done = 0
