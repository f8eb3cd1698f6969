"""Which superpixels of a box belong to its object: a fitted network weighs all evidence for each.

The evidence: the place in the box, walks and GrabCut, colours like those within or outside, how
far and across which boundaries it is to the outside, and whether regions that hold the superpixel
fill the box. `resources/scenes/fit_scorer.py` fits the network on rendered objects.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from samdesk.engine.builtin.graph import Floats, Graph
from samdesk.engine.builtin.hierarchy import Hierarchy
from samdesk.engine.builtin.network import chances, networks
from samdesk.engine.builtin.solve import SURE, colour_priors, geodesic, walk

_CORE = 0.8  # the quantile of the box's superpixels from which one is surely the object's
_HELD = 0.9  # the share of a region in the box from which the box holds it


def likely_inside(evidence: dict[str, Floats], outside: npt.NDArray[np.bool_]) -> Floats:
    """(N,) float32: the probabilities that superpixels are the object's; 0 outside of the box."""
    network = networks()["inside"]
    told = chances(network(np.stack([evidence[name] for name in network.names], axis=1)))
    return np.where(outside, np.float32(0), told)


def box_evidence(
    graph: Graph,
    corners: tuple[float, float, float, float],
    share: Floats,
    outside: npt.NDArray[np.bool_],
    soft: list[Floats],
    short_side: float,
    touched: int,
) -> dict[str, Floats]:
    """Named features (N,) of every superpixel.

    Args:
        graph: of the padded box, contrasts relative to the window.
        corners: top, left, bottom, right of the box in working pixels.
        share: (N,) of every superpixel in the box.
        outside: (N,) those that cannot be the object's.
        soft: (N,) each, 0 to 1: what walks and GrabCut say.
        short_side: of the box, in pixels of the image.
        touched: how many of the image's four sides the box touches.
    """
    firm = graph.firm
    top, left, bottom, right = corners
    half_height, half_width = max((bottom - top) / 2, 0.5), max((right - left) / 2, 0.5)
    down = (graph.centre[:, 0] + 0.5 - (top + bottom) / 2) / half_height
    across = (graph.centre[:, 1] + 0.5 - (left + right) / 2) / half_width
    rho = down**2 + across**2
    mean = np.mean(soft, axis=0).astype(np.float32)
    central = (~outside) * (1 - np.clip(rho / 2, 0, 1))
    colours = colour_priors(graph, np.stack([share, mean, central]).astype(np.float32))
    size = np.float32(2 * np.sqrt(half_height * half_width))
    beyond = np.flatnonzero(outside).tolist() or [0]
    within = mean[~outside] if not outside.all() else mean
    core = np.flatnonzero((mean >= np.quantile(within, _CORE)) & ~outside).tolist()
    fit, largest = _fitting(graph, firm.hierarchy, share, corners)
    sure = np.where(outside, SURE, 0).astype(np.float32)
    ellipse = np.clip(1.12 - 0.45 * rho, 0.1, 0.97).astype(np.float32)

    def walked(prior: Floats, pull: float) -> Floats:
        return walk(firm, np.where(outside, 0, prior), sure + np.float32(pull))

    ends, lengths = graph.ends.ravel(), np.repeat(graph.length, 2)
    around = np.bincount(ends, lengths, minlength=graph.nodes)
    strengths = np.bincount(ends, np.repeat(graph.strength, 2) * lengths, minlength=graph.nodes)
    degree = np.maximum(np.asarray(graph.adjacency.sum(axis=1)).ravel(), 1)
    firmly = walked(mean, 0.05)

    def neighbours(values: Floats) -> Floats:
        return np.asarray(graph.adjacency @ values / degree, np.float32)

    same = np.ones(graph.nodes, np.float32)
    fill = float((mean > 0.5) @ graph.area) / (4 * half_height * half_width)
    found = {
        "rho": rho,
        "farther side": np.maximum(np.abs(down), np.abs(across)),
        "nearer side": np.minimum(np.abs(down), np.abs(across)),
        "down": down,
        "across": across,
        "to the edge": np.log1p(
            np.maximum(np.minimum((1 - abs(down)) * half_height, (1 - abs(across)) * half_width), 0)
        ),
        "share": share,
        **{f"soft {i}": values for i, values in enumerate(soft)},
        "mean": mean,
        "colour of box": colours[0],
        "colour of mean": colours[1],
        "colour of middle": colours[2],
        "way out": np.log1p(geodesic(firm, beyond) / size),
        "way out by contrast": np.log1p(geodesic(graph, beyond) / size),
        "way to core": np.log1p(geodesic(firm, core or [int(mean.argmax())]) / size),
        "barrier": np.log1p(firm.hierarchy.joins(outside)),
        "fit": fit,
        "largest": largest,
        "walk from middle": walked(ellipse, 0.02),
        "walk from colour": walked(colours[1], 0.05),
        "walk from mean": firmly,
        "light": graph.colour[:, 0] / 100,
        "texture": np.log1p(graph.colour[:, 3]),
        "busy": np.log1p(strengths / np.maximum(around, 1)),
        "frame": graph.frame.any(axis=1),
        "mean beside": neighbours(mean),
        "colour beside": neighbours(colours[1]),
        "walk beside": neighbours(firmly),
        "aspect": same * abs(np.log(half_width / half_height)),
        "size": same * np.log(max(short_side, 1.0)),
        "touched": same * touched,
        "fill": same * fill,
        "unsure": same * float(np.abs(2 * within - 1).mean()),
    }
    return {name: np.asarray(values, np.float32) for name, values in found.items()}


def _fitting(
    graph: Graph, hierarchy: Hierarchy, share: Floats, corners: tuple[float, float, float, float]
) -> tuple[Floats, Floats]:
    """Of the regions that hold a superpixel and lie in the box, two figures (N,) each.

    Returns:
        The best IoU of a region's own bounding box with the box; the largest region's share of
        the box.
    """
    top, left, bottom, right = corners
    rows, columns = np.indices(graph.labels.shape)
    flat = graph.labels.ravel()
    first = np.full((graph.nodes, 2), 1 << 20, np.int64)
    last = np.zeros((graph.nodes, 2), np.int64)
    for axis, places in enumerate((rows.ravel(), columns.ravel())):
        np.minimum.at(first[:, axis], flat, places)
        np.maximum.at(last[:, axis], flat, places + 1)
    area = hierarchy.gathered(graph.area.astype(np.float64), np.add)
    held = hierarchy.gathered((graph.area * share).astype(np.float64), np.add)
    first = hierarchy.gathered(first, np.minimum)
    last = hierarchy.gathered(last, np.maximum)
    common = np.minimum(last, (bottom, right)) - np.maximum(first, (top, left))
    common = np.maximum(common, 0).prod(axis=1)
    union = (last - first).prod(axis=1) + (bottom - top) * (right - left) - common
    in_box = held > _HELD * area
    fit = np.where(in_box, common / np.maximum(union, 1), 0)
    part = np.where(in_box, held / max(float((graph.area * share).sum()), 1e-6), 0)
    return hierarchy.most_around(fit), hierarchy.most_around(part)
