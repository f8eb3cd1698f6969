"""Records as the rows of the project database's tables."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from samdesk.core.dataset import (
    Annotation,
    AutomaticRun,
    Category,
    DatasetInfo,
    ImageRecord,
    Proposal,
    Provenance,
    Record,
    UnsegmentedBox,
)
from samdesk.core.mask import Mask
from samdesk.store import prompts

TABLES: dict[type[Record], str] = {
    ImageRecord: "image",
    Category: "category",
    Annotation: "annotation",
    UnsegmentedBox: "unsegmented_box",
    DatasetInfo: "dataset_info",
    Proposal: "proposal",
    AutomaticRun: "automatic_run",
}

_OWN_COLUMNS = ("id", "image_id", "category_id", "parent_id", "extras")
_MASK_COLUMNS = ("width", "height", "x", "y", "w", "h", "counts")
_PROVENANCE_COLUMNS = (
    "source",
    "engine",
    "checkpoint",
    "checkpoint_sha256",
    "precision",
    "prompt",
    "predicted_iou",
    "stability_score",
    "clicks",
    "seconds",
    "created_at",
)
ANNOTATION_COLUMNS = (*_OWN_COLUMNS, *_MASK_COLUMNS, *_PROVENANCE_COLUMNS)


def row_of(record: Record) -> dict[str, Any]:
    """What is stored of a record, by column."""
    if isinstance(record, Proposal):
        return row_of(record.annotation)
    if isinstance(record, UnsegmentedBox):
        values = {**vars(record), **vars(record.box)}
        del values["box"]
        return values
    if not isinstance(record, Annotation):
        return asdict(record)
    values = {
        **vars(record.provenance),
        **{column: getattr(record.mask, column) for column in _MASK_COLUMNS},
        "id": record.id,
        "image_id": record.image_id,
        "category_id": record.category_id,
        "parent_id": record.parent_id,
        "prompt": json.dumps(prompts.written(record.provenance.prompt)),
        "extras": record.extras,
    }
    return {column: values[column] for column in ANNOTATION_COLUMNS}


def annotation_of(row: tuple[Any, ...]) -> Annotation:
    """The annotation whose values these are, of ANNOTATION_COLUMNS in their order."""
    identity, image_id, category_id, parent_id, extras, *rest = row
    mask = Mask(*rest[:7])
    source, engine, checkpoint, sha256, precision, prompt, *cost = rest[7:]
    provenance = Provenance(
        source,
        engine,
        checkpoint,
        sha256,
        precision,
        prompts.read(json.loads(prompt)),
        *cost,
    )
    return Annotation(identity, image_id, category_id, mask, provenance, parent_id, extras)
