"""A prompt as it is written in a project's files."""

from __future__ import annotations

from typing import Any

from samdesk.core.prompt import Box, Point, Prompt


def written(prompt: Prompt) -> dict[str, Any]:
    """The points in their order and the box, as JSON has them; a prior is not kept."""
    return {
        "points": [[point.x, point.y, int(point.positive)] for point in prompt.points],
        "box": list(prompt.box.xyxy) if prompt.box else None,
    }


def read(raw: dict[str, Any]) -> Prompt:
    """What `written` wrote.

    Raises:
        KeyError, TypeError, ValueError: it did not.
    """
    points = tuple(Point(x, y, bool(label)) for x, y, label in raw["points"])
    return Prompt(points, Box(*raw["box"]) if raw["box"] else None)
