"""What an import changes, and what it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from samdesk.coco.document import KeepGoing
from samdesk.core.dataset import (
    Annotation,
    Category,
    Change,
    Dataset,
    ImageRecord,
    Record,
    UnsegmentedBox,
)
from samdesk.errors import ProjectError
from samdesk.text import Text

_NUMBERED = (Annotation, Category, ImageRecord, UnsegmentedBox)


@dataclass(frozen=True, eq=False)
class Target:
    """The project that something is imported into; see `merge`."""

    dataset: Dataset
    folder: Path
    last_id: Callable[[type[Record]], int]
    with_missing: bool
    keep_going: KeepGoing


@dataclass(frozen=True)
class Unused:
    """Something that cannot be imported: where it stands, and why."""

    where: str
    reason: Text

    @property
    def text(self) -> Text:
        """Both."""
        return Text("{where}: {reason}", where=self.where, reason=self.reason)

    def __str__(self) -> str:
        return str(self.text)


@dataclass
class Import:
    """What an import changes.

    Attributes:
        kind: of the source, for people.
        changes: to be applied together.
        images, categories, annotations, boxes: how many are new.
        known: annotations and boxes that the project has already.
        recategorised: of those that are known, how many are of another category here.
        changed: new annotations and boxes with the id of one that the project has on the same
            image, with another mask.
        renumbered: images and categories of the source that have other ids in the project.
        missing: paths of images that are stated but not in the folder.
        unused: what cannot be imported.
    """

    kind: str
    changes: list[Change] = field(default_factory=list)
    images: int = 0
    categories: int = 0
    annotations: int = 0
    boxes: int = 0
    known: int = 0
    recategorised: int = 0
    changed: int = 0
    renumbered: int = 0
    missing: list[str] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)

    def refuse(self, where: str, reason: Text) -> None:
        """Notes something that cannot be imported."""
        self.unused.append(Unused(where, reason))


def require_new(plan: Import, last_id: Callable[[type[Record]], int]) -> None:
    """Refuses a plan whose ids the project has given to something else since.

    Args:
        last_id: the highest id that the project's records of a kind have ever had.

    Raises:
        ProjectError: something was stored since the plan was made, as by proposing masks.
    """
    added = (change.record for change in plan.changes if change.before is None)
    if any(0 < one.id <= last_id(type(one)) for one in added if isinstance(one, _NUMBERED)):
        raise ProjectError(
            "Something was stored in the project since the file was read.", "Read the file again."
        )
