"""Records for tests of the store and of export."""

from __future__ import annotations

import numpy as np

from samdesk.core.dataset import Annotation, Category, Change, ImageRecord, Provenance
from samdesk.core.mask import Mask
from samdesk.core.prompt import Box, Point, Prompt
from samdesk.store.project import Project


def disc(width: int = 40, height: int = 30, x: int = 15, y: int = 12, radius: int = 7) -> Mask:
    rows, columns = np.mgrid[:height, :width]
    return Mask.from_bitmap((columns - x) ** 2 + (rows - y) ** 2 <= radius**2)


def image(project: Project, path: str = "a.jpg") -> ImageRecord:
    record = ImageRecord(project.next_id(ImageRecord), path, 40, 30, 1, "ab" * 32)
    project.apply([Change(None, record)])
    return record


def category(project: Project, name: str = "apple") -> Category:
    record = Category(project.next_id(Category), name, "#e69f00")
    project.apply([Change(None, record)])
    return record


def annotation(
    project: Project, of: ImageRecord, kind: Category, mask: Mask | None = None
) -> Annotation:
    provenance = Provenance(
        engine="ViT-B",
        checkpoint="vit_b",
        checkpoint_sha256="cd" * 32,
        precision="float32",
        prompt=Prompt((Point(1.5, 2), Point(3, 4, positive=False)), Box(0, 1, 20, 22.5)),
        predicted_iou=0.91,
        stability_score=0.97,
        clicks=3,
        seconds=4.25,
        created_at="2026-01-02T03:04:05Z",
    )
    record = Annotation(project.next_id(Annotation), of.id, kind.id, mask or disc(), provenance)
    project.apply([Change(None, record)])
    return record
