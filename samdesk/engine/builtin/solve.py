"""The random walker with priors, colour models and distances on a graph.

Grady, "Random Walks for Image Segmentation" (2006) and "Multilabel Random Walker Image
Segmentation Using Prior Models" (2005): x is the probability that a walker from a node first meets
the inside, where every node may be pulled towards a prior p with strength lam,

    (L + diag(lam)) x = lam p.
"""

from __future__ import annotations

import numpy as np

from samdesk.engine.builtin.graph import Floats, Graph

SURE = 50.0  # the pull of what the annotator said
_UNSEEN = 1e-3  # the likelihood of a colour that neither side has


def walk(graph: Graph, prior: Floats, pull: Floats) -> Floats:
    """Solves for x.

    Args:
        prior: (N,) p, 0 to 1.
        pull: (N,) lam, not negative.

    Returns:
        (N,) float32, 0 to 1.
    """
    from scipy.sparse import csc_array, diags_array
    from scipy.sparse.linalg import spsolve

    strength = pull.astype(np.float64) + 1e-6
    matrix = csc_array(graph.laplacian + diags_array(strength))
    inside = spsolve(matrix, strength * prior, permc_spec="MMD_AT_PLUS_A")
    return np.asarray(np.clip(np.atleast_1d(inside), 0, 1), np.float32)


def colour_priors(graph: Graph, inside: Floats, context: Floats | None = None) -> Floats:
    """q = F / (F + B): whose colours a node has, those of the inside or of the outside.

    Args:
        inside: (C, N) x of C masks; together they cost little more than one.
        context: (C, N) how much a node counts for the outside's colours; 1 everywhere when None.

    Returns:
        (C, N) float32. F and B are the likelihoods of a node's colour in the inside's and the
        outside's kernel densities, so that the larger side has no advantage.
    """
    outside = 1 - inside if context is None else (1 - inside) * context
    weights = np.concatenate([graph.area * inside, graph.area * outside]).astype(np.float32)
    weights /= weights.sum(axis=1, keepdims=True) + np.float32(1e-6)
    # The kernel is symmetric, and from this side the product is an order faster in BLAS.
    likely = weights @ graph.likeness + np.float32(_UNSEEN)
    front, back = likely[: len(inside)], likely[len(inside) :]
    return np.asarray(front / (front + back), np.float32)


def geodesic(graph: Graph, nodes: list[int]) -> Floats:
    """(N,) float32: the shortest way from any of the nodes, in `Graph.steps`' lengths."""
    from scipy.sparse.csgraph import dijkstra

    away = dijkstra(graph.steps, indices=nodes, min_only=True)
    finite = np.isfinite(away)
    away[~finite] = away[finite].max() if finite.any() else 0.0
    return np.asarray(away, np.float32)


def euclidean(graph: Graph, row: int, column: int) -> Floats:
    """(N,) float32: distance of the nodes' centres from a working pixel, in working pixels."""
    place = np.array([row, column], np.float32)
    return np.asarray(np.linalg.norm(graph.centre - place, axis=1), np.float32)
