"""The ARR-COC profile: what it adds to COCO, and how that is read back.

The published schema, `resources/arr-coc.schema.json`, says what each field is.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from samdesk import __version__
from samdesk.core.dataset import Annotation, ImageRecord, Provenance
from samdesk.core.prompt import Box, Point, Prompt
from samdesk.resources import resource

VERSION = "1.0"

SA1B_KEYS = frozenset({"predicted_iou", "stability_score", "point_coords", "crop_box"})

Level: TypeAlias = Literal["whole", "part", "subpart"]


@dataclass(frozen=True)
class Circumstances:
    """Under which annotations were made.

    Attributes:
        policy: by which a checkpoint is recommended, "guide" or "arr-coc".
        hardware: of the machine, as JSON values.
    """

    policy: str
    hardware: dict[str, Any]


def info_fields(circumstances: Circumstances) -> dict[str, Any]:
    """Of `info`."""
    return {
        "arr_coc": {
            "profile": VERSION,
            "policy": circumstances.policy,
            "hardware": circumstances.hardware,
            "samdesk": __version__,
        }
    }


def image_fields(record: ImageRecord) -> dict[str, Any]:
    """Of an image."""
    sha256 = record.sha256 if is_sha256(record.sha256) else None
    return {
        "arr_coc": {
            "sha256": sha256,
            "status": record.status,
            "orientation_applied": record.orientation,
        }
    }


def is_sha256(value: Any) -> bool:
    """Whether it is a digest as it is written."""
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def kept_extras(record: Annotation) -> dict[str, Any]:
    """What a source said of an annotation beyond what the project has a place for.

    What it said of how the mask was found is not true of one that was corrected.
    """
    more: dict[str, Any] = json.loads(record.extras) if record.extras else {}
    if more and record.provenance.source != "imported":
        return {key: value for key, value in more.items() if key not in SA1B_KEYS}
    return more


def annotation_fields(record: Annotation, level: Level, more: Mapping[str, Any]) -> dict[str, Any]:
    """Of an annotation; the first four are named as in SA-1B.

    Args:
        more: its `kept_extras`, which may know the part of the image that an engine saw.
    """
    seen = more.get("crop_box")
    made = record.provenance
    prompt = made.prompt
    return {
        "predicted_iou": made.predicted_iou,
        "stability_score": made.stability_score,
        "point_coords": [[point.x, point.y] for point in prompt.points if point.positive],
        "crop_box": seen if _is_box(seen) else [0, 0, record.mask.width, record.mask.height],
        "arr_coc": {
            "parent_id": record.parent_id,
            "level": level,
            "prompts": {
                "points": [[point.x, point.y, int(point.positive)] for point in prompt.points],
                "box": list(prompt.box.xyxy) if prompt.box else None,
            },
            "source": made.source,
            "clicks": made.clicks,
            "seconds": made.seconds,
            "checkpoint": made.checkpoint,
            "checkpoint_sha256": made.checkpoint_sha256,
            "precision": made.precision,
            "engine": made.engine,
            "created_at": made.created_at,
        },
    }


def level(record: Annotation, parents: Mapping[int, int]) -> Level:
    """Where an annotation stands in its hierarchy.

    Args:
        parents: the parent of each annotation that is part of another.
    """
    if record.parent_id is None:
        return "whole"
    return "subpart" if record.parent_id in parents else "part"


def provenance(entry: Mapping[str, Any], stated: Mapping[str, Any]) -> Provenance:
    """The provenance that an annotation states.

    Args:
        entry: the annotation; its `predicted_iou` and `stability_score` are those of SA-1B.
        stated: its `arr_coc`, valid by the schema; empty where it has none.
    """
    iou, stability = _score(entry.get("predicted_iou")), _score(entry.get("stability_score"))
    if not stated:
        return Provenance(source="imported", predicted_iou=iou, stability_score=stability)
    prompts = stated["prompts"]
    points = tuple(Point(x, y, bool(label)) for x, y, label in prompts["points"])
    box = Box(*prompts["box"]) if prompts["box"] else None
    names = ("source", "clicks", "seconds", "checkpoint", "checkpoint_sha256", "precision")
    taken: dict[str, Any] = {name: stated[name] for name in (*names, "engine", "created_at")}
    taken["seconds"] = float(taken["seconds"])
    return Provenance(
        prompt=Prompt(points, box), predicted_iou=iou, stability_score=stability, **taken
    )


def schema() -> dict[str, Any]:
    """The published JSON Schema."""
    content: dict[str, Any] = json.loads(resource("arr-coc.schema.json").read_text("utf-8"))
    return content


@functools.cache
def validator(part: Literal["info", "image", "annotation"]) -> Callable[[Any], str]:
    """Checks one entry against the schema: says what is wrong with it, "" when nothing is."""
    import fastjsonschema

    whole = schema()
    rule = {
        "$schema": whole["$schema"],
        "definitions": whole["definitions"],
        "$ref": f"#/definitions/{part}",
    }
    validate = fastjsonschema.compile(rule, use_default=False)

    def problem(entry: Any) -> str:
        try:
            validate(entry)
        except fastjsonschema.JsonSchemaException as error:
            return str(error).replace("data", part, 1)
        return ""

    return problem


def _score(value: Any) -> float | None:
    return float(value) if _is_number(value) else None


def _is_box(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 4
        and all(_is_number(side) and side >= 0 for side in value)
    )


def _is_number(value: Any) -> bool:
    # Larger integers are no floats.
    return type(value) is float or (type(value) is int and abs(value) < 1 << 63)
