"""Masks of everything: SAMDesk and `SamAutomaticMaskGenerator` by turns, on the same weights.

Random weights are bent so that about half of the masks pass the usual thresholds. Then one worker
of a Ray cluster against two, with a core each.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from samdesk.bench.engine import load
from samdesk.bench.machine import description, sentence, synchroniser
from samdesk.bench.part import answer
from samdesk.bench.photos import photo, write_photos
from samdesk.bench.side_by_side import Duel, reference
from samdesk.bench.speed import checkpoint_for
from samdesk.bench.table import Row, Spread, lines
from samdesk.core.grid import Grid
from samdesk.core.mask import Mask
from samdesk.engine.base import RGB, CancelToken, Found, Segmenter
from samdesk.engine.hardware import detect
from samdesk.errors import SamdeskError
from samdesk.folders import Folders
from samdesk.verbs.talk import OK, say

_SAME = 0.99  # IoU


@dataclass
class Figures:
    """What `compare` measured.

    Attributes:
        seconds: per image, embedding included.
        embedding: the share of ours that the embedding takes, in seconds.
        ours, reference: how many masks each found.
        alike: how many pairs of one of each there are with an IoU of at least 0.99.
    """

    seconds: Duel = field(default_factory=Duel)
    embedding: list[float] = field(default_factory=list)
    ours: int = 0
    reference: int = 0
    alike: int = 0


def compare(engine: Segmenter, generator: Any, image: RGB, grid: Grid, rounds: int) -> Figures:
    """Measures both by turns.

    Args:
        generator: a `SamAutomaticMaskGenerator` with the engine's weights and the grid's settings.
    """
    figures = Figures()
    for _ in range(rounds):
        ours, theirs = figures.seconds.fight(
            lambda: _everything(engine, image, grid, figures.embedding),
            lambda: generator.generate(image),
        )
        masks = [Mask.from_bitmap(one["segmentation"]) for one in theirs]
        figures.ours, figures.reference = len(ours), len(masks)
        figures.alike = _pairs([one.mask for one in ours], masks)
    return figures


def _pairs(ours: list[Mask], reference: list[Mask]) -> int:
    left = list(ours)
    for mask in reference:
        best = max(left, key=mask.iou, default=None)
        if best is not None and best.iou(mask) >= _SAME:
            left.remove(best)
    return len(ours) - len(left)


def run(options: argparse.Namespace) -> int:
    """Measures in a process of its own; prints the table or JSON."""
    home = Folders.find().cache / "home"
    checkpoint = checkpoint_for(options, home, is_local=True)
    spec = {
        "engine": options.engine,
        "checkpoint": str(checkpoint),
        "device": options.device,
        "precision": options.precision,
        "points_per_side": 8 if options.quick else 32,
        "rounds": options.rounds or (1 if options.quick else 3),
    }
    told, _ = answer("everything", spec, home)
    if importlib.util.find_spec("ray") is not None:
        spec["images"] = 4 if options.quick else 10
        told["workers"] = [answer("workers", {**spec, "workers": n}, home)[0] for n in (1, 2)]
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
    one, two = (1 / each["seconds"] for each in told.get("workers", [{"seconds": 1.0}] * 2))
    if "workers" in told:
        print(
            f"Ray workers of one core: {3600 * one:,.0f} images an hour with one, "
            f"{3600 * two:,.0f} with two ({two / one:.2f} times as many)"
        )
    else:
        print("Workers were not measured: Ray is not installed")
    return OK


def answers(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The part of `samdesk bench --auto` in a process of its own; `spec` as `run` makes it."""
    from segment_anything import SamAutomaticMaskGenerator

    hardware = detect()
    engine, device = load(spec, hardware)
    checkpoint = Path(spec["checkpoint"])
    image = photo(1)
    say(f"{engine.info.name} on {engine.info.device}, against SamAutomaticMaskGenerator")
    grid = replace(engine.grid, points_per_side=spec["points_per_side"])
    # Warms up, too.
    _everything(engine, image, replace(grid, points_per_side=4), [])
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


def workers(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Seconds per image with some workers of a Ray cluster; a part like `answers`."""
    from samdesk.verbs.cluster import Cluster

    unsaid = dict.fromkeys(("pred_iou", "stability", "min_area", "max_per_image"))
    options = argparse.Namespace(**{**unsaid, **spec, "ray": "", "json": False})
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        # Each worker loads the model at its first image.
        write_photos(root / "first", 2 * spec["workers"])
        write_photos(root / "then", spec["images"])
        cluster = Cluster(options, root, local_workers=spec["workers"])
        say(f"images by {spec['workers']} of the workers of a Ray cluster")
        for part in ("first", "then"):
            started = time.perf_counter()
            paths = sorted(f"{part}/{file.name}" for file in (root / part).iterdir())
            for _, look in cluster.looks(paths, {}):
                if isinstance(look, SamdeskError):
                    raise look
            seconds = time.perf_counter() - started
        cluster.close()
    yield {"workers": spec["workers"], "seconds": seconds / spec["images"]}


def _everything(
    engine: Segmenter, image: RGB, grid: Grid, embedding_seconds: list[float]
) -> list[Found]:
    started = time.perf_counter()
    embedding = engine.embed(image, token=CancelToken())
    embedding_seconds.append(time.perf_counter() - started)
    return engine.everything(embedding, grid, token=CancelToken())


def _rows(figures: dict[str, Any]) -> Iterator[Row]:
    seconds = figures["seconds"]
    yield Row(
        "seconds per image",
        "from the pixels to masks of everything, the embedding included",
        ours=Spread.of(seconds["ours"]),
        reference=Spread.of(seconds["reference"]),
    )
    yield Row("of which the embedding", "by SAMDesk", ours=Spread.of(figures["embedding"]))
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
