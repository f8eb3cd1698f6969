"""Which of the proposals for a prompt is probably meant.

Fitted networks (`network`) foretell the IoU of every proposal with what the annotator means: one
for first clicks, one for boxes, one for corrections.
`resources/scenes/fit_scorer.py` fits them on rendered objects whose masks are known.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from samdesk.core.prompt import Box, Point
from samdesk.engine.builtin.graph import Floats
from samdesk.engine.builtin.network import chances, judge_of
from samdesk.engine.builtin.propose import Proposal, Scene
from samdesk.engine.builtin.solve import colour_priors

# So much of the window's longer side, at an edge where the image goes on, is a mask cut off.
_CUT_OFF = 0.02
# Contrasts c^2 from which a boundary is likely an object's, and up to which it is likely none.
_CLOSED, _OPEN = 1.4, 0.2
_STRONGEST = 8.0
_COMPARED_SIDE = 96  # the longer side of the raster on which proposals are compared

Features = dict[str, Floats]


def described(proposals: list[Proposal], image_size: tuple[int, int]) -> Features:
    """What the proposals look like by themselves.

    Args:
        image_size: width and height in pixels.

    Returns:
        (C,) float32 by name, in the order of the proposals.
    """
    found: dict[str, npt.NDArray[np.float32]] = {}
    for scene, places in _by_scene(proposals):
        part = _of_one_scene(scene, [proposals[place] for place in places], image_size)
        for name, values in part.items():
            if name not in found:
                found[name] = np.zeros(len(proposals), np.float32)
            found[name][places] = values
    return found


def around_click(proposals: list[Proposal], click: Point, image_size: tuple[int, int]) -> Features:
    """`described`, how the proposals lie about their first click and among each other, and how much
    of them the network that looks expects.

    Args:
        proposals: with those of `propose.seen_from_click`.
    """
    features = described(proposals, image_size)
    offset, depth, unlike = (np.zeros(len(proposals), np.float32) for _ in range(3))
    for scene, places in _by_scene(proposals):
        graph = scene.graph
        chosen = np.stack([proposals[place].inside for place in places]) > 0.5
        weights = chosen * graph.area
        area = np.maximum(weights.sum(axis=1), 1.0)
        here = np.array(scene.window.row_column(click), np.float32)
        away = np.linalg.norm(graph.centre - here, axis=1)
        centroid = weights @ graph.centre / area[:, None]
        offset[places] = np.linalg.norm(centroid - here, axis=1) / np.sqrt(area)
        nearest = np.where(chosen, np.inf, away).min(axis=1)
        depth[places] = np.minimum(nearest, max(scene.window.shape)) / np.sqrt(area)
        mean = weights @ graph.colour[:, :3] / area[:, None]
        unlike[places] = np.linalg.norm(mean - graph.colour[scene.node(click), :3], axis=1)
    features["offset"] = np.minimum(offset, 2.0)
    features["depth"] = np.minimum(depth, 2.0)
    features["unlike click"] = np.log1p(unlike)
    features["whole"] = np.array([p.scene.whole for p in proposals], np.float32)
    for kind in ("region", "filled", "seen", "mean"):
        features[kind] = np.array([p.kind == kind for p in proposals], np.float32)
    features["foretold"] = np.array([p.foretold for p in proposals], np.float32)
    expected = np.zeros(len(proposals), np.float32)
    for _, places in _by_scene(proposals):
        (mean,) = (proposals[place] for place in places if proposals[place].kind == "mean")
        expected[places] = _expected([proposals[place] for place in places], mean)
    return {**features, "expected": expected, **_strengths(proposals)}


def around_correction(proposals: list[Proposal], image_size: tuple[int, int]) -> Features:
    """`described` by fitted boundaries, and which of the corrections they are."""
    firm = [replace(proposal, scene=proposal.scene.firm) for proposal in proposals]
    features = _of_one_scene(firm[0].scene, firm, image_size)
    for place in range(len(proposals)):
        features[f"reach {place}"] = (np.arange(len(proposals)) == place).astype(np.float32)
    return features


def around_box(proposals: list[Proposal], box: Box, image_size: tuple[int, int]) -> Features:
    """`described` by fitted boundaries, how the proposals fill their box, and how much of them
    the first one, which is the network's that looks, expects.

    Args:
        proposals: in one scene.
    """
    scene = proposals[0].scene
    firm = [replace(proposal, scene=scene.firm) for proposal in proposals]
    features = described(firm, image_size)
    top, left, bottom, right = scene.window.working_box(box)
    height, width = max(bottom - top, 1.0), max(right - left, 1.0)
    gaps, fill = np.full((len(proposals), 4), 0.5), np.zeros(len(proposals))
    for i, proposal in enumerate(proposals):
        chosen = proposal.soft > 0.5
        rows, columns = np.flatnonzero(chosen.any(axis=1)), np.flatnonzero(chosen.any(axis=0))
        fill[i] = np.count_nonzero(chosen) / (height * width)
        if len(rows):
            upper, lower = (rows[0] - top) / height, (bottom - 1 - rows[-1]) / height
            gaps[i] = upper, lower, (columns[0] - left) / width, (right - 1 - columns[-1]) / width
    gaps = np.clip(gaps, 0, 1)
    features["gap"] = gaps.mean(axis=1).astype(np.float32)
    features["widest gap"] = gaps.max(axis=1).astype(np.float32)
    features["fill"] = fill.astype(np.float32)
    features["expected"] = _expected(proposals, proposals[0])
    for kind in ("seen", "likely", "cut", "mean"):
        features[kind] = np.array([p.kind == kind for p in proposals], np.float32)
    return features


def scored(kind: str, features: Features, likeness: Floats) -> Floats:
    """(C,): the IoUs foretold, 0 to 1.

    Args:
        kind: "click", "box" or "correction".
        features: with agreement.
        likeness: (C, C), `overlaps`.
    """
    judge = judge_of(kind)
    rows = np.stack([features[name] for name in judge.names], axis=1)
    return chances(judge.among(rows, likeness))


def with_agreement(features: Features, likeness: Floats) -> Features:
    """The features, and the proposals' mean IoU with all and their IoU with the first."""
    return {**features, "agreement": likeness.mean(axis=1), "like the first": likeness[:, 0]}


