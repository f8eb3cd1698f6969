"""`samdesk bench`: which of the benchmarks was asked for."""

from __future__ import annotations

import argparse

from samdesk.bench import canvas, clicks, flow


def bench(options: argparse.Namespace) -> int:
    """How fast SAMDesk is, or what else was asked for."""
    if options.canvas:
        return canvas.run(options)
    if options.flow:
        return flow.run(options)
    if options.clicks is not None:
        return clicks.run(options)
    if options.auto:
        from samdesk.bench import everything

        return everything.run(options)
    from samdesk.bench import speed

    return speed.run(options)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `samdesk bench` takes, without the engine's arguments."""
    clicks.add_arguments(parser)
    canvas.add_arguments(parser)
    flow.add_arguments(parser)
    parser.add_argument(
        "--auto",
        action="store_true",
        help="how fast everything in an image is found, beside SamAutomaticMaskGenerator",
    )
    parser.add_argument("--rounds", type=_at_least_one, metavar="N", help="default 5")
    parser.add_argument("--quick", action="store_true", help="a first impression, one round")


def _at_least_one(text: str) -> int:
    count = int(text) if text.isdigit() else 0
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of rounds")
    return count
