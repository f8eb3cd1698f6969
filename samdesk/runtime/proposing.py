"""What an engine finds without a person, as proposals of a project."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from samdesk.core.containment import wholes
from samdesk.core.dataset import (
    Annotation,
    AutomaticRun,
    Category,
    Change,
    ImageRecord,
    Proposal,
    Record,
    UnsegmentedBox,
)
from samdesk.core.grid import DUPLICATE_IOU, Grid
from samdesk.core.hierarchy import ancestors
from samdesk.core.image import LoadedImage
from samdesk.core.mask import Mask
from samdesk.core.prompt import Box, Prompt
from samdesk.engine.base import (
    CancelToken,
    Embedding,
    EngineInfo,
    Found,
    Progress,
    Segmenter,
    no_progress,
)
from samdesk.errors import ImageError
from samdesk.runtime.annotating import as_loaded, provenance, require_unchanged
from samdesk.runtime.encoder import CachedEncoder, Encoded
from samdesk.store.project import Project


@dataclass(frozen=True)
class Look:
    """What was found in an image file; cheap to send to another process.

    Attributes:
        path: relative to the folder, with forward slashes.
        width, height, orientation, sha256: as `LoadedImage` has them.
    """

    path: str
    width: int
    height: int
    orientation: int
    sha256: str
    found: tuple[Found, ...]


class Looker:
    """Looks at images with one engine, one after the other.

    Args:
        read: reads the image of a path, or raises an ImageError.
        grid: what is asked of images without boxes.
    """

    def __init__(
        self,
        engine: Segmenter,
        encoder: CachedEncoder,
        read: Callable[[str], LoadedImage],
        grid: Grid,
    ) -> None:
        self.engine = engine
        self._read = read
        self._encoder = encoder
        self._grid = grid

    def read(self, path: str) -> LoadedImage:
        """Raises:
        ImageError: it cannot be read.
        """
        return self._read(path)

    def look(self, path: str, image: LoadedImage, boxes: Sequence[Box] = ()) -> Look:
        """What is found in an image: everything, or what is in each box, in their order.

        Raises:
            EngineError: the engine failed.
        """
        embedding = self._encoder.embedding(image)
        return find(self.engine, embedding, path, image, self._grid, boxes, CancelToken())

    def encode(self, images: Sequence[LoadedImage]) -> list[Encoded | ImageError]:
        """Images' embeddings, for a cache that somebody else keeps, or why one cannot be kept.

        Raises:
            EngineError: the engine failed.
        """
        embeddings = self.engine.embed_all([image.rgb for image in images], token=CancelToken())
        return [self._packed(*one) for one in zip(images, embeddings, strict=True)]

    def _packed(self, image: LoadedImage, embedding: Embedding) -> Encoded | ImageError:
        packed = self.engine.pack(embedding)
        if packed is None:
            return ImageError(
                "The embedding has values that are too large to be kept.",
                "Use --precision exact.",
            )
        return Encoded(image.sha256, packed)


def find(
    engine: Segmenter,
    embedding: Embedding,
    path: str,
    image: LoadedImage,
    grid: Grid,
    boxes: Sequence[Box],
    token: CancelToken,
    progress: Progress = no_progress,
) -> Look:
    """What an engine finds in an image: everything, or what is in each box, in their order.

    Raises:
        Cancelled: by the token.
        EngineError: the engine failed.
    """
    found = []
    for number, box in enumerate(boxes):
        token.check()
        progress(number / len(boxes))
        prompt = Prompt(box=box)
        best = engine.predict(embedding, prompt).candidates[0]
        found.append(Found(prompt, best.mask(), best.score, best.stability_score))
    if not boxes:
        found = engine.everything(embedding, grid, token=token, progress=progress)
    size = image.width, image.height
    return Look(path, *size, image.orientation, image.sha256, tuple(found))


def settings_of(engine: EngineInfo, grid: Grid, category: Category) -> str:
    """What `AutomaticRun.settings` is for a grid."""
    asked = {"engine": engine.key, "category": category.id, **asdict(grid)}
    return json.dumps(asked, sort_keys=True)


def to_look_at(project: Project, records: Sequence[ImageRecord], settings: str) -> list[str]:
    """The paths of the images of which not just this was asked before."""
    done = project.ids_of_runs(settings)
    return [record.path for record in records if record.id not in done]


@dataclass(frozen=True)
class Comparison:
    """What was found in an image, beside what was annotated on it.

    Attributes:
        annotations: those it was compared with.
        found: what is not nearly the same as one of them.
        wholes: of each of these, its place among them or None.
    """

    annotations: Sequence[Annotation]
    found: Sequence[Found]
    wholes: Sequence[int | None]


def compared(look: Look, annotations: Sequence[Annotation]) -> Comparison:
    """Compares what was found in an image; hundreds of masks may take a second."""
    found = [one for one in look.found if not _is_known(one.mask, annotations)]
    return Comparison(annotations, found, wholes([one.mask for one in found]))


def _is_known(mask: Mask, annotations: Sequence[Annotation]) -> bool:
    for other in annotations:
        # Their areas bound it, and cost nothing.
        smaller, larger = sorted((mask.area, other.mask.area))
        if smaller > DUPLICATE_IOU * larger and mask.iou(other.mask) > DUPLICATE_IOU:
            return True
    return False


def propose(
    project: Project,
    record: ImageRecord,
    look: Look,
    category: Category,
    engine: EngineInfo,
    settings: str,
    comparison: Comparison | None = None,
) -> list[Change]:
    """The changes that store what was found in an image as proposals.

    Earlier proposals that nobody has accepted or dropped make room. What is nearly the same as an
    annotation is left out.

    Args:
        comparison: with what is annotated now, if it was made already.

    Raises:
        ImageError: the file has another size than when it was annotated.
    """
    if comparison is None:
        comparison = compared(look, list(project.annotations(record.id)))
    has_masks = bool(comparison.annotations or project.boxes(record.id))
    if has_masks:
        require_unchanged(record, look)
    found = comparison.found
    ids = [project.next_id(Annotation) for _ in found]
    old = [one for one in project.proposals(record.id) if _is_of_grid(one)]
    changes = [Change(one, None) for one in old] + _read(record, look, has_masks=has_masks)
    for annotation in annotations_of(found, comparison.wholes, ids, record.id, category.id, engine):
        changes.append(Change(None, Proposal(annotation)))
    run = AutomaticRun(record.id, settings)
    changes.append(Change(project.automatic_run(record.id), run))
    return changes


def annotations_of(
    found: Sequence[Found],
    around: Sequence[int | None],
    ids: Sequence[int],
    image_id: int,
    category_id: int,
    engine: EngineInfo,
) -> list[Annotation]:
    """What was found in an image as annotations with these ids, parts knowing their wholes.

    Args:
        around: of each its whole's place, as `wholes` gives it.
    """
    return [
        Annotation(
            identity,
            image_id,
            category_id,
            one.mask,
            provenance(engine, one.prompt, one.score, one.stability_score, source="auto"),
            None if whole is None else ids[whole],
        )
        for identity, one, whole in zip(ids, found, around, strict=True)
    ]


def propose_in_boxes(
    project: Project,
    record: ImageRecord,
    look: Look,
    boxes: Sequence[UnsegmentedBox],
    engine: EngineInfo,
) -> list[Change]:
    """The changes that store what was found in imported boxes, as proposals with the boxes' ids.

    The boxes stay until somebody accepts the proposals. Boxes in which nothing was found stay
    without.

    Args:
        look: has one mask for each of the boxes.

    Raises:
        ImageError: the file has another size than when the boxes were imported.
    """
    require_unchanged(record, look)
    changes = _read(record, look, has_masks=True)
    # Somebody may have segmented one while it was looked at; an annotation has its id then.
    waiting = {box.id: box for box in project.boxes(record.id)}
    for box, one in zip(boxes, look.found, strict=True):
        if box.id in waiting and not one.mask.is_empty:
            how = provenance(engine, one.prompt, one.score, one.stability_score, source="auto")
            now = waiting[box.id]
            annotation = Annotation(
                now.id, record.id, now.category_id, one.mask, how, extras=now.extras
            )
            changes.append(Change(None, Proposal(annotation)))
    return changes


def reconciled(project: Project, changes: Sequence[Change]) -> list[Change]:
    """The changes of a step of undo or redo, as they can be made now.

    Proposals are found, and make room for others, beside those steps: of one that has gone nothing
    is changed, one that was found again stays, and those whose image or category is to go go too.
    """
    gone: dict[type[Record], set[int]] = {ImageRecord: set(), Category: set()}
    for change in changes:
        if change.after is None and type(change.record) in gone:
            gone[type(change.record)].add(change.record.id)
    kept = []
    there = set(project.proposal_parents())
    for change in changes:
        if isinstance(change.record, Proposal):
            if (change.record.id in there) != (change.before is not None):
                continue
            if change.after is None:
                there.discard(change.record.id)
            else:
                there.add(change.record.id)
        kept.append(change)
    if not any(gone.values()):
        return kept
    # What this step itself moves to another category is no orphan.
    there -= {one.after.id for one in kept if isinstance(one.after, Proposal)}
    orphans = [
        one
        for one in project.proposals()
        if one.id in there
        and (
            one.annotation.image_id in gone[ImageRecord]
            or one.annotation.category_id in gone[Category]
        )
    ]
    # Without their proposals the images were not looked at.
    images = gone[ImageRecord] | {one.annotation.image_id for one in orphans}
    runs = [project.automatic_run(identity) for identity in sorted(images)]
    removed: list[Record] = [*orphans, *(run for run in runs if run is not None)]
    # The store wants a run to go before its image.
    return [*(Change(one, None) for one in removed), *kept]


def _is_of_grid(proposal: Proposal) -> bool:
    return proposal.annotation.provenance.prompt.box is None


def _read(record: ImageRecord, look: Look, *, has_masks: bool) -> list[Change]:
    seen = as_loaded(record, look, has_masks=has_masks)
    return [Change(record, seen)] if seen != record else []


def accept(
    proposals: Sequence[Proposal],
    others: Sequence[Proposal],
    annotations: Sequence[Annotation],
    boxes: Sequence[UnsegmentedBox] = (),
) -> list[Change]:
    """The changes that make annotations of proposals of one image.

    What is part of a proposal that is not accepted becomes part of what that is part of.

    Args:
        others: the image's proposals that stay.
        annotations: the image's annotations.
        boxes: those of the proposals that were found in boxes; they go.
    """
    accepted = {one.id for one in proposals} | {one.id for one in annotations}
    parents = {one.id: one.annotation.parent_id for one in (*proposals, *others)}
    changes: list[Change] = [Change(box, None) for box in boxes]
    for one in proposals:
        whole = next((above for above in ancestors(one.id, parents) if above in accepted), None)
        changes.append(Change(one, None))
        changes.append(Change(None, replace(one.annotation, parent_id=whole)))
    return changes


def drop(proposals: Sequence[Proposal], others: Sequence[Proposal]) -> list[Change]:
    """The changes that remove proposals of one image; their parts stay.

    Args:
        others: the image's proposals that stay.
    """
    gone = {one.id for one in proposals}
    parents = {one.id: one.annotation.parent_id for one in (*proposals, *others)}
    changes = [Change(one, None) for one in proposals]
    for other in others:
        if other.annotation.parent_id in gone:
            left = (above for above in ancestors(other.id, parents) if above not in gone)
            after = Proposal(replace(other.annotation, parent_id=next(left, None)))
            changes.append(Change(other, after))
    return changes
