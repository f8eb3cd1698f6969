"""How fast annotations are exported, checked and imported."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from samdesk.coco.check import check
from samdesk.coco.choice import Choice, Segmentation
from samdesk.coco.merge import merge
from samdesk.coco.sources import open_source
from samdesk.coco.write import write
from samdesk.core.dataset import Annotation, Category, Change, ImageRecord
from samdesk.core.mask import Mask
from samdesk.store.project import Project
from samdesk.verbs.talk import say

_FORMS: tuple[Segmentation, ...] = ("rle", "polygon")
_PER_IMAGE = 20
_WIDTH, _HEIGHT = 1600, 1200
_SIDE = 100  # pixels


def run(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The part of `samdesk bench` that exports and imports: annotations per second.

    Args:
        spec: an empty "folder" to work in, the number of "annotations", and "rounds".
    """
    folder, count = Path(spec["folder"]), int(spec["annotations"])
    rates: dict[str, list[float]] = {"rle": [], "polygon": [], "check": [], "import": []}
    with Project.open(folder, data=folder) as project:
        project.apply(_changes(count))
        for number in range(1, spec["rounds"] + 1):
            say(f"export, round {number} of {spec['rounds']}")
            dataset = project.snapshot()
            for form in _FORMS:
                target = folder / f"{form}.json"
                export = partial(write, dataset, folder, target, Choice(segmentation=form))
                rates[form].append(_rate(count, export))
            rates["check"].append(_rate(count, lambda: list(check(folder / "rle.json"))))
            other = folder / f"import {number}"
            other.mkdir()
            rates["import"].append(_rate(count, partial(_import, folder / "rle.json", other)))
    yield rates


def _import(source: Path, folder: Path) -> None:
    with Project.open(folder, data=folder) as project:
        found = merge(open_source(source, folder), project.snapshot(), folder, project.last_id)
        project.apply(found.changes)


def _changes(count: int) -> Iterator[Change]:
    """Images with objects of 100 x 100 pixels whose borders waver, every third with a hole."""
    yield Change(None, Category(1, "object", "#2a9d8f"))
    rng = np.random.default_rng(0)
    shapes = [_shape(rng, with_hole=number % 3 == 0) for number in range(100)]
    for number in range(count):
        image = number // _PER_IMAGE + 1
        if number % _PER_IMAGE == 0:
            yield Change(None, ImageRecord(image, f"{image:06}.jpg", _WIDTH, _HEIGHT))
        shape = shapes[number % len(shapes)]
        left = int(rng.integers(0, _WIDTH - shape.shape[1]))
        top = int(rng.integers(0, _HEIGHT - shape.shape[0]))
        mask = Mask.from_crop(shape, left, top, _WIDTH, _HEIGHT)
        yield Change(None, Annotation(number + 1, image, 1, mask))


def _shape(rng: np.random.Generator, with_hole: bool) -> Any:
    rows, columns = np.mgrid[-1 : 1 : _SIDE * 1j, -1 : 1 : _SIDE * 1j]
    angle = np.arctan2(rows, columns)
    radius = 0.85 + 0.1 * np.sin(rng.integers(2, 9) * angle + rng.uniform(0, 6))
    distance = np.hypot(rows, columns)
    return (distance <= radius) & (distance > with_hole * rng.uniform(0.1, 0.3))


def _rate(count: int, work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)
