"""What is to be seen at the common boundary of two superpixels, and along it.

A fitted network turns these features into the probability that the boundary is an object's.
A shadow's border changes the light of all three channels by one factor, a texture's repeats
everywhere around, an object's goes on from one superpixel to the next: there are features for each.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from samdesk.engine.base import RGB

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Doubles = npt.NDArray[np.float64]

SCALES = (0.8, 2.0)  # sigmas of the gradients, in working pixels
_BINS = 8  # of a histogram per channel
_SPANS = ((0.0, 100.0), (-56.0, 56.0), (-56.0, 56.0))  # of Lab with enlarged chroma
_DIFFUSIONS = (2, 8)  # steps after which the surroundings' colours are compared, too


@dataclass(frozen=True, eq=False)
class Borders:
    """The E common boundaries of N superpixels.

    Attributes:
        ends: (E, 2) int32, the nodes on both sides, the lower number first.
        length: (E,) float64, in pairs of neighbouring pixels.
        here, there: flat indices of every such pair's two pixels.
        which: the boundary of every such pair.
    """

    ends: Ints
    length: Doubles
    here: npt.NDArray[np.int64]
    there: npt.NDArray[np.int64]
    which: npt.NDArray[np.int64]

    @classmethod
    def of(cls, labels: Ints, nodes: int) -> Borders:
        """The boundaries between the superpixels `labels` (rows, columns), 0 to nodes - 1."""
        index = np.arange(labels.size).reshape(labels.shape)
        here = np.concatenate([index[:, :-1].ravel(), index[:-1].ravel()])
        there = np.concatenate([index[:, 1:].ravel(), index[1:].ravel()])
        flat = labels.ravel().astype(np.int64)
        crossing = flat[here] != flat[there]
        here, there = here[crossing], there[crossing]
        low = np.minimum(flat[here], flat[there])
        high = np.maximum(flat[here], flat[there])
        pairs, which = np.unique(low * nodes + high, return_inverse=True)
        length = np.bincount(which, minlength=len(pairs)).astype(np.float64)
        ends = np.stack([pairs // nodes, pairs % nodes], axis=1).astype(np.int32)
        return cls(ends, length, here, there, which)

    def means(self, values: Floats) -> Doubles:
        """(E,): the mean along every boundary of a map of pixels (rows, columns)."""
        flat = values.ravel()
        both = (flat[self.here] + flat[self.there]) * np.float32(0.5)
        total = np.bincount(self.which, both, minlength=len(self.length))
        return np.asarray(total / np.maximum(self.length, 1))

    def least(self, values: Floats) -> Doubles:
        """(E,): about the least along every boundary, as the inverse of the mean inverse."""
        return np.asarray(1 / np.maximum(self.means(1 / (values + np.float32(0.5))), 1e-6) - 0.5)


def gradients(lab: Floats) -> dict[str, Floats]:
    """Scharr magnitudes / 32 of light and of chroma at two scales, each (rows, columns)."""
    import cv2

    found = {}
    for sigma in SCALES:
        smooth = cv2.GaussianBlur(lab, (0, 0), sigma)
        across = cv2.Scharr(smooth, cv2.CV_32F, 1, 0)
        down = cv2.Scharr(smooth, cv2.CV_32F, 0, 1)
        squared = (across**2 + down**2) / np.float32(32 * 32)
        found[f"light {sigma:g}"] = np.sqrt(squared[:, :, 0])
        found[f"chroma {sigma:g}"] = np.sqrt(squared[:, :, 1] + squared[:, :, 2])
    return found


def border_features(
    rgb: RGB, lab: Floats, labels: Ints, borders: Borders, found: dict[str, Floats]
) -> dict[str, Doubles]:
    """Named features (E,) of every boundary.

    Args:
        rgb: (rows, columns, 3) uint8.
        lab: the same pixels as CIE Lab, chroma enlarged, noise smoothed.
        labels: (rows, columns), the superpixels.
        found: `gradients` of `lab`.
    """
    flat = labels.ravel()
    nodes = int(flat.max()) + 1
    area = np.bincount(flat, minlength=nodes).astype(np.float64)
    first, second = borders.ends.T

    def node_means(values: npt.NDArray[np.generic]) -> Doubles:
        return np.asarray(np.bincount(flat, values.ravel(), minlength=nodes) / area)

    def apart(values: Doubles) -> Doubles:
        return np.asarray(np.abs(values[first] - values[second]))

    colour = np.stack([node_means(lab[:, :, k]) for k in range(3)], axis=1)
    spread = np.sqrt(
        np.maximum(
            np.stack([node_means(lab[:, :, k] ** 2) for k in range(3)], axis=1) - colour**2, 0
        )
    )
    features: dict[str, Doubles] = {}
    steps = colour[first] - colour[second]
    features["light step"] = np.log1p(np.abs(steps[:, 0]))
    features["chroma step"] = np.log1p(np.hypot(steps[:, 1], steps[:, 2]))
    features["spread step"] = np.log1p(apart(spread[:, 0]))
    features["chroma spread step"] = np.log1p(apart(np.hypot(spread[:, 1], spread[:, 2])))
    features["spread"] = np.log1p((spread[first, 0] + spread[second, 0]) / 2)
    features["least spread"] = np.log1p(np.minimum(spread[first, 0], spread[second, 0]))
    features["chroma spread"] = np.log1p(
        (np.hypot(*spread[first, 1:].T) + np.hypot(*spread[second, 1:].T)) / 2
    )
    features["darker light"] = np.minimum(colour[first, 0], colour[second, 0]) / 100
    features["lighter light"] = np.maximum(colour[first, 0], colour[second, 0]) / 100
    # A shadow takes the same share of the light of every channel.
    linear = (np.arange(256, dtype=np.float32) / 255) ** np.float32(2.2)
    logs = np.stack([np.log(node_means(linear[rgb[:, :, k]]) + 0.01) for k in range(3)], axis=1)
    ratio = logs[first] - logs[second]
    features["dimming"] = np.abs(ratio.mean(axis=1))
    features["tinting"] = ratio.std(axis=1)
    features["tinting by dimming"] = ratio.std(axis=1) / (np.abs(ratio.mean(axis=1)) + 0.1)
    features["histograms"] = _histogram_distances(lab, flat, nodes, area, first, second)

    strength = np.zeros(len(borders.length))
    for name, gradient in found.items():
        along = borders.means(gradient)
        within = node_means(gradient)
        features[name] = np.log1p(along)
        features[f"{name} least"] = np.log1p(np.maximum(borders.least(gradient), 0))
        features[f"{name} around"] = np.log1p((within[first] + within[second]) / 2)
        features[f"{name} relative"] = np.log1p(along / (gradient.mean() + 0.5))
        strength += along * (1.4 if name.endswith("2") else 0.9)
    # Where things touch there is a dark line.
    along_light = borders.means(np.ascontiguousarray(lab[:, :, 0]))
    features["dark line"] = (along_light - (colour[first, 0] + colour[second, 0]) / 2) / 10
    features["length"] = np.log(borders.length)
    features["length by size"] = borders.length / np.sqrt(np.minimum(area[first], area[second]))
    contrast = _relative(strength) / 2 + _relative(np.linalg.norm(steps, axis=1)) / 2
    features["contrast"] = np.log1p(contrast)
    features["busy"] = np.log1p(_about(contrast, borders, nodes))
    features["goes on"] = np.log1p(_continued(contrast, labels, borders, nodes))
    # The same comparison of what lies around both, as far as no strong boundary is in the way.
    import scipy.sparse as sparse

    weight = borders.length * np.exp(-(contrast**2) * 1.5)
    rows, columns = np.concatenate([first, second]), np.concatenate([second, first])
    spreading = sparse.coo_array(
        (np.concatenate([weight, weight]), (rows, columns)), shape=(nodes, nodes)
    ).tocsr()
    own = 0.5 * np.asarray(spreading.sum(axis=1)).ravel() + 1e-3
    total = np.asarray(spreading.sum(axis=1)).ravel() + own
    around = np.concatenate([colour, spread[:, :1], logs], axis=1)
    for step in range(1, max(_DIFFUSIONS) + 1):
        around = (spreading @ around + own[:, None] * around) / total[:, None]
        if step in _DIFFUSIONS:
            steps = around[first] - around[second]
            features[f"light step after {step}"] = np.log1p(np.abs(steps[:, 0]))
            features[f"chroma step after {step}"] = np.log1p(np.hypot(steps[:, 1], steps[:, 2]))
            features[f"spread step after {step}"] = np.log1p(np.abs(steps[:, 3]))
            features[f"tinting after {step}"] = steps[:, 4:].std(axis=1)
    return features


def _histogram_distances(
    lab: Floats, flat: Ints, nodes: int, area: Doubles, first: Ints, second: Ints
) -> Doubles:
    """(E,): the mean over channels of half the summed difference of both sides' histograms."""
    total = np.zeros(len(first))
    for k, (low, high) in enumerate(_SPANS):
        bins = (lab[:, :, k].ravel() - np.float32(low)) * np.float32(_BINS / (high - low))
        bins = np.clip(bins, 0, _BINS - 1).astype(np.int32)
        counts = np.bincount(flat * _BINS + bins, minlength=nodes * _BINS).reshape(nodes, _BINS)
        share = counts / area[:, None]
        total += np.abs(share[first] - share[second]).sum(axis=1) / 2
    return total / len(_SPANS)


