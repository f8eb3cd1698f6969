"""What turns an answer of an engine into records of a project, in the window and without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Protocol

from samdesk.core.dataset import Annotation, Category, Change, ImageRecord, Provenance, Source
from samdesk.core.hierarchy import corrected
from samdesk.core.mask import Mask
from samdesk.core.palette import next_colour
from samdesk.core.prompt import Prompt
from samdesk.engine.base import Candidate, EngineInfo
from samdesk.errors import ImageError
from samdesk.store.project import Project
from samdesk.text import Text


class ReadImage(Protocol):
    """What is known of an image file that was read.

    Attributes:
        width, height: in pixels, as shown.
        orientation: the EXIF value that was applied, 1 if none was.
        sha256: of the file's bytes, in hexadecimal.
    """

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def orientation(self) -> int: ...

    @property
    def sha256(self) -> str: ...


def as_loaded(record: ImageRecord, image: ReadImage, *, has_masks: bool) -> ImageRecord:
    """The record with what is known once the file was read.

    Args:
        has_masks: whether something was annotated on it: it goes on saying on which content, so
            that another file of that name is told of whenever it is seen.
    """
    return replace(
        record,
        width=image.width,
        height=image.height,
        orientation=image.orientation,
        sha256=(record.sha256 if has_masks else None) or image.sha256,
    )


def require_unchanged(record: ImageRecord, image: ReadImage) -> None:
    """Refuses an image whose pixels its stored annotations do not fit any more.

    Raises:
        ImageError: the file has another size than when it was annotated.
    """
    if record.width is not None and (record.width, record.height) != (image.width, image.height):
        raise ImageError(
            Text(
                "{path} was {width} x {height} pixels when it was annotated and is "
                "{new_width} x {new_height} now.",
                path=record.path,
                width=record.width,
                height=record.height,
                new_width=image.width,
                new_height=image.height,
            ),
            "Put the former file back; its annotations are kept.",
        )


def new_category(project: Project, name: str) -> Category:
    """A category of this name, not stored yet, in a colour that is still free."""
    used = [category.colour for category in project.categories()]
    return Category(project.next_id(Category), name, next_colour(used))


def new_annotation(
    project: Project,
    image: ImageRecord,
    category: Category,
    engine: EngineInfo,
    candidate: Candidate,
    prompt: Prompt,
    *,
    clicks: int,
    seconds: float,
) -> Annotation:
    """An annotation of a candidate, not stored yet."""
    how = provenance(
        engine,
        prompt,
        candidate.score,
        candidate.stability_score,
        clicks=clicks,
        seconds=round(seconds, 3),
    )
    identity = project.next_id(Annotation)
    return Annotation(identity, image.id, category.id, candidate.mask(), how)


def provenance(
    engine: EngineInfo,
    prompt: Prompt,
    score: float,
    stability_score: float | None,
    *,
    source: Source = "interactive",
    clicks: int = 0,
    seconds: float = 0.0,
) -> Provenance:
    """How a mask was found, just now."""
    return Provenance(
        source=source,
        engine=engine.name,
        checkpoint=engine.checkpoint,
        checkpoint_sha256=engine.checkpoint_sha256,
        precision=engine.precision,
        prompt=Prompt(prompt.points, prompt.box),
        predicted_iou=score,
        stability_score=stability_score,
        clicks=clicks,
        seconds=seconds,
        created_at=_now(),
    )


def new_drawn_annotation(
    project: Project,
    image: ImageRecord,
    category: Category,
    mask: Mask,
    *,
    clicks: int,
    seconds: float,
) -> Annotation:
    """An annotation of a mask that was drawn by hand, not stored yet."""
    provenance = Provenance(
        source="manual", clicks=clicks, seconds=round(seconds, 3), created_at=_now()
    )
    return Annotation(project.next_id(Annotation), image.id, category.id, mask, provenance)


def pasted(
    annotation: Annotation, identity: int, image_id: int, parent_id: int | None
) -> Annotation:
    """A copy of an annotation on the same or another image of its size.

    What an engine said of the mask was about other pixels: it is taken for one drawn by hand.
    """
    how = Provenance(source="manual", created_at=_now())
    return replace(annotation, id=identity, image_id=image_id, parent_id=parent_id, provenance=how)


def with_mask(
    annotation: Annotation, mask: Mask, *, clicks: int = 0, seconds: float = 0.0
) -> Annotation:
    """The annotation with a mask that was corrected, and what that cost in addition."""
    before = corrected(annotation.provenance)
    cost = replace(
        before, clicks=before.clicks + clicks, seconds=round(before.seconds + seconds, 3)
    )
    return replace(annotation, mask=mask, provenance=cost)


def with_new_category(category: Category, known: list[Category]) -> list[Change]:
    """The change that stores a category, if it is not among the known ones."""
    is_known = any(category.id == other.id for other in known)
    return [] if is_known else [Change(None, category)]


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
