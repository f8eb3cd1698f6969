"""Colours for categories, told apart by people with any colour vision.

The first eight are Okabe and Ito's (Color Universal Design, 2008), black replaced by a grey that
shows on dark images; further ones repeat the hues lighter and darker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

_OKABE_ITO = (
    "#e69f00",
    "#56b4e9",
    "#009e73",
    "#f0e442",
    "#0072b2",
    "#d55e00",
    "#cc79a7",
    "#bbbbbb",
)
_LIGHTNESS = (1.0, 0.62, 1.45, 0.8, 1.25)


def palette() -> tuple[str, ...]:
    """All colours as "#rrggbb", in the order in which they are given out."""
    return tuple(_shaded(colour, factor) for factor in _LIGHTNESS for colour in _OKABE_ITO)


def next_colour(used: Collection[str]) -> str:
    """The first colour of the palette that is used least."""
    counts = Counter(used)
    return min(palette(), key=lambda colour: counts[colour])


def _shaded(colour: str, factor: float) -> str:
    """Lighter above 1 (towards white), darker below 1 (towards black)."""
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    if factor <= 1:
        shaded = [channel * factor for channel in channels]
    else:
        shaded = [channel + (255 - channel) * (factor - 1) for channel in channels]
    return "#" + "".join(f"{round(channel):02x}" for channel in shaded)
