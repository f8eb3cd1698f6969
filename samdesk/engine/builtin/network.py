"""Small fitted networks: a few hundred to a few thousand weights, readable, applied by numpy.

They are made by `resources/scenes/fit_scorer.py` from rendered scenes and kept in
`resources/builtin_scorer.json`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from samdesk.resources import resource

WEIGHTS = "builtin_scorer.json"
JUDGES = ("click", "box", "correction")

Floats = npt.NDArray[np.float32]
N = TypeVar("N", bound="Network")


@dataclass(frozen=True, eq=False)
class Network:
    """Layers of x W + b with max(0, .) between them, on features of mean 0 and deviation 1.

    Attributes:
        names: of the F features, in their order.
        mean, scale: (F,) float32, of the features where it was fitted.
        layers: (W, b) each, W (inputs, outputs), b (outputs,).
    """

    names: tuple[str, ...]
    mean: Floats
    scale: Floats
    layers: tuple[tuple[Floats, Floats], ...]

    # So many deviations from the mean; what is farther out than all that was seen counts as this.
    FARTHEST = 4.0

    @classmethod
    def parse(cls: type[N], raw: dict[str, Any]) -> N:
        """From JSON: "features" name to [mean, scale], "layers" a list of {"weights", "bias"}."""
        features = raw["features"]
        mean, scale = np.array(list(features.values()), np.float32).T
        layers = tuple(
            (np.array(layer["weights"], np.float32), np.array(layer["bias"], np.float32))
            for layer in raw["layers"]
        )
        return cls(tuple(features), mean, scale, layers)

    def normal(self, features: Floats) -> Floats:
        """Features (N, F) in deviations from their means."""
        x = (features - self.mean) / self.scale
        return np.asarray(np.clip(x, -self.FARTHEST, self.FARTHEST), np.float32)

    def __call__(self, features: Floats) -> Floats:
        """(N,) float32, the logarithm of odds, for features (N, F)."""
        x = self.normal(features)
        for weights, bias in self.layers[:-1]:
            x = np.maximum(x @ weights + bias, 0)
        weights, bias = self.layers[-1]
        return np.asarray((x @ weights + bias)[:, 0], np.float32)


@dataclass(frozen=True, eq=False)
class Council(Network):
    """A network of three layers that sees every proposal among the others of its prompt.

    What the first layer finds in a proposal is joined by the mean of what it finds in all, and by
    their mean weighted with the squared IoU with this one.
    """

    def among(self, features: Floats, likeness: Floats) -> Floats:
        """(C,) float32, the logarithm of odds, for features (C, F) and IoUs (C, C)."""
        (first, start), (second, offset), (last, end) = self.layers
        own = np.maximum(self.normal(features) @ first + start, 0)
        alike = likeness**2
        near = alike @ own / (alike.sum(axis=1, keepdims=True) + np.float32(1e-6))
        everyone = np.broadcast_to(own.mean(axis=0), own.shape)
        seen = np.concatenate([own, near, everyone], axis=1)
        return np.asarray((np.maximum(seen @ second + offset, 0) @ last + end)[:, 0], np.float32)


def chances(odds: Floats) -> Floats:
    """Logarithms of odds as what is expected, 0 to 1."""
    return np.asarray(1 / (1 + np.exp(-odds)), np.float32)


@cache
def networks() -> dict[str, Network]:
    """The file's networks: "boundary" and "inside" for edges and superpixels, and the judges of
    `JUDGES`, which are `Council`s."""
    raw = json.loads(resource(WEIGHTS).read_text(encoding="utf-8"))
    return {
        name: Council.parse(part) if name in JUDGES else Network.parse(part)
        for name, part in raw.items()
        if "layers" in part
    }


def judge_of(kind: str) -> Council:
    """The judge of a kind of prompt."""
    network = networks()[kind]
    assert isinstance(network, Council)
    return network
