"""What an engine finds without a person, as proposals of a project."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from samdesk.core.dataset import (
    Annotation,
    AutomaticRun,
    Category,
    Change,
    ImageRecord,
    Proposal,
)
from samdesk.core.grid import DUPLICATE_IOU, Grid
from samdesk.core.hierarchy import wholes
from samdesk.core.image import LoadedImage
from samdesk.engine.base import EngineInfo, Found
from samdesk.runtime.annotating import as_loaded, provenance, require_unchanged
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

    @classmethod
    def of(cls, path: str, image: LoadedImage, found: Sequence[Found]) -> Look:
        size = image.width, image.height
        return cls(path, *size, image.orientation, image.sha256, tuple(found))


def settings_of(engine: EngineInfo, grid: Grid) -> str:
    """What `AutomaticRun.settings` is for a grid."""
    return json.dumps({"engine": engine.key, **asdict(grid)}, sort_keys=True)


def to_look_at(project: Project, records: Sequence[ImageRecord], settings: str) -> list[str]:
    """The paths of the images of which not just this was asked before."""
    done = project.ids_of_runs(settings)
    return [record.path for record in records if record.id not in done]


def propose(
    project: Project,
    record: ImageRecord,
    look: Look,
    category: Category,
    engine: EngineInfo,
    settings: str,
) -> list[Change]:
    """The changes that store what was found in an image as proposals.

    Earlier proposals that nobody has accepted or dropped make room. What is nearly the same as an
    annotation is left out.

    Raises:
        ImageError: the file has another size than when it was annotated.
    """
    annotations = list(project.annotations(record.id))
    if annotations:
        require_unchanged(record, look)
    found = [
        one
        for one in look.found
        if all(one.mask.iou(other.mask) <= DUPLICATE_IOU for other in annotations)
    ]
    ids = [project.next_id(Annotation) for _ in found]
    changes = [Change(old, None) for old in project.proposals(record.id)]
    seen = as_loaded(record, look)
    if seen != record:
        changes.append(Change(record, seen))
    for identity, one, whole in zip(ids, found, wholes([one.mask for one in found]), strict=True):
        annotation = Annotation(
            identity,
            record.id,
            category.id,
            one.mask,
            provenance(engine, one.prompt, one.score, one.stability_score, source="auto"),
            None if whole is None else ids[whole],
        )
        changes.append(Change(None, Proposal(annotation)))
    run = AutomaticRun(record.id, settings)
    changes.append(Change(project.automatic_run(record.id), run))
    return changes


def accept(
    proposals: Sequence[Proposal], others: Sequence[Proposal], annotations: Sequence[Annotation]
) -> list[Change]:
    """The changes that make annotations of proposals of one image.

    What is part of a proposal that is not accepted becomes part of what that is part of.

    Args:
        others: the image's proposals that stay.
        annotations: the image's annotations.
    """
    accepted = {one.id for one in proposals} | {one.id for one in annotations}
    parents = {one.id: one.annotation.parent_id for one in (*proposals, *others)}

    def whole(identity: int | None) -> int | None:
        while identity is not None and identity not in accepted:
            identity = parents.get(identity)
        return identity

    changes = []
    for one in proposals:
        parent = whole(one.annotation.parent_id)
        changes.append(Change(one, None))
        changes.append(Change(None, replace(one.annotation, parent_id=parent)))
    return changes


def drop(proposals: Sequence[Proposal], others: Sequence[Proposal]) -> list[Change]:
    """The changes that remove proposals of one image; their parts stay.

    Args:
        others: the image's proposals that stay.
    """
    parents = {one.id: one.annotation.parent_id for one in proposals}
    changes = [Change(one, None) for one in proposals]
    for other in others:
        parent = other.annotation.parent_id
        while parent in parents:
            parent = parents[parent]
        if parent != other.annotation.parent_id:
            after = Proposal(replace(other.annotation, parent_id=parent))
            changes.append(Change(other, after))
    return changes
