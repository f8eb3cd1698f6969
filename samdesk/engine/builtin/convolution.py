"""Small convolutional networks that see a square of the image, applied by numpy.

They shrink what they see four times by half, and on the way back add what they know of the whole
to what they know of each place (Lin et al., "Feature Pyramid Networks for Object Detection", 2017).
They are made by `resources/scenes/fit_scorer.py` from rendered scenes and kept in float16 in
`resources/builtin_looks.npz`; how they were made is in `resources/builtin_scorer.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from samdesk.engine.builtin.network import chances
from samdesk.resources import resource

WEIGHTS = "builtin_looks.npz"
SIDE = 128  # pixels of a view
GAINS = np.array([1, 3, 3], np.float32)  # of light, a and b: chroma is seldom strong
WRAPPED = 8  # rows of a round view that are seen at both ends
THERE = 6  # the channel that says where there is image

Floats: TypeAlias = npt.NDArray[np.float32]
Bytes: TypeAlias = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Look:
    """A network that tells which pixels of a view are the object's, in one way or several.

    Attributes:
        weights: "name.weight" (3, 3, inputs, outputs) of convolutions, (inputs, outputs) of what
            is done at every place by itself, and "name.bias" (outputs,).
        is_round: whether a view's last row goes on in the first one.
    """

    weights: dict[str, Floats]
    is_round: bool = False

    def __call__(self, view: Bytes) -> tuple[Floats, Floats]:
        """For a view (channels, rows, columns), both multiples of 16, with 2 x `WRAPPED` if round.

        It is seen as it is and mirrored; two opinions are better than one.

        Returns:
            (ways, rows, columns) float32, 0 to 1, and the IoU expected of each way, (ways,).
        """
        inside, expected = self._odds(view)
        mirrored, again = self._odds(view[:, ::-1])
        half = np.float32(0.5)
        return chances(half * (inside + mirrored[:, ::-1])), chances(half * (expected + again))

    def _odds(self, view: Bytes) -> tuple[Floats, Floats]:
        if self.is_round:
            view = np.concatenate([view[:, -WRAPPED:], view, view[:, :WRAPPED]], axis=1)
        half = self._convolved(seen(view), "at_half", 2)
        quarter = self._convolved(half, "at_quarter", 2)
        eighth = self._convolved(quarter, "at_eighth", 2)
        sixteenth = self._convolved(eighth, "at_sixteenth", 2)
        known = self._joined(eighth, "eighth_own", sixteenth, "whole")
        known = self._convolved(known, "eighth_joined")
        known = self._joined(quarter, "quarter_own", known, "eighth_above")
        known = self._convolved(known, "quarter_joined")
        summed = np.concatenate([sixteenth.mean(axis=(0, 1)), known.mean(axis=(0, 1))])
        known = self._joined(half, "half_own", known, "quarter_above")
        known = self._convolved(known, "half_joined")
        odds = self._linear(known, "inside")
        expected = self._linear(np.maximum(self._linear(summed, "summed"), 0), "expected")
        rows, columns, _ = odds.shape
        # Four odds at every place are those of its four pixels.
        four = odds.reshape(rows, columns, -1, 2, 2).transpose(2, 0, 3, 1, 4)
        inside = np.asarray(four.reshape(-1, 2 * rows, 2 * columns), np.float32)
        return inside[:, WRAPPED:-WRAPPED] if self.is_round else inside, expected

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
    """The fitted networks: "box", "mask" and "click"."""
    found: dict[str, dict[str, Floats]] = {}
    with np.load(str(resource(WEIGHTS))) as file:
        for key, values in file.items():
            kind, name = key.split("/")
            found.setdefault(kind, {})[name] = values.astype(np.float32)
    return {kind: Look(weights, kind == "click") for kind, weights in found.items()}
