"""Run lengths of many masks at once: COCO's compressed counts, and moving them between frames.

A mask is a list of half-open spans [begin, end) of pixels inside, counted down the columns of a
frame of some height, as COCO counts them. Working on all masks of a batch together keeps the cost
of one small mask at microseconds.

The compressed format is that of pycocotools' maskApi: each run length in groups of 5 bits as
characters from "0" on, a sixth bit marks that more follow; two's complement; from the fourth run
on, differences to the run before the last.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Integers: TypeAlias = npt.NDArray[np.int64]

_MOST_GROUPS = 8  # of one run length; pycocotools itself counts in 32 bits
_WELL_FORMED = re.compile(rb"(?:[P-o]{0,%d}[0-O])+" % (_MOST_GROUPS - 1))
_LAST = ord("O")  # the highest character that ends a number
_LONGEST = 1 << 40  # pixels, so that sums of damaged ones stay within 64 bits


@dataclass(frozen=True)
class Spans:
    """The pixels of a batch of masks.

    Attributes:
        owner: which mask of the batch each span belongs to, ascending.
        begin, end: pixels down the columns of that mask's frame; ascending within a mask, never
            empty, never touching.
        masks: how many masks there are; some may have no spans.
    """

    owner: Integers
    begin: Integers
    end: Integers
    masks: int

    def areas(self) -> Integers:
        """The number of pixels of each mask, shape (masks,)."""
        lengths = self.end - self.begin
        return np.bincount(self.owner, lengths, self.masks).astype(np.int64)

    def bounds(self, heights: Integers) -> Integers:
        """The tight bounding box of each mask: x, y, w, h, shape (masks, 4); zeros when empty.

        Args:
            heights: of each mask's frame.
        """
        boxes = np.zeros((self.masks, 4), np.int64)
        if len(self.owner) == 0:
            return boxes
        height = heights[self.owner]
        left, right = self.begin // height, (self.end - 1) // height
        is_tall = left < right  # spans that go on in the next column touch both edges
        top = np.where(is_tall, 0, self.begin - left * height)
        bottom = np.where(is_tall, height, self.end - left * height)
        first = np.flatnonzero(np.diff(self.owner, prepend=-1))
        present = self.owner[first]
        x, y = np.minimum.reduceat(left, first), np.minimum.reduceat(top, first)
        boxes[present] = np.stack(
            [
                x,
                y,
                np.maximum.reduceat(right, first) + 1 - x,
                np.maximum.reduceat(bottom, first) - y,
            ],
            axis=1,
        )
        return boxes

    def inverted(self, pixels: int) -> Spans:
        """What is not inside, of one mask in a frame of so many pixels."""
        begin, end = np.append(0, self.end), np.append(self.begin, pixels)
        return _only(Spans(np.zeros(len(end), np.int64), begin, end, 1), begin < end)

    def moved(self, heights: Integers, x: Integers, y: Integers, new_heights: Integers) -> Spans:
        """The same pixels in other frames.

        Args:
            heights, new_heights: of each mask's frame, before and after.
            x, y: where the old frame's first pixel lies in the new one; every pixel inside must
                lie in the new frame, too.
        """
        if len(self.owner) == 0:
            return self
        height = heights[self.owner]
        column = self.begin // height
        columns = (self.end - 1) // height - column + 1
        # One piece for each column that a span crosses.
        span = np.repeat(np.arange(len(columns)), columns)
        column = column[span] + counted(columns)
        owner, height = self.owner[span], height[span]
        base = column * height
        shift = (column + x[owner]) * new_heights[owner] + y[owner] - base
        begin = np.maximum(self.begin[span], base) + shift
        end = np.minimum(self.end[span], base + height) + shift
        # Pieces that touch are one span again.
        joins = np.zeros(len(owner), bool)
        joins[1:] = (begin[1:] == end[:-1]) & (owner[1:] == owner[:-1])
        starts = ~joins
        ends = np.append(starts[1:], True)
        return Spans(owner[starts], begin[starts], end[ends], self.masks)


def decoded(counts: Sequence[bytes], pixels: Integers) -> tuple[Spans, npt.NDArray[np.bool_]]:
    """Reads compressed counts.

    Args:
        counts: of each mask, as COCO's compressed RLE has them.
        pixels: how many pixels each mask's frame has; the runs must add up to it.

    Returns:
        The spans, and which masks are damaged; those have no spans.
    """
    codes, first, last = _values(counts)
    damaged = np.zeros(len(counts), bool)
    if (
        not all(counts)
        or any(one[-1] > _LAST for one in counts)
        or codes.max(initial=0) > 63
        or (last - first).max(initial=0) >= _MOST_GROUPS
    ):
        # What is no counts at all is read as none.
        counts = [one if _WELL_FORMED.fullmatch(one) else b"" for one in counts]
        damaged = np.array([not one for one in counts], bool)
        codes, first, last = _values(counts)
    groups = last - first + 1
    values = (codes[first] & 31).astype(np.int64)
    for group in range(1, int(groups.max(initial=0))):
        longer = np.flatnonzero(groups > group)
        values[longer] |= (codes[first[longer] + group] & 31).astype(np.int64) << (5 * group)
    values -= (codes[last] & 16).astype(np.int64) << (5 * groups - 4)
    sizes = [len(one) for one in counts]
    stops = np.searchsorted(last, np.cumsum(np.array(sizes, np.int64)))
    number = np.diff(stops, prepend=0)
    owner = np.repeat(np.arange(len(counts)), number)
    runs, index = _undone_differences(values, number)
    total = np.bincount(owner, runs, len(counts))
    damaged |= total != pixels
    damaged[owner[np.flatnonzero((runs < 0) | (runs > _LONGEST))]] = True
    until = np.cumsum(runs)
    inside = np.flatnonzero(index & 1)
    owner = owner[inside]
    end = until[inside] - np.append(0, until)[(stops - number)[owner]]
    spans = Spans(owner, end - runs[inside], end, len(counts))
    if damaged.any():
        spans = _only(spans, ~damaged[owner])
    if (runs[index > 0] == 0).any():
        spans = _joined(_only(spans, spans.begin < spans.end))
    return spans, damaged


def encoded(spans: Spans, pixels: Integers) -> list[bytes]:
    """Compressed counts of each mask, the very bytes that pycocotools writes.

    Args:
        pixels: how many pixels each mask's frame has.
    """
    per_mask = np.bincount(spans.owner, minlength=spans.masks)
    filled = np.zeros(spans.masks, bool)
    last_span = np.cumsum(per_mask)[per_mask > 0] - 1
    filled[per_mask > 0] = spans.end[last_span] == pixels[per_mask > 0]
    # Outside and inside in turn, and what is left outside at the end.
    number = 2 * per_mask + ~filled
    stops = np.cumsum(number)
    starts = stops - number
    edges = np.empty(int(number.sum()), np.int64)
    place = starts[spans.owner] + 2 * (
        np.arange(len(spans.owner)) - (np.cumsum(per_mask) - per_mask)[spans.owner]
    )
    edges[place] = spans.begin
    edges[place + 1] = spans.end
    edges[stops[~filled] - 1] = pixels[~filled]
    runs = np.diff(edges, prepend=0)
    runs[starts] = edges[starts]

    index = counted(number)
    values = runs.copy()
    values[2:] -= np.where(index[2:] > 2, runs[:-2], 0)
    magnitude = values ^ (values >> 63)
    groups = np.ones(len(values), np.int64)
    for bits in range(4, 5 * _MOST_GROUPS - 1, 5):
        more = magnitude >> bits > 0
        if not more.any():
            break
        groups += more
    place_in_value = counted(groups)
    codes = (np.repeat(values, groups) >> (5 * place_in_value)) & 31
    codes |= (place_in_value < np.repeat(groups, groups) - 1) * 32
    text = (codes + 48).astype(np.uint8).tobytes()
    cuts = np.append(0, np.cumsum(groups))[np.append(0, stops)].tolist()
    return [text[begin:end] for begin, end in pairwise(cuts)]


def spans_of_runs(runs: Sequence[int]) -> Spans:
    """The spans of one mask from its plain run lengths, outside first; none may be negative."""
    until = np.cumsum(np.asarray(runs, np.int64))
    begin, end = until[0::2][: len(until[1::2])], until[1::2]
    return _joined(_only(Spans(np.zeros(len(end), np.int64), begin, end, 1), begin < end))


def spans_of_bitmap(bitmap: npt.NDArray[Any]) -> Spans:
    """The spans of one mask from its pixels, shape (height, width), bool or uint8, inside not 0."""
    import cv2

    laid_out = np.zeros(bitmap.size + 2, bool)
    if bitmap.size:
        np.not_equal(cv2.transpose(bitmap.view(np.uint8)).ravel(), 0, out=laid_out[1:-1])
    edges = np.flatnonzero(laid_out[1:] != laid_out[:-1])
    return Spans(np.zeros(len(edges) // 2, np.int64), edges[0::2], edges[1::2], 1)


def bitmap_of(spans: Spans, width: int, height: int) -> npt.NDArray[np.bool_]:
    """The pixels of one mask, shape (height, width)."""
    edges = np.stack([spans.begin, spans.end], axis=1).ravel()
    lengths = np.diff(edges, prepend=0, append=width * height)
    inside = np.arange(len(lengths)) % 2 == 1
    bitmap: npt.NDArray[np.bool_] = np.repeat(inside, lengths).reshape(width, height).T
    return bitmap


def united(owner: Integers, begin: Integers, end: Integers, masks: int) -> Spans:
    """The spans of masks from some that are in no order, overlap, touch or are empty."""
    order = np.lexsort((begin, owner))
    order = order[begin[order] < end[order]]
    owner, begin, end = owner[order], begin[order], end[order]
    # How far a mask's pixels reach until each span; in a frame of its own for each mask.
    frame = int(end.max(initial=0)) + 1
    reach = np.maximum.accumulate(owner * frame + end)
    starts = np.ones(len(owner), bool)
    starts[1:] = owner[1:] * frame + begin[1:] > reach[:-1]
    last = np.append(starts[1:], True)[: len(starts)]
    return Spans(owner[starts], begin[starts], reach[last] - owner[last] * frame, masks)


def _values(counts: Sequence[bytes]) -> tuple[npt.NDArray[np.uint8], Integers, Integers]:
    """The groups of bits of all counts, and where each number's first and last group is."""
    codes = np.frombuffer(b"".join(counts), np.uint8) - 48
    last = np.flatnonzero(codes < 32)
    first = np.append(0, last[:-1] + 1)[: len(last)]
    return codes, first, last


