"""The outline of a box's object, told pixel by pixel by a convolutional network.

It sees a small square picture of the box and what is around it: the image, where boundaries
probably are, and what is known of superpixels (`inside`), which it mends where they are wrong and
draws finer than they are.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from samdesk.engine.base import RGB
from samdesk.engine.builtin.convolution import SIDE, Bytes, Floats, box_look
from samdesk.engine.builtin.graph import Graph

Frame = tuple[float, float, float]  # a square's top, left and side in working pixels

# What a view shows, by the box's longer side, and the fewest working pixels that it shows.
_AROUND, _LEAST = 1.5, 24.0
_CHROMA = 127 / 80  # steps of a byte per unit of a and b


def outlined(
    rgb: RGB,
    graph: Graph,
    corners: tuple[float, float, float, float],
    covered: Floats,
    told: tuple[Floats, Floats, Floats],
) -> Floats:
    """(rows, columns) float32: the probabilities that working pixels are the object's.

    Args:
        rgb: the working pixels.
        corners: top, left, bottom, right of the box in working pixels.
        covered: (rows, columns), 1 in the box, 0 elsewhere.
        told: (rows, columns) each, 0 to 1: what walks, GrabCut and `likely_inside` say.
    """
    frame = framed(corners)
    inside = box_look()(view(rgb, graph, frame, covered, told))
    return put_back(inside, frame, covered.shape) * covered


def view(
    rgb: RGB,
    graph: Graph,
    frame: Frame,
    covered: Floats,
    told: tuple[Floats, Floats, Floats],
) -> Bytes:
    """(channels, SIDE, SIDE) uint8, what the network sees; see `outlined`.

    The channels are light, a, b, the boundaries' probability, what the walks and GrabCut say,
    whether there is image, what `likely_inside` says, and the box.
    """
    import cv2

    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab = lab * np.array([2.55, _CHROMA, _CHROMA], np.float32) + np.array([0, 128, 128], np.float32)
    walks, cut, likely = told
    seen = np.dstack([lab, boundaries(graph) * 255])
    known = np.dstack([walks, cut, np.ones_like(cut), likely]) * 255
    parts = [square(_bytes(values), frame) for values in (seen, known, covered[:, :, None] * 255)]
    return np.concatenate(parts)


def framed(corners: tuple[float, float, float, float]) -> Frame:
    """The square around a box (top, left, bottom, right) that is seen."""
    top, left, bottom, right = corners
    side = max(_LEAST, _AROUND * max(bottom - top, right - left))
    return (top + bottom - side) / 2, (left + right - side) / 2, side


def square(values: Bytes, frame: Frame) -> Bytes:
    """(channels, SIDE, SIDE) of maps (rows, columns, 1 to 4); 0 beyond their edges."""
    import cv2

    top, left, shown = frame
    rows, columns = values.shape[:2]
    # Every halving is a mean of four: what is made smaller in one step would be torn.
    for _ in range(int(math.log2(max(shown / SIDE, 1)))):
        size = (max(1, values.shape[1] // 2), max(1, values.shape[0] // 2))
        values = np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.uint8)
    down, across = values.shape[0] / rows, values.shape[1] / columns
    step_y, step_x = shown / SIDE * down, shown / SIDE * across
    matrix = np.array(
        [
            [step_x, 0, left * across + step_x / 2 - 0.5],
            [0, step_y, top * down + step_y / 2 - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(values, matrix, (SIDE, SIDE), flags=flags)
    return np.ascontiguousarray(warped.reshape(SIDE, SIDE, -1).transpose(2, 0, 1))


def put_back(values: Floats, frame: Frame, shape: tuple[int, ...]) -> Floats:
    """What was told of a view's pixels (SIDE, SIDE), at the working pixels (rows, columns)."""
    import cv2

    top, left, shown = frame
    step = shown / SIDE
    matrix = np.array([[step, 0, left + step / 2 - 0.5], [0, step, top + step / 2 - 0.5]])
    size = (shape[1], shape[0])
    warped = cv2.warpAffine(values, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.float32)


def boundaries(graph: Graph) -> Floats:
    """(rows, columns): at the superpixels' borders the probability of an object's boundary."""
    likely = np.zeros((graph.nodes, graph.nodes), np.float32)
    first, second = graph.ends.T
    likely[first, second] = likely[second, first] = 1 - np.exp(-graph.strength)
    labels = graph.labels
    found = np.zeros(labels.shape, np.float32)
    across, down = likely[labels[:, :-1], labels[:, 1:]], likely[labels[:-1], labels[1:]]
    for part, values in (
        (found[:, :-1], across),
        (found[:, 1:], across),
        (found[:-1], down),
        (found[1:], down),
    ):
        np.maximum(part, values, out=part)
    return found


def _bytes(values: npt.NDArray[np.floating]) -> Bytes:
    return np.asarray(np.clip(values + np.float32(0.5), 0, 255), np.uint8)
