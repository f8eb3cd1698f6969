"""Small fitted networks: a few hundred to a few thousand weights, readable, applied by numpy.

They are made by `resources/scenes/fit_scorer.py` from rendered scenes and kept in
`resources/builtin_scorer.json`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from samdesk.resources import resource

WEIGHTS = "builtin_scorer.json"

Floats = npt.NDArray[np.float32]


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
    def parse(cls, raw: dict[str, Any]) -> Network:
        """From JSON: "features" name to [mean, scale], "layers" a list of {"weights", "bias"}."""
        features = raw["features"]
        mean, scale = np.array(list(features.values()), np.float32).T
        layers = tuple(
            (np.array(layer["weights"], np.float32), np.array(layer["bias"], np.float32))
            for layer in raw["layers"]
        )
        return cls(tuple(features), mean, scale, layers)

    def __call__(self, features: Floats) -> Floats:
        """(N,) float32, the logarithm of odds, for features (N, F)."""
        x = (features - self.mean) / self.scale
        x = np.clip(x, -self.FARTHEST, self.FARTHEST).astype(np.float32)
        for weights, bias in self.layers[:-1]:
            x = np.maximum(x @ weights + bias, 0)
        weights, bias = self.layers[-1]
        return np.asarray((x @ weights + bias)[:, 0], np.float32)

    def of_named(self, rows: list[dict[str, float]]) -> Floats:
        """The same for named features, one row each."""
        return self(np.array([[row[name] for name in self.names] for row in rows], np.float32))


def chances(odds: Floats) -> Floats:
    """Logarithms of odds as what is expected, 0 to 1."""
    return np.asarray(1 / (1 + np.exp(-odds)), np.float32)


@cache
def networks() -> dict[str, Network]:
    """The file's networks: "boundary" and "click"."""
    raw = json.loads(resource(WEIGHTS).read_text(encoding="utf-8"))
    return {name: Network.parse(part) for name, part in raw.items() if "layers" in part}