def overlaps(proposals: list[Proposal]) -> Floats:
    """(C, C): IoUs among proposals, on a coarse raster of the first whole image or window."""
    if not proposals:
        return np.zeros((0, 0), np.float32)
    base = max((p.scene for p in proposals), key=lambda s: s.window.size[0] * s.window.size[1])
    step = max(1, round(max(base.window.shape) / _COMPARED_SIDE))
    flat = np.zeros((len(proposals), base.graph.labels[::step, ::step].size), np.float32)
    areas = np.zeros(len(proposals))
    for scene, places in _by_scene(proposals):
        chosen = (np.stack([proposals[place].inside for place in places]) > 0.5).astype(np.float32)
        share = scene.window.size[0] * scene.window.size[1] / scene.graph.labels.size
        areas[places] = chosen @ scene.graph.area * share
        if scene is base:
            flat[places] = chosen[:, base.graph.labels[::step, ::step].ravel()]
        else:
            nodes = resampled_nodes(scene, base)[::step, ::step].ravel()
            flat[places] = np.where(nodes >= 0, chosen[:, nodes], 0)
    common = flat @ flat.T
    sizes = flat.sum(axis=1)
    union = sizes[:, None] + sizes[None] - common
    return np.asarray(np.where(union > 0, common / np.maximum(union, 1), 0), np.float32)


def resampled_nodes(scene: Scene, base: Scene) -> npt.NDArray[np.int32]:
    """(rows, columns) of the base: the other scene's node at every working pixel, -1 for none."""
    old, new = scene.window, base.window
    y = (np.arange(new.rows) + 0.5) / new.rows * (new.y1 - new.y0) + new.y0
    x = (np.arange(new.columns) + 0.5) / new.columns * (new.x1 - new.x0) + new.x0
    rows = np.floor((y - old.y0) / (old.y1 - old.y0) * old.rows).astype(np.int32)
    columns = np.floor((x - old.x0) / (old.x1 - old.x0) * old.columns).astype(np.int32)
    valid = ((rows >= 0) & (rows < old.rows))[:, None] & (columns >= 0) & (columns < old.columns)
    nodes = scene.graph.labels[
        np.clip(rows, 0, old.rows - 1)[:, None], np.clip(columns, 0, old.columns - 1)
    ]
    return np.where(valid, nodes, -1).astype(np.int32)


def is_cut_off(proposal: Proposal, image_size: tuple[int, int]) -> bool:
    """Whether a window's edge, where the image goes on, ends the proposal."""
    window = proposal.scene.window
    cut = float(
        (proposal.inside > 0.5) @ proposal.scene.graph.frame @ _goes_on(proposal.scene, image_size)
    )
    return cut > _CUT_OFF * max(window.shape)