def _undone_differences(values: Integers, number: Integers) -> tuple[Integers, Integers]:
    """Run lengths from what is stored of them, and each one's place in its mask."""
    starts = np.cumsum(number) - number
    filled = starts[number > 0]
    runs = values.copy()
    runs[filled] = 0
    # Every other number belongs to one sum; each mask's begin where those before it end.
    for parity in (0, 1):
        runs[parity::2] = np.cumsum(runs[parity::2])
    before = np.append([0, 0], runs)
    for parity in (0, 1):
        former = np.repeat(before[starts + 1 - (starts + parity + 1) % 2], number)
        runs[parity::2] -= former[parity::2]
    runs[filled] = values[filled]
    return runs, counted(number)


def _only(spans: Spans, kept: npt.NDArray[np.bool_]) -> Spans:
    return Spans(spans.owner[kept], spans.begin[kept], spans.end[kept], spans.masks)


def _joined(spans: Spans) -> Spans:
    """Spans with touching ones made one, as runs of no length leave them."""
    joins = np.zeros(len(spans.owner), bool)
    joins[1:] = (spans.begin[1:] == spans.end[:-1]) & (spans.owner[1:] == spans.owner[:-1])
    ends = np.append(~joins[1:], True)[: len(joins)]
    return Spans(spans.owner[~joins], spans.begin[~joins], spans.end[ends], spans.masks)


def counted(numbers: Integers) -> Integers:
    """0, 1, 2, ... for each of the numbers in turn."""
    total = np.cumsum(numbers)
    return np.arange(int(total[-1]) if len(total) else 0) - np.repeat(total - numbers, numbers)
