"""Pictures of plain shapes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def shapes(
    rng: np.random.Generator, width: int, height: int, count: int = 5
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """Discs and rectangles in bright colours on a dark ground.

    Returns:
        The picture (height, width, 3), and for each pixel the number of its shape, 0 for none.
    """
    picture = np.full((height, width, 3), rng.integers(0, 80, 3), np.uint8)
    owners = np.zeros((height, width), np.int32)
    row, column = np.mgrid[:height, :width]
    for number in range(1, count + 1):
        x, y = rng.uniform(0.1, 0.9, 2) * (width, height)
        size = rng.uniform(0.08, 0.2) * min(width, height)
        if number % 2:
            inside = (column - x) ** 2 + (row - y) ** 2 < size**2
        else:
            inside = (abs(column - x) < size) & (abs(row - y) < 0.7 * size)
        picture[inside] = rng.integers(100, 256, 3)
        owners[inside] = number
    return picture, owners