def _of_one_scene(scene: Scene, proposals: list[Proposal], image_size: tuple[int, int]) -> Features:
    graph, window = scene.graph, scene.window
    inside = np.stack([proposal.inside for proposal in proposals])
    chosen = inside > 0.5
    mask = chosen.astype(np.float32)
    first, second = chosen[:, graph.ends[:, 0]], chosen[:, graph.ends[:, 1]]
    rim = (first != second) * graph.length
    inner = (first & second) * graph.length
    perimeter, within = rim.sum(axis=1), inner.sum(axis=1)
    strength = np.minimum(graph.contrast**2, _STRONGEST)
    closed, open_ = (strength > _CLOSED).astype(np.float32), (strength < _OPEN).astype(np.float32)
    area = mask @ graph.area
    frame = mask @ graph.frame
    cut = frame @ _goes_on(scene, image_size)
    touch = frame.sum(axis=1)
    root = np.sqrt(area) + 1e-6
    around = perimeter + 1e-6
    mean = (mask * graph.area) @ graph.centre / (area + 1e-6)[:, None]
    moments = [
        (mask * graph.area) @ (graph.centre[:, i] * graph.centre[:, j]) / (area + 1e-6)
        - mean[:, i] * mean[:, j]
        for i, j in ((0, 0), (1, 1), (0, 1))
    ]
    ellipse = 4 * np.pi * np.sqrt(np.maximum(moments[0] * moments[1] - moments[2] ** 2, 1.0))
    ring = np.zeros_like(chosen)
    outer = np.where(first != second, np.where(first, graph.ends[:, 1], graph.ends[:, 0]), -1)
    for row, nodes in zip(ring, outer, strict=True):
        row[nodes[nodes >= 0]] = True
    ring_area = ring @ graph.area + 1e-6
    looks = colour_priors(graph, mask)
    colours = graph.colour
    inside_mean = (mask * graph.area) @ colours / (area + 1e-6)[:, None]
    ring_mean = (ring * graph.area) @ colours / ring_area[:, None]
    squares = (mask * graph.area) @ colours[:, :3] ** 2 / (area + 1e-6)[:, None]
    variance = np.maximum(squares - inside_mean[:, :3] ** 2, 0).sum(axis=1)
    pixel = window.size[0] * window.size[1] / graph.labels.size
    sureness = np.abs(2 * inside - 1)
    high, low = (inside > 0.7) @ graph.area, (inside > 0.3) @ graph.area
    return {
        "boundary": rim @ strength / around,
        "closed": rim @ closed / around,
        "open": rim @ open_ / around,
        "least probable": rim @ np.exp(-strength) / around,
        "interior": inner @ strength / (within + 1e-6),
        "broken": inner @ closed / (within + 1e-6),
        "broken by rim": np.log1p(inner @ closed / (around + touch)),
        "told apart": ((mask * looks) @ graph.area) / (area + 1e-6)
        - ((ring * looks) @ graph.area) / ring_area,
        "light step": np.log1p(np.abs(inside_mean - ring_mean)[:, 0]),
        "chroma step": np.log1p(np.linalg.norm((inside_mean - ring_mean)[:, 1:3], axis=1)),
        "texture step": np.log1p(np.abs(inside_mean - ring_mean)[:, 3]),
        "colour spread": np.log1p(np.sqrt(variance)),
        "touch": touch / (touch + around),
        "cut": np.minimum(cut / root, 1.0),
        "cut off": (cut > _CUT_OFF * max(window.shape)).astype(np.float32),
        "sides": (frame > 2).sum(axis=1).astype(np.float32),
        "compactness": np.minimum(4 * np.pi * area / (around + touch) ** 2, 1.5),
        "ellipse": np.minimum(area / ellipse, 1.5),
        "area": np.log(np.maximum(area * pixel, 1.0) / (image_size[0] * image_size[1])),
        "working area": np.log(area + 10),
        "sureness": sureness @ graph.area / graph.area.sum(),
        "sureness inside": ((mask * sureness) @ graph.area) / (area + 1e-6),
        "stability": high / np.maximum(low, 1e-6),
    }


def _expected(proposals: list[Proposal], likely: Proposal) -> Floats:
    """(C,): the IoUs of proposals in one scene with what is likely there."""
    area = likely.scene.graph.area
    chosen = np.stack([proposal.inside for proposal in proposals]) > 0.5
    weights = likely.inside * area
    common = chosen @ weights
    union = weights.sum() + chosen @ area - common
    return np.asarray(common / np.maximum(union, 1e-6), np.float32)


def _strengths(proposals: list[Proposal]) -> Features:
    """What the hierarchy knows of regions."""
    within = np.log1p(np.array([p.within for p in proposals], np.float32))
    around = np.log1p(np.array([p.around for p in proposals], np.float32))
    return {"within": within, "around": around, "outlasts": around - within}


def _goes_on(scene: Scene, image_size: tuple[int, int]) -> Floats:
    """(4,): 1 for the upper, lower, left and right side of the window if the image goes on."""
    w = scene.window
    return np.array([w.y0 > 0, w.y1 < image_size[1], w.x0 > 0, w.x1 < image_size[0]], np.float32)


def _by_scene(proposals: list[Proposal]) -> list[tuple[Scene, list[int]]]:
    found: list[tuple[Scene, list[int]]] = []
    for place, proposal in enumerate(proposals):
        for scene, places in found:
            if scene is proposal.scene:
                places.append(place)
                break
        else:
            found.append((proposal.scene, [place]))
    return found
