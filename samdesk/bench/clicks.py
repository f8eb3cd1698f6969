"""How well an engine follows clicks: the standard protocol of interactive segmentation.

The first click lies where the object is thickest, every next one in the middle of the largest
error, as in Xu et al., "Deep Interactive Object Selection" (2016), and Sofiiuk et al., "Reviving
Iterative Training with Mask Guidance" (2021). NoC@85 is the number of clicks until the IoU is at
least 0.85, counted as the most allowed where it never is.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from samdesk.core.mask import Bitmap, Mask
from samdesk.core.prompt import Box, Point, Prompt
from samdesk.engine.base import CancelToken, Embedding, Segmenter
from samdesk.errors import CocoError

MOST_CLICKS = 20
TARGETS = (0.80, 0.85, 0.90)
_SHOWN_CLICKS = (1, 3, 5, 10, 20)


@dataclass(frozen=True)
class Subject:
    """One object to be segmented.

    Attributes:
        identity: the annotation's id.
        level: "whole" or "part".
        mask: the truth.
    """

    identity: int
    level: str
    mask: Mask


@dataclass(frozen=True)
class Trial:
    """What an engine made of one object.

    Attributes:
        image, identity, level: the file's name, the annotation's id, "whole" or "part".
        ious: after every click; ends early once the highest target is reached.
        best_of_first: the IoU of the best candidate for the first click.
        box_iou: from the truth's tight bounding box alone.
        seconds: per click, with the mask.
        box_seconds: for the box.
    """

    image: str
    identity: int
    level: str
    ious: tuple[float, ...]
    best_of_first: float
    box_iou: float
    seconds: tuple[float, ...]
    box_seconds: float

    def iou_after(self, clicks: int) -> float:
        return self.ious[min(clicks, len(self.ious)) - 1]

    def clicks_to(self, target: float) -> int:
        for i, iou in enumerate(self.ious, start=1):
            if iou >= target:
                return i
        # Only the most clicks allowed end a trial before the highest target is reached.
        return len(self.ious)


@dataclass
class Trials:
    """All objects' results, how long every image took to embed, and how many clicks they had."""

    objects: list[Trial] = field(default_factory=list)
    embed_seconds: list[float] = field(default_factory=list)
    most_clicks: int = MOST_CLICKS

    def summary(self, level: str | None = None) -> dict[str, Any]:
        """Means over the objects of a level, or over all; IoUs 0 to 1, times in seconds."""
        chosen = [trial for trial in self.objects if level in (None, trial.level)]
        if not chosen:
            return {"objects": 0}
        seconds = [second for trial in chosen for second in trial.seconds]
        boxes = [trial.box_seconds for trial in chosen]
        return {
            "objects": len(chosen),
            "iou": {
                n: _mean(trial.iou_after(n) for trial in chosen)
                for n in _SHOWN_CLICKS
                if n <= self.most_clicks
            },
            "best_of_first": _mean(trial.best_of_first for trial in chosen),
            "noc": {
                round(100 * target): _mean(trial.clicks_to(target) for trial in chosen)
                for target in TARGETS
            },
            "box_iou": _mean(trial.box_iou for trial in chosen),
            "click_seconds": {"median": statistics.median(seconds), "max": max(seconds)},
            "box_seconds": {"median": statistics.median(boxes), "max": max(boxes)},
            "embed_seconds": {
                "median": statistics.median(self.embed_seconds),
                "max": max(self.embed_seconds),
            },
        }


def subjects(document: Path, *, least_side: int = 0) -> Iterator[tuple[Path, list[Subject]]]:
    """The images of a COCO file that have objects, with their objects; crowds are left out.

    Args:
        document: the JSON file; images are found relative to its folder.
        least_side: objects whose box is narrower or lower than this many pixels are left out.

    Raises:
        CocoError: the file cannot be read or is no COCO file.
    """
    try:
        raw = json.loads(document.read_text(encoding="utf-8"))
        images = {image["id"]: image for image in raw["images"]}
        annotations: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        for annotation in raw["annotations"]:
            if not annotation.get("iscrowd"):
                annotations[annotation["image_id"]].append(annotation)
        for identity, found in annotations.items():
            image = images[identity]
            of_image = []
            for annotation in found:
                mask = _mask(annotation["segmentation"], int(image["width"]), int(image["height"]))
                if not mask.is_empty and min(mask.w, mask.h) >= least_side:
                    level = (annotation.get("arr_coc") or {}).get("level") or "whole"
                    of_image.append(Subject(int(annotation["id"]), str(level), mask))
            if of_image:
                yield document.parent / image["file_name"], of_image
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CocoError(
            f"{document} cannot be read as COCO: {error!r}.", "samdesk check tells what is wrong."
        ) from error


