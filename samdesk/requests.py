"""Requests for masks as JSON Lines, and their answers: how other programs talk to SAMDesk."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from samdesk.core.prompt import Box, Point, Prompt
from samdesk.engine.base import EngineInfo, Prediction
from samdesk.errors import RequestError, SamdeskError

_EXAMPLE = (
    'A line looks like {"id": 1, "image": "a.jpg", "points": [[120, 80, 1]], '
    '"box": [100, 60, 300, 240]}.'
)


@dataclass(frozen=True)
class MaskRequest:
    """One line: which image, which prompt, and for annotating which category.

    `identity` is whatever the asker sent as "id"; it comes back with the answer. `parent_id` is the
    annotation that the mask is a part of.
    """

    identity: Any
    image: str
    prompt: Prompt
    category: str | None = None
    parent_id: int | None = None


def parse(line: str | bytes) -> MaskRequest:
    """Reads one line; bytes are UTF-8.

    Raises:
        RequestError: it is not a request. Its `identity` can be had from `identity_of`.
    """
    raw = _loaded(line)
    if not isinstance(raw, dict):
        raise RequestError("The line is not a JSON object.", _EXAMPLE)
    image = raw.get("image")
    if not isinstance(image, str) or not image:
        raise RequestError('"image" is missing or not a path.', _EXAMPLE)
    category = raw.get("category")
    if category is not None and not _is_name(category):
        raise RequestError('"category" is not a name.', "Give the category's name as a string.")
    parent = raw.get("parent_id")
    if parent is not None and (not isinstance(parent, int) or isinstance(parent, bool)):
        raise RequestError('"parent_id" is not an id.', "Give an annotation_id of an answer.")
    points, box = raw.get("points"), raw.get("box")
    if points is not None and not isinstance(points, list):
        raise RequestError('"points" is not a list.', _EXAMPLE)
    prompt = Prompt(tuple(_point(one) for one in points or ()), None if box is None else _box(box))
    return MaskRequest(raw.get("id"), image, prompt, category, parent)


def identity_of(line: str | bytes) -> Any:
    """The "id" of a line that may be no request; None when it has none."""
    try:
        raw = _loaded(line)
    except RequestError:
        return None
    return raw.get("id") if isinstance(raw, dict) else None


def fitted(prompt: Prompt, width: int, height: int) -> Prompt:
    """The prompt with its box clipped to an image.

    Raises:
        RequestError: nothing is asked for, or the prompt lies outside the image.
    """
    if not prompt.has_foreground:
        raise RequestError(
            "The prompt says nowhere where the object is.", "Give a positive point or a box."
        )
    for point in prompt.points:
        if not (-0.5 <= point.x <= width - 0.5 and -0.5 <= point.y <= height - 0.5):
            raise RequestError(
                f"The point ({point.x:g}, {point.y:g}) lies outside the image, which has "
                f"{width} x {height} pixels.",
                "Coordinates are x, y in pixels of the image as shown, from 0.",
            )
    box = prompt.box.clipped(width, height) if prompt.box is not None else None
    if box is not None and box.is_empty:
        raise RequestError(
            f"The box holds no pixel of the image, which has {width} x {height} pixels.",
            "A box is x0, y0, x1, y1 in pixels with x0 < x1 and y0 < y1.",
        )
    return Prompt(prompt.points, box)


def answer(
    identity: Any,
    engine: EngineInfo,
    prediction: Prediction,
    *,
    embed_ms: float,
    predict_ms: float,
) -> dict[str, Any]:
    """The answer line for a prediction; the best candidate is repeated at its top."""
    best = prediction.candidates[0]
    mask = best.mask()
    return {
        "id": identity,
        "engine": engine.name,
        "width": mask.width,
        "height": mask.height,
        "rle": mask.rle(),
        "bbox": list(mask.bbox_xywh),
        "area": mask.area,
        "score": round(best.score, 6),
        "candidates": [
            {"rle": one.mask().rle(), "score": round(one.score, 6)} for one in prediction.candidates
        ],
        "embed_ms": round(embed_ms, 3),
        "predict_ms": round(predict_ms, 3),
    }


def failure(identity: Any, error: SamdeskError) -> dict[str, Any]:
    """The answer line for a failed request."""
    return {"id": identity, "error": {"title": error.title, "hint": error.hint}}


def _loaded(line: str | bytes) -> Any:
    try:
        # Left to itself, json would guess the encoding of bytes.
        raw = json.loads(line if isinstance(line, str) else line.decode("utf-8-sig"))
        # Python reads NaN, and nests deeper than it writes, but an answer repeats what was asked.
        json.dumps(raw, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"The line is not JSON: {error}.", _EXAMPLE) from error
    return raw


def _point(raw: Any) -> Point:
    if not isinstance(raw, list) or len(raw) != 3 or not all(map(_is_number, raw)):
        raise RequestError(f"{json.dumps(raw)} is not a point.", "A point is [x, y, label].")
    x, y, label = raw
    if label not in (0, 1):
        raise RequestError(
            f"{json.dumps(label)} is not a point's label.", "1 is inside the object, 0 outside."
        )
    return Point(float(x), float(y), bool(label))


def _box(raw: Any) -> Box:
    if not isinstance(raw, list) or len(raw) != 4 or not all(map(_is_number, raw)):
        raise RequestError(f"{json.dumps(raw)} is not a box.", "A box is [x0, y0, x1, y1].")
    return Box(*map(float, raw))


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and is_unicode(value)


def is_unicode(text: str) -> bool:
    """Whether a text has no half of a pair of surrogates, which JSON can spell and no file hold."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _is_number(value: Any) -> bool:
    # An integer of JSON may be larger than any float, which math.isfinite does not take.
    return type(value) in (int, float) and abs(value) <= sys.float_info.max
