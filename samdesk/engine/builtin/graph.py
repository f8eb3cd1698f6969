"""A window's superpixels and how they differ from their neighbours.

Superpixels are SLIC's (Achanta et al., "SLIC Superpixels Compared to State-of-the-art Superpixel
Methods", 2012). The graph is what the random walker and the geodesic distances run on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from samdesk.engine.base import RGB

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
        contrast: (E,) float32, 1 on average; the larger, the more likely an object's boundary.
    """

    labels: Ints
    area: Floats
    centre: Floats
    colour: Floats
    ends: Ints
    length: Floats
    contrast: Floats

    @property
    def nodes(self) -> int:
        return len(self.area)

    @property
    def nbytes(self) -> int:
        """Bytes held, with everything that is computed when it is first needed."""
        arrays = (self.labels, self.area, self.centre, self.colour)
        edges = (self.ends, self.length, self.contrast)
        sparse = 12 * (2 * len(self.ends) + self.nodes)
        return sum(a.nbytes for a in (*arrays, *edges)) + 4 * self.nodes**2 + 2 * sparse

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
    lab = perceived(rgb)
    labels = _divided(_superpixels(lab), apart)
    nodes = int(labels.max()) + 1
    flat = labels.ravel()
    area = np.bincount(flat, minlength=nodes).astype(np.float64)

    def mean(values: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
        return np.asarray(np.bincount(flat, values.ravel(), minlength=nodes) / area)

    places = np.indices(labels.shape)
    light = lab[:, :, 0].astype(np.float64)
    deviation = np.sqrt(np.maximum(mean(light**2) - mean(light) ** 2, 0))
    colour = np.stack([*(mean(lab[:, :, k]) for k in range(3)), deviation], axis=1)
    ends, length, gradient = _boundaries(labels, _gradient(lab), nodes)
    apart_by = np.linalg.norm(np.diff(colour[ends][..., :3], axis=1)[:, 0], axis=1)
    apart_by += 0.7 * np.abs(np.diff(deviation[ends], axis=1)[:, 0])
    contrast = _relative(gradient) / 2 + _relative(apart_by) / 2
    return Graph(
        labels,
        area.astype(np.float32),
        np.stack([mean(places[0]), mean(places[1])], axis=1).astype(np.float32),
        colour.astype(np.float32),
        ends,
        length.astype(np.float32),
        contrast.astype(np.float32),
    )


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
        labels = labels.copy()
        labels[tuple(pixels[negative].T)] = labels.max() + 1
    return labels


def _gradient(lab: Floats) -> Floats:
    """Edge strength at two scales: Scharr magnitude of Lab / 32 times sqrt(sigma), summed."""
    import cv2

    total = np.zeros(lab.shape[:2], np.float32)
    for sigma in (0.8, 2.0):
        smooth = cv2.GaussianBlur(lab, (0, 0), sigma)
        across = cv2.Scharr(smooth, cv2.CV_32F, 1, 0)
        down = cv2.Scharr(smooth, cv2.CV_32F, 0, 1)
        magnitude = np.sqrt((across**2 + down**2).sum(axis=2)) / 32
        total += magnitude * np.float32(np.sqrt(sigma))
    return total


def _boundaries(
    labels: Ints, gradient: Floats, nodes: int
) -> tuple[Ints, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Ends (E, 2), lengths (E,) and mean gradients (E,) of the boundaries between nodes."""
    here = np.concatenate([labels[:, :-1].ravel(), labels[:-1].ravel()]).astype(np.int64)
    there = np.concatenate([labels[:, 1:].ravel(), labels[1:].ravel()]).astype(np.int64)
    strength = np.concatenate(
        [
            (gradient[:, :-1] + gradient[:, 1:]).ravel() / 2,
            (gradient[:-1] + gradient[1:]).ravel() / 2,
        ]
    )
    crossing = here != there
    low = np.minimum(here, there)[crossing]
    high = np.maximum(here, there)[crossing]
    pairs, which = np.unique(low * nodes + high, return_inverse=True)
    length = np.bincount(which, minlength=len(pairs)).astype(np.float64)
    mean = np.bincount(which, strength[crossing], minlength=len(pairs)) / np.maximum(length, 1)
    ends = np.stack([pairs // nodes, pairs % nodes], axis=1).astype(np.int32)
    return ends, length, mean


def _relative(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    mean = values.mean() if len(values) else 0.0
    return values / mean if mean > 1e-9 else np.zeros_like(values)
