"""Masks known by construction, written as a COCO file."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask
from scene import Thing

LEAST_WHOLE, LEAST_PART = 400, 150  # pixels; less is not worth an annotation

Labels = NDArray[np.int16]


def majority(samples: Labels) -> Labels:
    """Most frequent label per pixel, (H, W) of (H, W, S); of equals, the smallest."""
    ordered = np.sort(samples, axis=2)
    best = ordered[:, :, 0].copy()
    most = np.ones(best.shape, dtype=np.int16)
    run = np.ones(best.shape, dtype=np.int16)
    for k in range(1, ordered.shape[2]):
        run = np.where(ordered[:, :, k] == ordered[:, :, k - 1], run + 1, 1).astype(np.int16)
        better = run > most
        best[better] = ordered[:, :, k][better]
        most = np.maximum(most, run)
    return best


def masks_of(things: list[Thing], thing: Labels, part: Labels) -> list[dict[str, Any]]:
    """Visible masks of wholes and their parts from sample labels (H, W, S), -1 for none.

    A part's pixel is one of the whole's, where most of the whole's samples are the part's.
    """
    owner = majority(np.maximum(thing, -1))
    found: list[dict[str, Any]] = []
    for number, placed in enumerate(things):
        whole = owner == number
        if int(whole.sum()) < LEAST_WHOLE:
            continue
        entry: dict[str, Any] = {"category": placed.model.category, "mask": whole, "parts": []}
        # Samples of other things never win: they get labels that do not repeat.
        own = np.where(thing == number, part, -100 - np.arange(thing.shape[2], dtype=np.int16))
        inner = majority(own.astype(np.int16))
        for i, name in enumerate(placed.model.parts):
            mask = whole & (inner == i)
            if int(mask.sum()) >= LEAST_PART:
                entry["parts"].append({"category": name.split("#")[0], "mask": mask})
        found.append(entry)
    return found


def annotation(
    number: int, image: int, category: int, mask: NDArray[np.bool_], parent: int | None
) -> dict[str, Any]:
    """One COCO annotation of a mask (H, W)."""
    rle = coco_mask.encode(np.asfortranarray(mask, dtype=np.uint8))
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    x, y = int(columns[0]), int(rows[0])
    return {
        "id": number,
        "image_id": image,
        "category_id": category,
        "segmentation": {
            "size": [int(v) for v in rle["size"]],
            "counts": rle["counts"].decode("ascii"),
        },
        "bbox": [x, y, int(columns[-1]) - x + 1, int(rows[-1]) - y + 1],
        "area": int(mask.sum()),
        "iscrowd": 0,
        "arr_coc": {"parent_id": parent, "level": "whole" if parent is None else "part"},
    }


def coco(pictures: list[tuple[str, int, int, list[dict[str, Any]]]]) -> dict[str, Any]:
    """COCO file of pictures given as (file name, width, height, masks of `masks_of`)."""
    names: list[str] = []
    for *_, found in pictures:
        for entry in found:
            names += [entry["category"], *(part["category"] for part in entry["parts"])]
    categories = {name: i + 1 for i, name in enumerate(sorted(set(names)))}
    images, annotations = [], []
    for image, (name, width, height, found) in enumerate(pictures, start=1):
        images.append(
            {"id": image, "file_name": name, "width": width, "height": height, "license": 1}
        )
        for entry in found:
            whole = len(annotations) + 1
            annotations.append(
                annotation(whole, image, categories[entry["category"]], entry["mask"], None)
            )
            for part in entry["parts"]:
                annotations.append(
                    annotation(
                        len(annotations) + 1,
                        image,
                        categories[part["category"]],
                        part["mask"],
                        whole,
                    )
                )
    return {
        "info": {
            "description": "Rendered still lifes with masks known by construction",
            "version": "1",
        },
        "licenses": [
            {
                "id": 1,
                "name": "CC0 1.0",
                "url": "https://creativecommons.org/publicdomain/zero/1.0/",
            }
        ],
        "images": images,
        "categories": [{"id": i, "name": name} for name, i in categories.items()],
        "annotations": annotations,
    }
