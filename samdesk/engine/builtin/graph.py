"""A window's superpixels and how they differ from their neighbours.

Superpixels are SLIC's (Achanta et al., "SLIC Superpixels Compared to State-of-the-art Superpixel
Methods", 2012). The graph is what the random walker and the geodesic distances run on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from samdesk.engine.base import RGB
from samdesk.engine.builtin.boundary import SCALES, Borders, border_features, gradients
from samdesk.engine.builtin.hierarchy import Hierarchy
from samdesk.engine.builtin.network import networks

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int32]

_SPACING = 9.0  # working pixels between superpixel centres
_COMPACTNESS = 10.0  # SLIC's m, in units of Lab
_ITERATIONS = 5
_CHROMA = 1.4  # objects differ from their surroundings more reliably in hue than in light
_COLOUR_SIGMA = 12.0  # units of Lab; how alike two superpixels of one thing are
_LEAK = 0.004  # no edge is so strong that nothing passes


@dataclass(frozen=True, eq=False)
class Graph:
    """Superpixels of a window (N nodes) and their common boundaries (E edges).

    Attributes:
        labels: (rows, columns) int32, the node of every working pixel, 0 to N - 1.
        area: (N,) float32, in working pixels.
        centre: (N, 2) float32, row and column of the centroid.
        colour: (N, 4) float32, mean L, a, b (chroma enlarged) and the deviation of L.
        ends: (E, 2) int32, the nodes on both sides of an edge.
        length: (E,) float32, of the common boundary in working pixels.
        contrast: (E,) float32, 1 on average: how both sides differ, compared with the window.
        strength: (E,) float32, -log(1 - p), p the fitted probability of an object's boundary.
    """

    labels: Ints
    area: Floats
    centre: Floats
    colour: Floats
    ends: Ints
    length: Floats
    contrast: Floats
    strength: Floats

    @property
    def nodes(self) -> int:
        return len(self.area)

    @property
    def nbytes(self) -> int:
        """Bytes held, with everything that is computed when it is first needed."""
        arrays = (self.labels, self.area, self.centre, self.colour)
        edges = (self.ends, self.length, self.contrast, self.strength)
        sparse = 12 * (2 * len(self.ends) + self.nodes)
        others = 4 * self.nodes**2 + 3 * sparse + 28 * self.nodes
        return sum(a.nbytes for a in (*arrays, *edges)) + others

    @cached_property
    def laplacian(self) -> csr_array:
        """(N, N): degrees minus weights; weight = length / spacing x (exp(-contrast^2) + leak)."""
        from scipy.sparse import csr_array, diags_array

        weight = self.length / _SPACING * (np.exp(-(self.contrast**2)) + _LEAK)
        adjacency = self._symmetric(weight)
        return csr_array(diags_array(adjacency.sum(axis=1)) - adjacency)

    @cached_property
    def steps(self) -> csr_array:
        """(N, N): geodesic step lengths, centre distance x (0.25 + contrast^2)."""
        apart = np.linalg.norm(self.centre[self.ends[:, 0]] - self.centre[self.ends[:, 1]], axis=1)
        return self._symmetric(np.maximum(apart, 1e-3) * (0.25 + self.contrast**2))

    @cached_property
    def likeness(self) -> Floats:
        """(N, N): Gaussian kernel between the nodes' colours."""
        squared = (self.colour**2).sum(axis=1)
        apart = squared[:, None] + squared[None] - 2 * self.colour @ self.colour.T
        apart *= -0.5 / _COLOUR_SIGMA**2
        np.exp(np.minimum(apart, 0, out=apart), out=apart)
        return np.asarray(apart, np.float32)

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """The nodes merged by contrast^2."""
        return Hierarchy.of(self.ends, self.length, self.contrast**2, self.area)

    @cached_property
    def firm(self) -> Graph:
        """The same superpixels with the fitted boundaries for contrasts, c^2 = 2 x strength.

        They tell soft shadows and texture from objects, but are surer of themselves than they may
        be in pictures unlike those that they were fitted on: first clicks, which have many
        proposals, take them; boxes and corrections keep to what stands out in the window.
        """
        return replace(self, contrast=np.sqrt(2 * self.strength))

    @cached_property
    def adjacency(self) -> csr_array:
        """(N, N): 1 between neighbours."""
        return self._symmetric(np.ones(len(self.ends), np.float32))

    @cached_property
    def frame(self) -> Floats:
        """(N, 4): pixels of every node on the window's upper, lower, left and right side."""
        labels = self.labels
        sides = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
        counts = [np.bincount(side, minlength=self.nodes) for side in sides]
        return np.stack(counts, axis=1).astype(np.float32)

    def filled(self, inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """(N,) with what it encloses: all but what is connected to the window's frame."""
        from scipy.sparse.csgraph import connected_components

        outside = np.flatnonzero(~inside)
        if len(outside) == 0:
            return inside
        _, pieces = connected_components(self.adjacency[outside][:, outside], directed=False)
        open_ = np.isin(pieces, pieces[self.frame[outside].any(axis=1)])
        found = inside.copy()
        found[outside[~open_]] = True
        return np.asarray(found, np.bool_)

    def node_means(self, values: npt.NDArray[np.generic]) -> Floats:
        """The mean of a (rows, columns) map over every node, (N,)."""
        total = np.bincount(self.labels.ravel(), values.ravel(), minlength=self.nodes)
        return (total / self.area).astype(np.float32)

    def painted(self, values: Floats) -> Floats:
        """A node map (N,) as a map of working pixels (rows, columns)."""
        return values[self.labels]

    def _symmetric(self, values: npt.NDArray[np.floating[Any]]) -> csr_array:
        from scipy.sparse import coo_array

        i, j = self.ends.T
        rows, columns = np.concatenate([i, j]), np.concatenate([j, i])
        both = np.concatenate([values, values]).astype(np.float64)
        return coo_array((both, (rows, columns)), shape=(self.nodes, self.nodes)).tocsr()


def perceived(rgb: RGB) -> Floats:
    """CIE Lab with enlarged chroma, noise smoothed but edges kept; (rows, columns, 3) float32."""
    import cv2

    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    lab *= np.array([1, _CHROMA, _CHROMA], np.float32)
    return np.asarray(cv2.bilateralFilter(lab, 5, 12, 3), np.float32)


def build_graph(rgb: RGB, apart: tuple[tuple[tuple[int, int], bool], ...] = ()) -> Graph:
    """Superpixels and boundaries of a window.

    Args:
        rgb: (rows, columns, 3) uint8, working pixels.
        apart: clicks as ((row, column), positive): a superpixel that holds clicks of both signs
            is divided between them, since one node cannot be inside and outside.
    """
    lab, labels = _divided_up(rgb, apart)
    nodes = int(labels.max()) + 1
    flat = labels.ravel()
    area = np.bincount(flat, minlength=nodes).astype(np.float64)

    def mean(values: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
        return np.asarray(np.bincount(flat, values.ravel(), minlength=nodes) / area)

    places = np.indices(labels.shape)
    light = lab[:, :, 0].astype(np.float64)
    deviation = np.sqrt(np.maximum(mean(light**2) - mean(light) ** 2, 0))
    colour = np.stack([*(mean(lab[:, :, k]) for k in range(3)), deviation], axis=1)
    borders = Borders.of(labels, nodes)
    found = gradients(lab)
    return Graph(
        labels,
        area.astype(np.float32),
        np.stack([mean(places[0]), mean(places[1])], axis=1).astype(np.float32),
        colour.astype(np.float32),
        borders.ends,
        borders.length.astype(np.float32),
        _contrast(colour, borders, found),
        _strength(border_features(rgb, lab, labels, borders, found)),
    )


def looked_at(rgb: RGB) -> tuple[Ints, Borders, dict[str, npt.NDArray[np.float64]]]:
    """What the network of boundaries is fitted on: superpixels, boundaries and their features."""
    lab, labels = _divided_up(rgb, ())
    borders = Borders.of(labels, int(labels.max()) + 1)
    return labels, borders, border_features(rgb, lab, labels, borders, gradients(lab))


def _divided_up(rgb: RGB, apart: tuple[tuple[tuple[int, int], bool], ...]) -> tuple[Floats, Ints]:
    lab = perceived(rgb)
    return lab, _divided(_superpixels(lab), apart)


def _contrast(
    colour: npt.NDArray[np.float64], borders: Borders, found: dict[str, Floats]
) -> Floats:
    """(E,): half the gradient along a boundary, half the difference of its sides' colours.

    Both are by their means over the window, so that the walker finds its way in any picture.
    """
    gradient = np.zeros(len(borders.length))
    for sigma in SCALES:
        light, chroma = found[f"light {sigma:g}"], found[f"chroma {sigma:g}"]
        gradient += borders.means(np.hypot(light, chroma)) * np.sqrt(sigma)
    steps = np.abs(colour[borders.ends[:, 0]] - colour[borders.ends[:, 1]])
    apart_by = np.linalg.norm(steps[:, :3], axis=1) + 0.7 * steps[:, 3]
    return np.asarray(_relative(gradient) / 2 + _relative(apart_by) / 2, np.float32)


def _strength(named: dict[str, npt.NDArray[np.float64]]) -> Floats:
    network = networks()["boundary"]
    odds = network(np.stack([named[name] for name in network.names], axis=1).astype(np.float32))
    return np.asarray(np.logaddexp(0, odds), np.float32)


def _superpixels(lab: Floats) -> Ints:
    from skimage.segmentation import slic

    rows, columns = lab.shape[:2]
    count = round(rows * columns / _SPACING**2)
    spread = float(lab.max() - lab.min())
    if count < 2 or min(rows, columns) < 2 or spread < 1e-3:
        return _grid(rows, columns)
    labels = slic(
        lab,
        n_segments=count,
        # slic scales its input to 0..1 first, whatever its range.
        compactness=_COMPACTNESS / spread,
        max_num_iter=_ITERATIONS,
        convert2lab=False,
        start_label=0,
        channel_axis=-1,
    )
    return np.asarray(labels, np.int32)


def _grid(rows: int, columns: int) -> Ints:
    """Superpixels of an image that SLIC can do nothing with: squares, single pixels when tiny."""
    side = _SPACING if rows * columns > 40 * _SPACING**2 else 1.0
    row = (np.arange(rows) / side).astype(np.int32)[:, None]
    column = (np.arange(columns) / side).astype(np.int32)
    return row * (int(column[-1]) + 1) + column


def _divided(labels: Ints, apart: tuple[tuple[tuple[int, int], bool], ...]) -> Ints:
    signs: dict[int, set[bool]] = {}
    for place, positive in apart:
        signs.setdefault(int(labels[place]), set()).add(positive)
    for node in [node for node, found in signs.items() if len(found) == 2]:
        pixels = np.argwhere(labels == node)
        clicks = [(place, positive) for place, positive in apart if labels[place] == node]
        away = np.stack([((pixels - place) ** 2).sum(axis=1) for place, _ in clicks])
        negative = np.array([not positive for _, positive in clicks])[away.argmin(axis=0)]
        # Clicks of both signs on one pixel divide nothing, and no superpixel may be empty.
        if not negative.all():
            labels = labels.copy()
            labels[tuple(pixels[negative].T)] = labels.max() + 1
    return labels


def _relative(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    mean = values.mean() if len(values) else 0.0
    return values / mean if mean > 1e-9 else np.zeros_like(values)
