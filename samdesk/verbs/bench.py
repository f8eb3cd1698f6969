"""`samdesk bench`: which of the benchmarks was asked for."""

from __future__ import annotations

import argparse

from samdesk.bench import canvas, clicks
from samdesk.errors import SamdeskError


def bench(options: argparse.Namespace) -> int:
    """How well an engine follows clicks (`--clicks`), or how smoothly the window draws."""
    if options.canvas:
        return canvas.run(options)
    if options.clicks is not None:
        return clicks.run(options)
    raise SamdeskError("There is nothing to measure.", "Give --clicks FOLDER, or --canvas.")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `samdesk bench` takes, without the engine's arguments."""
    clicks.add_arguments(parser)
    canvas.add_arguments(parser)
