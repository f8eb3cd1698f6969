"""Masks of everything: SAMDesk and `SamAutomaticMaskGenerator` by turns, on the same weights.

With random weights the thresholds are set so that half of the masks pass, since none would pass
the usual ones; they cover most of the image, so that upsampling is at its dearest.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from samdesk.bench.machine import description, sentence, synchroniser
from samdesk.bench.part import answer
from samdesk.bench.photos import photo
from samdesk.bench.side_by_side import Duel, reference
from samdesk.bench.speed import checkpoint_for
from samdesk.bench.table import Row, Spread, lines
from samdesk.core.grid import Grid
from samdesk.core.mask import Mask
from samdesk.engine.base import RGB, CancelToken, Found, Segmenter, no_progress
from samdesk.engine.choose import choose_engine
from samdesk.engine.hardware import detect
from samdesk.engine.recommend import Preference, recommend
from samdesk.folders import Folders
from samdesk.verbs.talk import OK, say

_SAME = 0.99  # IoU


@dataclass
class Figures:
    """What `compare` measured.

    Attributes:
        seconds: per image, embedding included.
        ours, reference: how many masks each found.
        alike: how many of the reference's have one of ours with an IoU of at least 0.99.
    """

    seconds: Duel
    ours: int = 0
    reference: int = 0
    alike: int = 0


def compare(engine: Segmenter, generator: Any, image: RGB, grid: Grid, rounds: int) -> Figures:
    """Measures both by turns.

    Args:
        generator: a `SamAutomaticMaskGenerator` with the engine's weights and the grid's settings.
    """
    figures = Figures(Duel())
    for _ in range(rounds):
        ours, theirs = figures.seconds.fight(
            lambda: _everything(engine, image, grid), lambda: generator.generate(image)
        )
        masks = [Mask.from_bitmap(one["segmentation"]) for one in theirs]
        figures.ours, figures.reference = len(ours), len(masks)
        figures.alike = sum(any(one.mask.iou(mask) >= _SAME for one in ours) for mask in masks)
    return figures


def run(options: argparse.Namespace) -> int:
    """Measures in a process of its own; prints the table or JSON."""
    checkpoint = checkpoint_for(options, Folders.find().cache / "home")
    spec = {
        "engine": options.engine,
        "checkpoint": str(checkpoint),
        "is_random": options.checkpoint is None,
        "device": options.device,
        "precision": options.precision,
        "points_per_side": 8 if options.quick else 32,
        "rounds": options.rounds or (1 if options.quick else 3),
    }
    told, _ = answer("everything", spec, Folders.find().cache / "home")
    if options.json:
        print(json.dumps(told))
        return OK
    figures, engine, grid = told["figures"], told["engine"], told["grid"]
    print(sentence(told["machine"]))
    print(
        f"{engine['name']} in {engine['precision']} on {engine['device']}, a grid of "
        f"{grid['points_per_side']} x {grid['points_per_side']} points on 1 megapixel, predicted "
        f"IoU above {grid['pred_iou']:.3g}, stability from {grid['stability']:.3g}"
    )
    print("\n".join(lines([*_rows(figures)], "SamAutomaticMaskGenerator")))
    print(f"{figures['alike']} of its {figures['reference']} masks are the same here")
    return OK


def answers(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The part of `samdesk bench --auto` in a process of its own; `spec` as `run` makes it."""
    from segment_anything import SamAutomaticMaskGenerator

    hardware = detect()
    preference = Preference(device=spec["device"], precision=spec["precision"])
    device = preference.device_for(recommend(hardware))
    checkpoint, folders = Path(spec["checkpoint"]), Folders.find()
    choice = choose_engine(
        spec["engine"],
        folders.checkpoints,
        cache=folders.cache,
        file=checkpoint,
        preference=preference,
    )
    engine = choice.load(CancelToken(), no_progress)
    image = photo(1)
    say(f"{engine.info.name} on {engine.info.device}, against SamAutomaticMaskGenerator")
    grid = replace(engine.grid, points_per_side=spec["points_per_side"])
    # Warms up, too.
    few = replace(grid, points_per_side=4, pred_iou=float("-inf"), stability=0.0)
    found = _everything(engine, image, few)
    if spec["is_random"]:
        grid = replace(grid, pred_iou=_median(found), stability=0.0)
    predictor = reference(checkpoint, str(engine.info.checkpoint), device)
    generator = SamAutomaticMaskGenerator(
        predictor.model,
        points_per_side=grid.points_per_side,
        pred_iou_thresh=grid.pred_iou,
        stability_score_thresh=grid.stability,
    )
    synchroniser(device)()
    figures = compare(engine, generator, image, grid, spec["rounds"])
    yield {
        "machine": description(hardware),
        "engine": asdict(engine.info),
        "grid": asdict(grid),
        "figures": asdict(figures),
    }


def _everything(engine: Segmenter, image: RGB, grid: Grid) -> list[Found]:
    embedding = engine.embed(image, token=CancelToken())
    return engine.everything(embedding, grid, token=CancelToken())


def _median(found: list[Found]) -> float:
    return float(np.median([one.score for one in found])) if found else 0.0


def _rows(figures: dict[str, Any]) -> Iterator[Row]:
    seconds = figures["seconds"]
    yield Row(
        "seconds per image",
        "from the pixels to masks of everything, the embedding included",
        ours=Spread.of(seconds["ours"]),
        reference=Spread.of(seconds["reference"]),
    )
    for what, counts in (
        ("images", (1, 1)),
        ("masks", (figures["ours"], figures["reference"])),
    ):
        yield Row(
            f"{what} per second",
            "without duplicates" if what == "masks" else "the same, as a rate",
            "/s",
            Spread.of([counts[0] / one for one in seconds["ours"]]),
            Spread.of([counts[1] / one for one in seconds["reference"]]),
        )
