"""How good a proposal probably is: a linear estimate of its IoU from what can be seen of it.

For corrections, whose few proposals are alike (first clicks and boxes: `judge`). The weights are
in `resources/builtin_scorer.json`; `resources/scenes/fit_scorer.py` makes them by ridge regression
on rendered objects whose masks are known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from samdesk.engine.builtin.graph import Floats, Graph
from samdesk.engine.builtin.network import WEIGHTS
from samdesk.engine.builtin.propose import Proposal
from samdesk.engine.builtin.solve import colour_priors
from samdesk.resources import resource

_STRONG = 0.8  # contrast of an edge that is likely an object's boundary
# So much of the window's longer side, at an edge where the image goes on, is a mask cut off.
_CUT_OFF = 0.02


def shape_features(proposal: Proposal, image_size: tuple[int, int]) -> dict[str, float]:
    """What a proposal looks like by itself.

    Args:
        image_size: width and height in pixels.

    Returns:
        Contrasts in units of the window's mean, shares from 0 to 1, `area` as the logarithm of
        the share of the image.
    """
    scene = proposal.scene
    graph = scene.graph
    chosen = proposal.inside > 0.5
    first, second = chosen[graph.ends[:, 0]], chosen[graph.ends[:, 1]]
    rim, inner = first != second, first & second
    contrast = np.minimum(graph.contrast, 3)
    perimeter = float(graph.length[rim].sum())
    boundary = _weighted(contrast[rim], graph.length[rim])
    strong = _weighted((contrast[rim] > _STRONG).astype(np.float32), graph.length[rim])
    area = float(graph.area[chosen].sum())
    frame, cut = _frame_pixels(proposal, image_size)
    touch = frame / (frame + perimeter + 1e-6)
    ring = np.zeros(graph.nodes, bool)
    ring[graph.ends[rim].ravel()] = True
    ring &= ~chosen
    (looks,) = colour_priors(graph, chosen.astype(np.float32)[None])
    told_apart = _weighted(looks[chosen], graph.area[chosen]) - _weighted(
        looks[ring], graph.area[ring]
    )
    pixel = (scene.window.size[0] * scene.window.size[1]) / max(graph.labels.size, 1)
    share = float(np.log(max(area * pixel, 1.0) / (image_size[0] * image_size[1])))
    sureness = np.abs(2 * proposal.inside - 1)
    return {
        "boundary": boundary,
        "interior": _weighted(contrast[inner], graph.length[inner]),
        "strong": strong,
        "told_apart": told_apart,
        "touch": touch,
        "cut": min(cut / (np.sqrt(area) + 1e-6), 1.0),
        "cut off": float(cut > _CUT_OFF * max(scene.window.shape)),
        "compactness": float(min(4 * np.pi * area / (perimeter + frame + 1e-6) ** 2, 1.5)),
        "area": share,
        "sureness": _weighted(sureness, graph.area),
        "sureness_inside": _weighted(sureness[chosen], graph.area[chosen]),
        "stability": _area_ratio(graph, proposal.inside > 0.7, proposal.inside > 0.3),
        "touch^2": touch**2,
        "area^2": share**2,
        "boundary x strong": boundary * strong,
    }


def correction_features(
    proposal: Proposal, everyone: list[Proposal], image_size: tuple[int, int]
) -> dict[str, float]:
    """`shape_features`, which of the corrections it is, and how it agrees with the others."""
    return {
        **shape_features(proposal, image_size),
        "agreement": _agreement(proposal, everyone),
        **{f"reach {i}": float(proposal is one) for i, one in enumerate(everyone)},
    }


@dataclass(frozen=True)
class Scorer:
    """A linear function of named features, clipped to 0..1."""

    weights: dict[str, float]
    intercept: float

    @classmethod
    def parse(cls, raw: dict[str, Any]) -> Scorer:
        return cls({str(k): float(v) for k, v in raw["weights"].items()}, float(raw["intercept"]))

    def __call__(self, features: dict[str, float]) -> float:
        total = sum(weight * features[name] for name, weight in self.weights.items())
        return float(np.clip(self.intercept + total, 0.0, 1.0))


@cache
def correction_scorer() -> Scorer:
    """The fitted one."""
    return Scorer.parse(json.loads(resource(WEIGHTS).read_text(encoding="utf-8"))["correction"])


def _weighted(values: Floats, weights: Floats) -> float:
    total = float(weights.sum())
    return float((values * weights).sum()) / total if total > 0 else 0.0


def _frame_pixels(proposal: Proposal, image_size: tuple[int, int]) -> tuple[float, float]:
    """Pixels of the window's frame that are inside: all, and those where the image goes on."""
    window, inside = proposal.scene.window, proposal.soft > 0.5
    sides = (
        (inside[0], window.y0 > 0),
        (inside[-1], window.y1 < image_size[1]),
        (inside[:, 0], window.x0 > 0),
        (inside[:, -1], window.x1 < image_size[0]),
    )
    counts = [(float(np.count_nonzero(side)), goes_on) for side, goes_on in sides]
    return sum(n for n, _ in counts), sum(n for n, goes_on in counts if goes_on)


def _agreement(proposal: Proposal, everyone: list[Proposal]) -> float:
    """The mean IoU with the other proposals in the same window, by nodes."""
    graph = proposal.scene.graph
    chosen = proposal.inside > 0.5
    ious = []
    for other in everyone:
        if other.scene is proposal.scene and other is not proposal:
            theirs = other.inside > 0.5
            ious.append(_area_ratio(graph, chosen & theirs, chosen | theirs))
    return sum(ious) / len(ious) if ious else 1.0


def _area_ratio(graph: Graph, part: npt.NDArray[np.bool_], all_: npt.NDArray[np.bool_]) -> float:
    total = float(graph.area[all_].sum())
    return float(graph.area[part].sum()) / total if total > 0 else 0.0
