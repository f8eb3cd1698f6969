"""Other programs read what is exported, and find the very same masks."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
import supervision
from PIL import Image
from pycocotools.coco import COCO
from torchvision.datasets import CocoDetection

from samdesk.coco.choice import Choice, Profile, Segmentation
from samdesk.coco.write import write
from samdesk.core.dataset import Annotation, Category, Dataset, ImageRecord
from samdesk.core.mask import Mask
from tests.coco.test_export import SOMEWHERE

PATHS = ("a.png", "unter ordner/bild ü.png", "empty.png")


@pytest.fixture
def masks() -> list[np.ndarray]:
    """Holes, islands in holes, several parts, the border, one pixel, and ragged ones."""
    ragged = np.kron(np.random.default_rng(5).random((10, 12)) > 0.4, np.ones((4, 4), bool))
    ring = np.zeros((40, 48), bool)
    ring[2:38, 2:46] = True
    ring[8:30, 8:40] = False
    ring[15:20, 15:30] = True
    pixel = np.zeros((40, 48), bool)
    pixel[39, 47] = True
    return [ragged, ring, pixel, np.ones((40, 48), bool)]


@pytest.fixture(params=[(p, f) for p in ("coco", "arr-coc") for f in ("rle", "polygon")])
def exported(request: pytest.FixtureRequest, tmp_path: Path, masks: list[np.ndarray]) -> Path:
    profile: Profile
    form: Segmentation
    profile, form = request.param
    images = []
    for number, path in enumerate(PATHS, start=1):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        Image.new("RGB", (48, 40)).save(tmp_path / path)
        images.append(ImageRecord(number, path, 48, 40))
    annotations = [
        Annotation(10 + n, 1 + n % 2, 1 + n % 2, Mask.from_bitmap(mask))
        for n, mask in enumerate(masks)
    ]
    categories = (Category(1, "Äpfel", "#000000"), Category(2, "x", "#ffffff"))
    counts = {1: 2, 2: 2}
    target = tmp_path / "out.json"
    write(
        Dataset(tuple(images), categories, annotations, counts),
        tmp_path,
        target,
        Choice(profile, form),
        circumstances=SOMEWHERE,
    )
    return target


def test_torchvision(exported: Path, masks: list[np.ndarray]) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        found = CocoDetection(str(exported.parent), str(exported))
        coco = COCO(str(exported))
    assert len(found) == 3
    seen = {}
    for picture, targets in found:
        assert picture.size == (48, 40)
        seen |= {one["id"]: coco.annToMask(one).astype(bool) for one in targets}
    assert sorted(seen) == [10, 11, 12, 13]
    for number, mask in enumerate(masks):
        assert np.array_equal(seen[10 + number], mask)


def test_supervision(exported: Path, masks: list[np.ndarray]) -> None:
    found = supervision.DetectionDataset.from_coco(
        images_directory_path=str(exported.parent),
        annotations_path=str(exported),
        force_masks=True,
    )
    assert found.classes == ["Äpfel", "x"]
    seen = []
    for path in PATHS:
        detections = found.annotations[str(exported.parent / path)]
        seen += [] if detections.mask is None else list(detections.mask)
    assert len(seen) == len(masks)
    in_order = [masks[0], masks[2], masks[1], masks[3]]
    is_polygon = isinstance(
        json.loads(exported.read_bytes())["annotations"][0]["segmentation"], list
    )
    for mask, expected in zip(seen, in_order, strict=True):
        if is_polygon:
            # It draws polygons by OpenCV, with their right and lower edges.
            assert (mask >= expected).all()
        else:
            assert np.array_equal(mask, expected)