def _about(contrast: Doubles, borders: Borders, nodes: int) -> Doubles:
    """(E,): the mean contrast of all boundaries of the two superpixels, texture's measure."""
    ends = borders.ends.ravel()
    both = np.repeat(borders.length, 2)
    total = np.bincount(ends, np.repeat(contrast * borders.length, 2), minlength=nodes)
    mean = total / np.maximum(np.bincount(ends, both, minlength=nodes), 1e-6)
    return np.asarray((mean[borders.ends[:, 0]] + mean[borders.ends[:, 1]]) / 2)


def _continued(contrast: Doubles, labels: Ints, borders: Borders, nodes: int) -> Doubles:
    """(E,): how strongly a boundary goes on where it meets a third superpixel.

    At each such place the stronger of the other two boundaries counts; the mean over the places.
    """
    corners = [labels[:-1, :-1], labels[:-1, 1:], labels[1:, :-1], labels[1:, 1:]]
    four = np.stack([corner.ravel() for corner in corners], axis=1)
    four = np.sort(four[(four != four[:, :1]).any(axis=1)], axis=1)
    changes = (np.diff(four, axis=1) != 0).sum(axis=1)
    four = four[changes == 2]
    # Three different labels, one of them twice: the doubled one is dropped.
    kept = np.ones_like(four, bool)
    kept[:, 1:] = np.diff(four, axis=1) != 0
    three = four[kept].reshape(-1, 3).astype(np.int64)
    three = np.unique((three[:, 0] * nodes + three[:, 1]) * nodes + three[:, 2])
    a, b, c = three // nodes**2, three // nodes % nodes, three % nodes
    keys = borders.ends[:, 0].astype(np.int64) * nodes + borders.ends[:, 1]
    sides = [a * nodes + b, a * nodes + c, b * nodes + c]
    places = [np.minimum(np.searchsorted(keys, side), len(keys) - 1) for side in sides]
    real = np.logical_and.reduce(
        [keys[place] == side for place, side in zip(places, sides, strict=True)]
    )
    ab, ac, bc = (place[real] for place in places)
    total, count = np.zeros(len(keys)), np.zeros(len(keys))
    for one, other, third in ((ab, ac, bc), (ac, ab, bc), (bc, ab, ac)):
        total += np.bincount(one, np.maximum(contrast[other], contrast[third]), minlength=len(keys))
        count += np.bincount(one, minlength=len(keys))
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), contrast))


def _relative(values: Doubles) -> Doubles:
    mean = values.mean() if len(values) else 0.0
    return values / mean if mean > 1e-9 else np.zeros_like(values)
