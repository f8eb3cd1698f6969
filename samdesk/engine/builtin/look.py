"""Outlines told pixel by pixel by convolutional networks: of a box's object, and of a mask's.

They see a small square picture: the image, where boundaries probably are, and what is known so
far, which they mend where it is wrong and draw finer than superpixels are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from samdesk.engine.base import RGB
from samdesk.engine.builtin.convolution import SIDE, Bytes, Floats, looks
from samdesk.engine.builtin.graph import Graph
from samdesk.engine.builtin.solve import colour_priors, geodesic

Corners = tuple[float, float, float, float]  # top, left, bottom, right in working pixels
Frame = tuple[float, float, float]  # a square's top, left and side in working pixels
Click = tuple[tuple[int, int], bool]  # row and column of the working pixel, whether positive

# What a view shows, by the longer side of a box that is drawn and of a mask, whose object may go on
# beyond it; and the fewest working pixels that it shows.
AROUND_BOX, AROUND_MASK, _LEAST = 1.3, 1.5, 24.0
_CHROMA = 127 / 80  # steps of a byte per unit of a and b
_SUPERPIXEL = 9.0  # about a superpixel's side in working pixels
_SPOT = 2.0  # sigma of a click's spot, in pixels of a view


def outlined(
    rgb: RGB,
    graph: Graph,
    corners: Corners,
    covered: Floats,
    told: tuple[Floats, Floats, Floats],
) -> Floats:
    """(rows, columns) float32: the probabilities that working pixels are the object's of a box.

    Args:
        rgb: the working pixels.
        corners: of the box.
        covered: (rows, columns), 1 in the box, 0 elsewhere.
        told: (rows, columns) each, 0 to 1: what walks, GrabCut and `likely_inside` say.
    """
    frame = framed(corners)
    (inside,), _ = looks()["box"](view(rgb, graph, frame, (*told, covered)))
    return put_back(inside, frame, covered.shape) * covered


def mended(rgb: RGB, graph: Graph, soft: Floats, clicks: Sequence[Click]) -> Floats:
    """(rows, columns) float32: a mask with the errors that can be seen mended.

    Args:
        soft: (rows, columns), 0 to 1, not empty.
        clicks: those in the window.
    """
    frame = framed(around(soft, clicks), AROUND_MASK)
    shown = view(rgb, graph, frame, known_of(graph, frame, soft, clicks))
    (inside,), _ = looks()["mask"](shown)
    found = put_back(inside, frame, soft.shape)
    top, left, side = frame
    rows, columns = np.arange(soft.shape[0]), np.arange(soft.shape[1])
    seen_at = ((rows >= top) & (rows < top + side))[:, None] & (columns >= left)
    seen_at &= columns < left + side
    return np.where(seen_at, found, soft)


def around(soft: Floats, clicks: Sequence[Click]) -> Corners:
    """The box of what is inside and of the clicks."""
    rows, columns = np.nonzero(soft > 0.5)
    places = [place for place, _ in clicks]
    down = [*(row for row, _ in places), *((rows.min(), rows.max()) if len(rows) else ())]
    across = [*(col for _, col in places), *((columns.min(), columns.max()) if len(rows) else ())]
    return float(min(down)), float(min(across)), float(max(down) + 1), float(max(across) + 1)


def known_of(
    graph: Graph, frame: Frame, soft: Floats, clicks: Sequence[Click]
) -> tuple[Floats, Floats, Floats, Floats]:
    """What `mended` is told: the mask, whose colours a place has, and the clicks of both signs."""
    nodes = (graph.node_means(soft) > 0.5).astype(np.float32)
    (looks_inside,) = colour_priors(graph, nodes[None])
    spots = [np.zeros(soft.shape, np.float32) for _ in range(2)]
    sigma = _SPOT * frame[2] / SIDE
    rows, columns = np.arange(soft.shape[0])[:, None], np.arange(soft.shape[1])
    for (row, column), positive in clicks:
        spot = np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * sigma**2))
        spots[not positive] = np.maximum(spots[not positive], spot).astype(np.float32)
    return soft, graph.painted(looks_inside), spots[0], spots[1]


def view(
    rgb: RGB, graph: Graph, frame: Frame, told: tuple[Floats, Floats, Floats, Floats]
) -> Bytes:
    """(9, SIDE, SIDE) uint8, what a network sees.

    The channels are light, a, b, the boundaries' probability, the first two of what is told,
    whether there is image, and the others that are told, (rows, columns) each, 0 to 1.
    """
    known = np.dstack([*told[:2], np.ones_like(told[0]), told[2]]) * 255
    parts = (seen(rgb, graph), _bytes(known), _bytes(told[3][:, :, None] * 255))
    return np.concatenate([square(values, frame) for values in parts])


def seen(rgb: RGB, graph: Graph) -> Bytes:
    """(rows, columns, 4) uint8: light, a, b, the boundaries' probability."""
    import cv2

    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab = lab * np.array([2.55, _CHROMA, _CHROMA], np.float32) + np.array([0, 128, 128], np.float32)
    return _bytes(np.dstack([lab, boundaries(graph) * 255]))


def of_click(rgb: RGB, graph: Graph, node: int) -> Bytes:
    """(rows, columns, 8) uint8: what `polar.Rings` show of a window that a click is in.

    Light, a, b, the boundaries' probability, how alike the click's colour is, how weak the
    boundaries around the smallest region that holds the click too, 255 for there is image, and how
    straight the way to the click is.

    Args:
        graph: contrasts are the fitted boundaries'.
        node: the click's superpixel.
    """
    joined = np.exp(-0.5 * graph.hierarchy.joins(np.arange(graph.nodes) == node))
    apart = np.linalg.norm(graph.centre - graph.centre[node], axis=1)
    way = np.exp(-geodesic(graph, [node]) / (apart + _SUPERPIXEL))
    nodes = np.stack([graph.likeness[node], joined, np.ones(graph.nodes), way], axis=1)
    return np.concatenate([seen(rgb, graph), _bytes(nodes * 255)[graph.labels]], axis=2)


def framed(corners: Corners, around: float = AROUND_BOX) -> Frame:
    """The square around a box that is seen."""
    top, left, bottom, right = corners
    side = max(_LEAST, around * max(bottom - top, right - left))
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
