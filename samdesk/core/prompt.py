"""What the annotator asks for: points, a box, and the mask that is to be corrected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Logits: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Point:
    """A click at (x, y): pixel indices, so (0, 0) is the centre of the top left pixel."""

    x: float
    y: float
    positive: bool = True


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, edges not indices: it holds the pixels x0 <= x < x1, y0 <= y < y1."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def spanning(cls, ax: float, ay: float, bx: float, by: float) -> Box:
        """The box with (ax, ay) and (bx, by) as opposite corners, in any order."""
        return cls(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        """The edges x0, y0, x1, y1 in pixels, as SAM takes a box."""
        return self.x0, self.y0, self.x1, self.y1

    @property
    def is_empty(self) -> bool:
        """Whether it holds nothing."""
        return self.x1 <= self.x0 or self.y1 <= self.y0

    def clipped(self, width: int, height: int) -> Box:
        """The part of the box inside an image of this size; may be empty."""
        right, bottom = float(width), float(height)
        return Box(
            min(max(0.0, self.x0), right),
            min(max(0.0, self.y0), bottom),
            min(max(0.0, self.x1), right),
            min(max(0.0, self.y1), bottom),
        )


@dataclass(frozen=True)
class Prompt:
    """Points and a box together, in the pixels of the image as shown.

    Attributes:
        points: successive clicks in their order.
        box: at most one box.
        prior: the low-resolution logits of the mask that these clicks correct, as the
            same engine's Prediction gave them; shape and meaning belong to the engine.
    """

    points: tuple[Point, ...] = ()
    box: Box | None = None
    prior: Logits | None = field(default=None, compare=False, repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether it has neither points nor a box."""
        return not self.points and self.box is None

    @property
    def has_foreground(self) -> bool:
        """Whether anything says where the object is; negative points alone do not."""
        return self.box is not None or any(point.positive for point in self.points)
