"""What is around a click, by direction and by the logarithm of the distance.

In such a picture an object of any size looks the same but for a shift: a network that sees it finds
small things and large ones alike, what is near the click finely and all of the image in one view
(Schwartz, "Spatial mapping in the primate sensory projection", 1977, says that eyes do so, too).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from samdesk.core.prompt import Point
from samdesk.engine.builtin.convolution import Bytes, Floats
from samdesk.engine.builtin.window import Window

DIRECTIONS, DISTANCES = 160, 112
_TURN = 2 * math.pi / DIRECTIONS  # a step of the direction, and of the distance's logarithm
_INNER = 0.01  # the least distance, as a share of the image's longer side


@dataclass(frozen=True)
class Source:
    """Pixels of a window, and up to which distance from the click, in the image's pixels, they
    are what is to be seen.

    Attributes:
        values: (rows, columns, channels) uint8.
    """

    values: Bytes
    window: Window
    reach: float = math.inf


@dataclass(frozen=True)
class Rings:
    """The places that are seen: `DIRECTIONS` on each of `DISTANCES` rings around a click.

    Attributes:
        x, y: the middle of the click's pixel, in the image's pixels.
        inner: the least ring's radius.
    """

    x: float
    y: float
    inner: float

    @classmethod
    def around(cls, click: Point, width: int, height: int) -> Rings:
        """Of an image of this size."""
        return cls(click.x + 0.5, click.y + 0.5, _INNER * max(width, height))

    def radii(self) -> Floats:
        """(DISTANCES,) in the image's pixels."""
        steps = np.arange(DISTANCES) + 0.5
        return np.asarray(self.inner * np.exp(steps * _TURN), np.float32)

    def areas(self) -> Floats:
        """(DISTANCES,): how many of the image's pixels every place stands for."""
        return np.asarray((self.radii() * _TURN) ** 2, np.float32)

    def seen(self, sources: Sequence[Source]) -> Bytes:
        """(channels, DIRECTIONS, DISTANCES); 0 where there is no image.

        Args:
            sources: those that reach less far first, the last one everywhere.
        """
        import cv2

        radii = self.radii()
        angle = (np.arange(DIRECTIONS, dtype=np.float32) + 0.5) * np.float32(_TURN)
        channels = sources[0].values.shape[2]
        found = np.zeros((DIRECTIONS, DISTANCES, channels), np.uint8)
        first = 0
        for source in sources:
            window, level = source.window, source.values
            across, down = window.columns / window.size[0], window.rows / window.size[1]
            last = int(np.searchsorted(radii, source.reach))
            halved = 0
            while first < last:
                # Where a step is more than two pixels, the mean of four stands for them.
                limit = 2 ** (halved + 1) / (_TURN * max(across, down))
                until = min(last, int(np.searchsorted(radii, limit)))
                if until > first:
                    out = radii[first:until]
                    x = (self.x + np.cos(angle)[:, None] * out - window.x0) * across
                    y = (self.y + np.sin(angle)[:, None] * out - window.y0) * down
                    x *= level.shape[1] / window.columns
                    y *= level.shape[0] / window.rows
                    for group in range(0, channels, 4):
                        found[:, first:until, group : group + 4] = cv2.remap(
                            np.ascontiguousarray(level[:, :, group : group + 4]),
                            x.astype(np.float32) - np.float32(0.5),
                            y.astype(np.float32) - np.float32(0.5),
                            cv2.INTER_LINEAR,
                        ).reshape(DIRECTIONS, until - first, -1)
                    first = until
                if first < last:
                    size = max(1, level.shape[1] // 2), max(1, level.shape[0] // 2)
                    level = _smaller(level, size)
                    halved += 1
        return np.ascontiguousarray(found.transpose(2, 0, 1))

    def put_back(self, values: Floats, window: Window) -> Floats:
        """What was told of the places (DIRECTIONS, DISTANCES), at a window's working pixels."""
        import cv2

        x = (np.arange(window.columns, dtype=np.float32) + 0.5) * window.size[0] / window.columns
        y = (np.arange(window.rows, dtype=np.float32) + 0.5) * window.size[1] / window.rows
        across = np.broadcast_to(x + window.x0 - self.x, window.shape).astype(np.float32)
        down = np.broadcast_to((y + window.y0 - self.y)[:, None], window.shape).astype(np.float32)
        away, angle = cv2.cartToPolar(across, down)
        column = cv2.log(np.maximum(away, self.inner) / np.float32(self.inner)) / _TURN
        # One more direction on either side, for all is round.
        padded = np.concatenate([values[-1:], values, values[:1]])
        return np.asarray(
            cv2.remap(
                padded,
                column.astype(np.float32) - np.float32(0.5),
                (angle / np.float32(_TURN) + np.float32(0.5)).astype(np.float32),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            ),
            np.float32,
        )


def _smaller(values: Bytes, size: tuple[int, int]) -> Bytes:
    import cv2

    parts = [
        cv2.resize(
            np.ascontiguousarray(values[:, :, k : k + 4]), size, interpolation=cv2.INTER_AREA
        )
        for k in range(0, values.shape[2], 4)
    ]
    shaped = [part.reshape(size[1], size[0], -1) for part in parts]
    return np.asarray(np.concatenate(shaped, axis=2), np.uint8)
