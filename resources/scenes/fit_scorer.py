"""Fit the weights with which the built-in engine judges its own masks.

    python resources/scenes/fit_scorer.py [--objects 2000] [--out resources/builtin_scorer.json]

Every object of the random scenes is clicked and boxed, and sometimes corrected, as an annotator
would; ridge regression finds the weights that foretell the IoU of all proposals from their
features. The same code gives the same file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from random_scenes import Bitmap, random_scene

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from samdesk.bench.clicks import next_click  # noqa: E402
from samdesk.core.mask import Mask  # noqa: E402
from samdesk.core.prompt import Box, Point  # noqa: E402
from samdesk.engine.base import CancelToken  # noqa: E402
from samdesk.engine.builtin import segmenter as engine  # noqa: E402

FIRST_SEED = 1000
OBJECTS_PER_SCENE = 8
LEAST_SIDE = 16  # pixels
# Corrections take longest, and there are several per object.
CORRECTED_SHARE, CORRECTIONS = 0.25, 3
RIDGE = 30.0
HELD_BACK = 0.1  # the share of objects that the figures are measured on

Row = tuple[dict[str, float], float]


@dataclass
class Rows:
    """Features and true IoUs, one list per prompt, by kind of prompt."""

    groups: dict[str, list[list[Row]]] = field(
        default_factory=lambda: {"click": [], "box": [], "correction": []}
    )

    def add(
        self,
        kind: str,
        finished: list[tuple[dict[str, float], engine.BuiltinCandidate]],
        truth: Mask,
    ) -> None:
        rows = [(features, candidate.mask().iou(truth)) for features, candidate in finished]
        self.groups[kind].append(rows)


def collect(objects: int) -> Rows:
    """What the engine proposes for so many objects, and how good it truly is."""
    rows = Rows()
    for done, (seed, encoded, mask, rng) in enumerate(_objects(objects), start=1):
        truth = Mask.from_bitmap(mask)
        click = _first_click(mask, rng)
        clicked = engine.clicked(encoded, (click,))
        finished = _finished(encoded, clicked, (click,), None)
        rows.add("click", finished, truth)
        x, y, w, h = truth.bbox_xywh
        box = Box(x, y, x + w, y + h)
        rows.add("box", _finished(encoded, engine.boxed(encoded, box), (), box), truth)
        if rng.random() < CORRECTED_SHARE:
            _collect_corrections(rows, encoded, mask, truth, click, clicked)
        if done % 100 == 0:
            print(f"{done} objects, scene {seed}", flush=True)
    return rows


def fitted(groups: list[list[Row]]) -> tuple[dict[str, Any], str]:
    """Weights for one kind of prompt, and a line that tells how well they choose."""
    names = list(groups[0][0][0])
    held = max(1, round(len(groups) * HELD_BACK))
    features, ious = _arrays(groups[:-held], names)
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    normal = (features - mean) / scale
    gram = normal.T @ normal + RIDGE * np.eye(len(names))
    weights = np.linalg.solve(gram, normal.T @ (ious - ious.mean())) / scale
    intercept = float(ious.mean() - weights @ mean)
    chosen, best, first = [], [], []
    for group in groups[-held:]:
        found, true = _arrays([group], names)
        chosen.append(true[int(np.argmax(found @ weights))])
        best.append(true.max())
        first.append(true[0])
    quality = (
        f"mean IoU of the chosen {np.mean(chosen):.3f}, of the first {np.mean(first):.3f}, "
        f"of the best {np.mean(best):.3f}, on {held} held back of {len(groups)} prompts"
    )
    rounded = {name: round(float(w), 5) for name, w in zip(names, weights, strict=True)}
    return {"intercept": round(intercept, 5), "weights": rounded}, quality


def main() -> None:
    """Collect, fit and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "builtin_scorer.json")
    arguments = parser.parse_args()
    write(collect(arguments.objects), arguments.objects, arguments.out)


def write(rows: Rows, objects: int, out: Path) -> None:
    """Fit and write the file."""
    document: dict[str, Any] = {
        "made": f"By resources/scenes/fit_scorer.py: ridge regression ({RIDGE:g}) of the true IoU "
        f"of every proposal for {objects} objects in random scenes (resources/scenes/"
        "random_scenes.py) on the features of samdesk/engine/builtin/score.py. No photographs.",
    }
    for kind, groups in rows.groups.items():
        document[kind], quality = fitted(groups)
        document[kind]["quality"] = quality
        print(f"{kind}: {quality}")
    out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _objects(
    count: int,
) -> Iterator[tuple[int, engine.Encoded, Bitmap, np.random.Generator]]:
    seed, done = FIRST_SEED, 0
    while done < count:
        scene = random_scene(seed)
        rng = np.random.default_rng(seed)
        embedding = engine.BuiltinSegmenter().embed(scene.rgb, token=CancelToken())
        encoded = embedding.data
        assert isinstance(encoded, engine.Encoded)
        large = [mask for mask in scene.masks if _least_side(mask) >= LEAST_SIDE]
        for mask in large[: min(OBJECTS_PER_SCENE, count - done)]:
            yield seed, encoded, mask, rng
            done += 1
        seed += 1


def _least_side(mask: Bitmap) -> int:
    _, _, w, h = Mask.from_bitmap(mask).bbox_xywh
    return min(w, h)


def _first_click(mask: Bitmap, rng: np.random.Generator) -> Point:
    """The object's middle, or as often somewhere well inside: nobody clicks exactly."""
    if rng.random() < 0.5:
        middle = next_click(mask, np.zeros_like(mask))
        assert middle is not None
        return middle
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    rows, columns = np.nonzero(depth >= 0.3 * depth.max())
    at = int(rng.integers(len(rows)))
    return Point(float(columns[at]), float(rows[at]))


def _collect_corrections(
    rows: Rows,
    encoded: engine.Encoded,
    mask: Bitmap,
    truth: Mask,
    click: Point,
    clicked: engine.Ranked,
) -> None:
    clicks: tuple[Point, ...] = (click,)
    present = engine.best(encoded, clicked, clicks, None)[0]
    for _ in range(CORRECTIONS):
        following = next_click(mask, present.mask().bitmap())
        if following is None:
            return
        clicks = (*clicks, following)
        corrected = engine.corrected(encoded, present.solution, clicks)
        rows.add("correction", _finished(encoded, corrected, clicks, None), truth)
        present = engine.best(encoded, corrected, clicks, None)[0]


def _finished(
    encoded: engine.Encoded, ranked: engine.Ranked, clicks: tuple[Point, ...], box: Box | None
) -> list[tuple[dict[str, float], engine.BuiltinCandidate]]:
    return [(judged.features, engine.finished(encoded, judged, clicks, box)) for judged in ranked]


def _arrays(
    groups: list[list[Row]], names: list[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows = [row for group in groups for row in group]
    features = np.array([[found[name] for name in names] for found, _ in rows])
    return features, np.array([iou for _, iou in rows])


if __name__ == "__main__":
    main()
