"""What a project holds (images, categories, annotations), and the Change between two states.

`extras` of a record is a JSON object, as text, of what an imported file said and SAMDesk has no
place for; it is written back on export. "" stands for an empty one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from samdesk.core.mask import Mask
from samdesk.core.prompt import Box, Prompt

Status: TypeAlias = Literal["open", "done", "skipped"]
Source: TypeAlias = Literal["interactive", "auto", "manual", "imported"]


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """An image file of the project's folder. There may be 100,000 of them in memory.

    Attributes:
        path: relative to the folder, with forward slashes.
        width, height: in pixels as shown, EXIF orientation applied; None until first read.
        orientation: the EXIF orientation that was applied; 1 when none was.
        sha256: of the file's bytes when last opened; None until then.
    """

    id: int
    path: str
    width: int | None = None
    height: int | None = None
    orientation: int = 1
    sha256: str | None = None
    status: Status = "open"
    extras: str = ""


@dataclass(frozen=True)
class Category:
    """A class of objects.

    Attributes:
        colour: "#rrggbb".
        place: what lists of categories are sorted by; None for its id. Categories that are put
            into another order share out anew what they were sorted by, so that no two are alike
            and new ones, whose ids are the highest, come last.
    """

    id: int
    name: str
    colour: str
    extras: str = ""
    place: int | None = None

    @property
    def rank(self) -> int:
        """What lists of categories are sorted by."""
        return self.id if self.place is None else self.place


@dataclass(frozen=True)
class Provenance:
    """How a mask was found and what it cost.

    Attributes:
        source: "manual" when the mask is not as an engine gave it: drawn by hand, or corrected.
            The other attributes then tell what a corrected one was made from.
        engine: the engine's display name, such as "ViT-B" or "Built-in (no checkpoint)".
        checkpoint: registry name of the checkpoint, such as "vit_b"; None without one.
        precision: "float32", "bfloat16" or "float16"; None without a checkpoint.
        predicted_iou: the engine's own estimate of the mask's IoU, 0 to 1.
        stability_score: as segment-anything defines it; None where there are no logits.
        clicks: points, boxes and strokes that were given, undone ones included.
        seconds: from the first prompt to the acceptance.
        created_at: ISO 8601, UTC.
    """

    source: Source = "interactive"
    engine: str = ""
    checkpoint: str | None = None
    checkpoint_sha256: str | None = None
    precision: str | None = None
    prompt: Prompt = field(default_factory=Prompt)
    predicted_iou: float | None = None
    stability_score: float | None = None
    clicks: int = 0
    seconds: float = 0.0
    created_at: str = ""


@dataclass(frozen=True)
class Annotation:
    """An accepted mask with its category and provenance; part of `parent_id` where that is set."""

    id: int
    image_id: int
    category_id: int
    mask: Mask
    provenance: Provenance = field(default_factory=Provenance)
    parent_id: int | None = None
    extras: str = ""


@dataclass(frozen=True)
class UnsegmentedBox:
    """A box around an object of which no mask is known yet, as detection files have them.

    Its id is one of the annotations' ids: the mask that is made of it takes it over.
    """

    id: int
    image_id: int
    category_id: int
    box: Box
    extras: str = ""


@dataclass(frozen=True)
class DatasetInfo:
    """What imported files said about themselves, each as JSON text; "" for nothing.

    Attributes:
        info: an object. licenses: a list of objects.
        extras: an object of the sections that SAMDesk does not know.
    """

    info: str = ""
    licenses: str = ""
    extras: str = ""
    id: int = 1  # there is one


@dataclass(frozen=True)
class Proposal:
    """A mask that was found without a person and that nobody has accepted yet.

    Attributes:
        annotation: what it becomes when it is accepted, its id included. Its parent may be a
            proposal or an annotation, or be gone.
    """

    annotation: Annotation

    @property
    def id(self) -> int:
        """The id that the annotation made of it will have."""
        return self.annotation.id


@dataclass(frozen=True)
class AutomaticRun:
    """Says that an image was looked at without a person, whatever became of the proposals.

    Attributes:
        id: the image's.
        settings: what was asked, so that asking the same again finds nothing to do.
    """

    id: int
    settings: str


@dataclass(frozen=True)
class Dataset:
    """A frozen snapshot of a project.

    Attributes:
        annotations: any re-iterable, so that a large project streams from its store.
        counts: how many annotations each image has.
        parents: the parent of each annotation that is part of another.
        misfits: annotations whose masks are of another size than their image, which older projects
            may have.
    """

    images: tuple[ImageRecord, ...]
    categories: tuple[Category, ...]
    annotations: Iterable[Annotation]
    counts: Mapping[int, int] = field(default_factory=dict)
    parents: Mapping[int, int] = field(default_factory=dict)
    boxes: tuple[UnsegmentedBox, ...] = ()
    info: DatasetInfo = field(default_factory=DatasetInfo)
    misfits: frozenset[int] = frozenset()


Record: TypeAlias = (
    ImageRecord | Category | Annotation | UnsegmentedBox | DatasetInfo | Proposal | AutomaticRun
)


@dataclass(frozen=True)
class Change:
    """One record before and after: None before is an insertion, None after a deletion."""

    before: Record | None
    after: Record | None

    @property
    def record(self) -> Record:
        """The record after; before, where it is deleted."""
        record = self.after if self.after is not None else self.before
        assert record is not None, "a change changes something"
        return record

    def inverse(self) -> Change:
        """The change that undoes this one."""
        return Change(self.after, self.before)


def inverse(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes that undo these, in the order in which they must be applied."""
    return tuple(change.inverse() for change in reversed(tuple(changes)))


def reordered(
    categories: Sequence[Category], moved: Iterable[Category], place: int
) -> list[Change]:
    """The changes that put categories between others.

    Args:
        categories: all of them, in their order.
        moved: those that move, which keep their order.
        place: before which of `categories` they come, 0 for the first; their number for the end.
    """
    ids = {one.id for one in moved}
    before = [one for one in categories[:place] if one.id not in ids]
    behind = [one for one in categories[place:] if one.id not in ids]
    after = [*before, *(one for one in categories if one.id in ids), *behind]
    ranks = sorted(one.rank for one in categories)
    return [
        Change(one, replace(one, place=rank))
        for one, rank in zip(after, ranks, strict=True)
        if one.rank != rank
    ]


def recategorised(annotation: Annotation, category: Category) -> Change:
    """The change that moves an annotation to another category."""
    return Change(annotation, replace(annotation, category_id=category.id))
