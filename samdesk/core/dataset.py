"""What a project holds (images, categories, annotations), and the Change between two states."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from samdesk.core.mask import Mask
from samdesk.core.prompt import Prompt

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


@dataclass(frozen=True)
class Category:
    """A class of objects. `colour` is "#rrggbb"."""

    id: int
    name: str
    colour: str


@dataclass(frozen=True)
class Provenance:
    """How a mask was found and what it cost.

    Attributes:
        engine: the engine's display name, such as "ViT-B" or "Built-in (no checkpoint)".
        checkpoint: registry name of the checkpoint, such as "vit_b"; None without one.
        precision: "float32", "bfloat16" or "float16"; None without a checkpoint.
        predicted_iou: the engine's own estimate of the mask's IoU, 0 to 1.
        stability_score: as segment-anything defines it; None where there are no logits.
        clicks: points and boxes that were given, undone ones included.
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

    `annotations` may be any re-iterable, so that a large project streams from its store.
    """

    images: tuple[ImageRecord, ...]
    categories: tuple[Category, ...]
    annotations: Iterable[Annotation]


Record: TypeAlias = ImageRecord | Category | Annotation | Proposal | AutomaticRun


@dataclass(frozen=True)
class Change:
    """One record before and after: None before is an insertion, None after a deletion."""

    before: Record | None
    after: Record | None

    @property
    def record(self) -> Record:
        record = self.after if self.after is not None else self.before
        assert record is not None, "a change changes something"
        return record

    def inverse(self) -> Change:
        return Change(self.after, self.before)


def inverse(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes that undo these, in the order in which they must be applied."""
    return tuple(change.inverse() for change in reversed(tuple(changes)))


def recategorised(annotation: Annotation, category: Category) -> Change:
    """The change that moves an annotation to another category."""
    return Change(annotation, replace(annotation, category_id=category.id))
