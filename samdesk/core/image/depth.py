"""Pixel values of any depth brought to the 8 bits that screens and models use."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_SAMPLES = 1_000_000
_ROWS_AT_ONCE = 256


def to_8_bits(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Scale pixel values to 0..255 by one linear rule for the whole image.

    The nominal range is 0..65535 for integers and 0..1 for floats. An image that stays within it
    and uses at least a quarter of it is an ordinary photograph and keeps its brightness: integers
    are divided by 257, floats multiplied by 255. Any other image (12 bits in 16, a thermal or
    microscope image, 32-bit counts, depths in metres) is stretched between its 0.1 and 99.9
    percentiles, or between its minimum and maximum where those percentiles coincide. NaN and
    infinities become 0. An image of one value is divided like a photograph and clipped.

    Args:
        values: shape (height, width) or (height, width, channels), any integer or float dtype.

    Returns:
        The same shape; the result depends on nothing but the values.
    """
    if values.dtype == np.uint8:
        return values
    low, high = _range(values)
    scaled = np.empty(values.shape, np.uint8)
    # In strips, so that the float copy of a large image never exists as a whole.
    for top in range(0, len(values), _ROWS_AT_ONCE):
        strip = values[top : top + _ROWS_AT_ONCE].astype(np.float64)
        with np.errstate(invalid="ignore", over="ignore"):
            strip = np.clip((strip - low) * (255 / (high - low)), 0, 255)
        strip[~np.isfinite(values[top : top + _ROWS_AT_ONCE])] = 0
        scaled[top : top + _ROWS_AT_ONCE] = np.rint(strip)
    return scaled


def _range(values: npt.NDArray[Any]) -> tuple[float, float]:
    """Return the values that become 0 and 255; the second is the greater."""
    nominal = 65535.0 if values.dtype.kind in "iu" else 1.0
    step = max(1, int((values.shape[0] * values.shape[1] / _SAMPLES) ** 0.5))
    sample = values[::step, ::step]
    sample = sample[np.isfinite(sample)].astype(np.float64)
    finite = values if values.dtype.kind in "iu" else values[np.isfinite(values)]
    if not sample.size:
        return 0.0, nominal
    lowest, highest = float(finite.min()), float(finite.max())
    low, high = (float(edge) for edge in np.percentile(sample, (0.1, 99.9)))
    if lowest >= 0 and highest <= nominal and high - low >= nominal / 4:
        return 0.0, nominal
    if low == high:
        low, high = lowest, highest
    return (low, high) if low < high else (0.0, nominal)
