"""Segmentations as COCO files hold them, drawn as compressed run lengths."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from samdesk.core.polygon import Corners, follow_edges, spans_of_outlines
from samdesk.core.runs import Spans, encoded, spans_of_runs
from samdesk.text import Text

BATCH = 64  # annotations; together they cost less than one by one, and stay in the cache
MOST_PIXELS = 1 << 31  # pycocotools counts pixels in 32 bits


def counts_of_rle(rle: dict[str, Any], width: int, height: int) -> bytes | Text:
    """The compressed counts of an RLE of an image, or what is wrong with it.

    Counts that are compressed already are given back as they are; they may be damaged.
    """
    if rle.get("size") != [height, width]:
        stated = json.dumps(rle.get("size"))[:60]
        return Text(
            "RLE has size {stated}, the image has {size}", stated=stated, size=[height, width]
        )
    counts = rle.get("counts")
    if isinstance(counts, str):
        return counts.encode("utf-8", "replace")
    if not isinstance(counts, list) or not {*map(type, counts)} <= {int}:
        return Text("RLE has no counts")
    if sum(counts) != width * height or min(counts, default=0) < 0:
        return DAMAGED
    return encoded(spans_of_runs(counts), np.array([width * height]))[0]


DAMAGED = Text("RLE is damaged: the run lengths do not add up to the size")


def drawable(
    polygons: list[Any], width: int, height: int, slack: float
) -> tuple[list[Corners], list[Text]]:
    """The polygons that can be drawn on an image, and what is wrong with the others.

    Args:
        slack: how far a corner may lie outside the image, as a fraction of its sides.
    """
    usable, problems = [], []
    size = np.array([width, height])
    for number, polygon in enumerate(polygons):
        if not isinstance(polygon, list) or not {*map(type, polygon)} <= {int, float}:
            problems.append(Text("polygon {number} is not a list of numbers", number=number))
            continue
        if len(polygon) < 6 or len(polygon) % 2:
            problems.append(
                Text(
                    "polygon {number} has {numbers} numbers; at least 3 points are needed",
                    number=number,
                    numbers=len(polygon),
                )
            )
            continue
        corners = np.array(polygon, np.float64).reshape(-1, 2)
        # One pixel is what others' rounding may add.
        beyond = np.maximum(slack * size, 1)
        if not ((corners >= -beyond) & (corners <= size + beyond)).all():
            problems.append(Text("polygon {number} reaches outside the image", number=number))
            continue
        usable.append(corners)
    return usable, problems


def drawn_outlines(
    segmentations: Sequence[Any], sizes: Sequence[tuple[int, int]]
) -> tuple[list[int], Spans]:
    """Draws those segmentations whose polygons run along the edges of pixels, as SAMDesk's do;
    together that costs much less than to have pycocotools draw one after the other.

    Args:
        sizes: width and height of each one's image.

    Returns:
        Which of the segmentations were drawn, ascending, and their spans in the same order.
    """
    places = [
        place
        for place, polygons in enumerate(segmentations)
        if isinstance(polygons, list) and polygons and all(map(_is_of_whole_numbers, polygons))
    ]
    polygons = [polygon for place in places for polygon in segmentations[place]]
    number = [len(segmentations[place]) for place in places]
    owner = np.repeat(np.arange(len(places)), number)
    frames = np.array([sizes[place] for place in places], np.int64).reshape(-1, 2)
    corners = np.fromiter(chain.from_iterable(polygons), np.int64).reshape(-1, 2)
    ends = np.cumsum([len(polygon) // 2 for polygon in polygons], dtype=np.int64)
    others = owner[~follow_edges(corners, ends, frames[owner])].tolist()
    if others:
        left_out = {places[one] for one in others}
        rest = [None if at in left_out else one for at, one in enumerate(segmentations)]
        return drawn_outlines(rest, sizes)
    return places, spans_of_outlines(corners, ends, owner, frames[:, 1])


def _is_of_whole_numbers(polygon: Any) -> bool:
    return (
        isinstance(polygon, list)
        and len(polygon) >= 6
        and len(polygon) % 2 == 0
        and {*map(type, polygon)} == {int}
        and max(polygon) < _LARGEST
    )


_LARGEST = 1 << 31
