"""Small convolutional networks that see a square of the image, applied by numpy.

They shrink what they see four times by half, and on the way back add what they know of the whole
to what they know of each place (Lin et al., "Feature Pyramid Networks for Object Detection", 2017).
They are made by `resources/scenes/fit_scorer.py` from rendered scenes and kept in
`resources/builtin_looks.json`, float16 in base64.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from samdesk.engine.builtin.network import chances
from samdesk.resources import resource

WEIGHTS = "builtin_looks.json"
SIDE = 96  # pixels of a view
GAINS = np.array([1, 3, 3], np.float32)  # of light, a and b: chroma is seldom strong
THERE = 6  # the channel that says where there is image

Floats: TypeAlias = npt.NDArray[np.float32]
Bytes: TypeAlias = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Look:
    """A network that tells which pixels of a view are the object's.

    Attributes:
        weights: "name.weight" (3, 3, inputs, outputs) of convolutions, (inputs, outputs) of what
            is done at every place by itself, and "name.bias" (outputs,).
    """

    weights: dict[str, Floats]

    @classmethod
    def parse(cls, raw: dict[str, Any]) -> Look:
        """From JSON: "weights" name to what `packed` makes."""
        return cls({name: unpacked(value) for name, value in raw["weights"].items()})

    def __call__(self, view: Bytes) -> Floats:
        """(SIDE, SIDE) float32, 0 to 1, for a view (channels, SIDE, SIDE)."""
        half = self._convolved(seen(view), "at_half", 2)
        quarter = self._convolved(half, "at_quarter", 2)
        eighth = self._convolved(quarter, "at_eighth", 2)
        sixteenth = self._convolved(eighth, "at_sixteenth", 2)
        known = self._joined(eighth, "eighth_own", sixteenth, "whole")
        known = self._convolved(known, "eighth_joined")
        known = self._joined(quarter, "quarter_own", known, "eighth_above")
        known = self._convolved(known, "quarter_joined")
        known = self._joined(half, "half_own", known, "quarter_above")
        known = self._convolved(known, "half_joined")
        odds = self._linear(known, "inside")
        rows, columns, _ = odds.shape
        # Four odds at every place are those of its four pixels.
        four = odds.reshape(rows, columns, 2, 2).transpose(0, 2, 1, 3)
        return chances(np.asarray(four.reshape(2 * rows, 2 * columns), np.float32))

    def _convolved(self, x: Floats, name: str, step: int = 1) -> Floats:
        """max(0, .) of a convolution of (rows, columns, inputs); 0 is beyond the edges."""
        kernel, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        rows, columns = x.shape[0] // step, x.shape[1] // step
        padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
        shifted = [
            padded[i : i + step * rows : step, j : j + step * columns : step]
            for i in range(3)
            for j in range(3)
        ]
        flat = np.concatenate(shifted, axis=2).reshape(rows * columns, -1)
        found = flat @ kernel.reshape(flat.shape[1], -1) + bias
        return np.asarray(np.maximum(found, 0).reshape(rows, columns, -1), np.float32)

    def _joined(self, own: Floats, own_name: str, above: Floats, above_name: str) -> Floats:
        """max(0, .) of what is known of a place and, from half the side, of what is around it."""
        around = self._linear(above, above_name).repeat(2, axis=0).repeat(2, axis=1)
        return np.asarray(np.maximum(self._linear(own, own_name) + around, 0), np.float32)

    def _linear(self, x: Floats, name: str) -> Floats:
        weights, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        flat = x.reshape(-1, x.shape[-1]) @ weights + bias
        return np.asarray(flat.reshape(*x.shape[:-1], -1), np.float32)


def seen(view: Bytes) -> Floats:
    """(rows, columns, channels) float32 of a view (channels, rows, columns): the first three
    channels are light, a and b, around 0 and 0 beyond the image; the others 0 to 1."""
    x = view.transpose(1, 2, 0).astype(np.float32) * np.float32(1 / 255)
    x[..., :3] = (x[..., :3] - np.float32(0.5)) * GAINS * x[..., THERE, None]
    return np.asarray(x, np.float32)


@cache
def looks() -> dict[str, Look]:
    """The fitted networks: "box" and "mask"."""
    raw = json.loads(resource(WEIGHTS).read_text(encoding="utf-8"))
    return {name: Look.parse(part) for name, part in raw.items() if "weights" in part}


def packed(values: Floats) -> dict[str, Any]:
    """As JSON: the shape and the numbers, rounded to float16."""
    text = base64.b64encode(values.astype("<f2").tobytes()).decode("ascii")
    return {"shape": list(values.shape), "float16": text}


def unpacked(raw: dict[str, Any]) -> Floats:
    """The inverse of `packed`."""
    values = np.frombuffer(base64.b64decode(raw["float16"]), "<f2").astype(np.float32)
    return np.asarray(values.reshape(raw["shape"]), np.float32)