def measure(
    engine: Segmenter,
    images: Iterator[tuple[Path, list[Subject]]],
    *,
    most_clicks: int = MOST_CLICKS,
    limit: int | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> Trials:
    """Runs the protocol.

    Args:
        limit: at most so many objects, the first ones.
        tell: told a line per image.

    Raises:
        ImageError: an image cannot be read.
        EngineError: the engine failed.
    """
    from samdesk.core.image import load_image

    trials = Trials(most_clicks=most_clicks)
    for path, found in images:
        if limit is not None:
            found = found[: limit - len(trials.objects)]
        if not found:
            break
        rgb = load_image(path).rgb
        if not trials.embed_seconds:
            # What is imported and compiled at the first call is no part of embedding.
            engine.embed(rgb, token=CancelToken())
        began = time.perf_counter()
        embedding = engine.embed(rgb, token=CancelToken())
        trials.embed_seconds.append(time.perf_counter() - began)
        for subject in found:
            if (subject.mask.width, subject.mask.height) != (embedding.width, embedding.height):
                raise CocoError(
                    f"{path.name} is {embedding.width} x {embedding.height} pixels, its mask "
                    f"{subject.mask.width} x {subject.mask.height}.",
                    "The COCO file belongs to other images.",
                )
            trials.objects.append(_trial(engine, embedding, path.name, subject, most_clicks))
        newest = trials.objects[-len(found) :]
        first = _mean(trial.iou_after(1) for trial in newest)
        boxed = _mean(trial.box_iou for trial in newest)
        tell(f"{path.name}: {len(found)} objects, one click {first:.2f}, box {boxed:.2f}")
    return trials


def next_click(truth: Bitmap, present: Bitmap) -> Point | None:
    """The middle of the largest error: the point farthest from its border.

    Args:
        truth, present: (height, width) bool; with nothing present, it is the object's middle.

    Returns:
        A positive click where the truth is missed, a negative one where too much is inside; None
        when nothing is wrong.
    """
    deepest, place, positive = 0.0, (0, 0), True
    for error, sign in ((truth & ~present, True), (present & ~truth, False)):
        depth, where = _deepest(error)
        if depth > deepest:
            deepest, place, positive = depth, where, sign
    if deepest == 0:
        return None
    return Point(float(place[1]), float(place[0]), positive)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `samdesk bench` takes, without the engine's arguments."""
    parser.add_argument(
        "--clicks",
        type=Path,
        metavar="FOLDER_OR_FILE",
        help="measure how well an engine follows clicks, on a COCO file, instead of how fast it is",
    )
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N objects")
    parser.add_argument(
        "--least-side", type=int, default=0, metavar="PIXELS", help="leave out smaller objects"
    )
    parser.add_argument(
        "--most-clicks",
        type=int,
        default=MOST_CLICKS,
        choices=range(1, MOST_CLICKS + 1),
        metavar="N",
    )
    parser.add_argument("--json", action="store_true", help="the figures as JSON")


def run(options: argparse.Namespace) -> int:
    """Measures the engine that `options.engine` and `options.checkpoint` name; prints figures."""
    from samdesk.verbs.engine import introduce, load_engine
    from samdesk.verbs.talk import say

    document = coco_file(options.clicks)
    engine = load_engine(options).engine
    introduce(engine.info)
    trials = measure(
        engine,
        subjects(document, least_side=options.least_side),
        most_clicks=options.most_clicks,
        limit=options.limit,
        tell=say,
    )
    engine.close()
    levels = sorted({trial.level for trial in trials.objects})
    groups = {"all": trials.summary()}
    if len(levels) > 1:
        groups |= {level: trials.summary(level) for level in levels}
    if options.json:
        rows = [vars(trial) for trial in trials.objects]
        print(json.dumps({"engine": engine.info.key, "groups": groups, "objects": rows}))
    else:
        print("\n".join(line for name, group in groups.items() for line in _lines(name, group)))
    return 0


def coco_file(path: Path) -> Path:
    """The COCO file itself, or the one in a folder.

    Raises:
        CocoError: the folder has none, or several.
    """
    if not path.is_dir():
        return path
    found = sorted(path.glob("*.json"))
    if len(found) != 1:
        raise CocoError(f"{path} holds {len(found)} JSON files.", "Name the COCO file itself.")
    return found[0]


def _mask(segmentation: Any, width: int, height: int) -> Mask:
    if isinstance(segmentation, dict):
        return Mask.from_rle(segmentation)
    from pycocotools import mask as coco_mask

    pieces = coco_mask.frPyObjects(segmentation, height, width)
    return Mask.from_bitmap(coco_mask.decode(coco_mask.merge(pieces)))


def _trial(
    engine: Segmenter, embedding: Embedding, image: str, subject: Subject, most_clicks: int
) -> Trial:
    truth = subject.mask
    inside = truth.bitmap()
    x, y, w, h = truth.bbox_xywh
    began = time.perf_counter()
    boxed = engine.predict(embedding, Prompt(box=Box(x, y, x + w, y + h))).candidates[0].mask()
    box_seconds = time.perf_counter() - began
    present = np.zeros_like(inside)
    clicks: list[Point] = []
    prior = None
    ious: list[float] = []
    seconds: list[float] = []
    best_of_first = 0.0
    while len(clicks) < most_clicks:
        click = next_click(inside, present)
        if click is None:
            break
        clicks.append(click)
        began = time.perf_counter()
        candidates = engine.predict(embedding, Prompt(tuple(clicks), prior=prior)).candidates
        mask = candidates[0].mask()
        seconds.append(time.perf_counter() - began)
        if len(clicks) == 1:
            best_of_first = max(candidate.mask().iou(truth) for candidate in candidates)
        ious.append(mask.iou(truth))
        if ious[-1] >= max(TARGETS) and len(clicks) >= 5:
            break
        present, prior = mask.bitmap(), candidates[0].logits
    return Trial(
        image,
        subject.identity,
        subject.level,
        tuple(ious),
        best_of_first,
        boxed.iou(truth),
        tuple(seconds),
        box_seconds,
    )


def _deepest(region: Bitmap) -> tuple[float, tuple[int, int]]:
    """The largest distance from the region's border, and where; (0.0, ...) for an empty one."""
    import cv2

    rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
    if len(rows) == 0:
        return 0.0, (0, 0)
    top, left = int(rows[0]), int(columns[0])
    part = region[top : rows[-1] + 1, left : columns[-1] + 1]
    # The image's edge is a border too, else clicks would lie on it.
    padded = np.pad(part, 1).astype(np.uint8)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
    return float(depth[row, column]), (top + int(row) - 1, left + int(column) - 1)


def _mean(values: Iterator[float] | Sequence[float]) -> float:
    return round(statistics.fmean(values), 4)


def _lines(name: str, group: dict[str, Any]) -> Iterator[str]:
    if not group["objects"]:
        yield f"{name}: no objects"
        return
    yield f"{name}: {group['objects']} objects"
    yield "  IoU   " + "  ".join(f"{n} clicks {iou:.3f}" for n, iou in group["iou"].items())
    yield f"        box {group['box_iou']:.3f}  best of one click {group['best_of_first']:.3f}"
    yield "  NoC   " + "  ".join(f"{target} %: {n:.1f}" for target, n in group["noc"].items())
    for label, key in (
        ("click", "click_seconds"),
        ("box", "box_seconds"),
        ("embed", "embed_seconds"),
    ):
        yield f"  {label:<6}median {group[key]['median']:.3f} s, worst {group[key]['max']:.3f} s"
