from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from samdesk.coco.check import check
from samdesk.coco.choice import Choice, Segmentation
from samdesk.coco.write import write
from samdesk.core.dataset import Annotation, Category, Dataset, ImageRecord
from samdesk.core.mask import Mask, rles
from samdesk.core.polygon import pieces
from samdesk.errors import CocoError
from tests.core.strategies import bitmaps

FORMS: tuple[Segmentation, ...] = ("rle", "polygon")


def dataset(masks: Iterable[np.ndarray]) -> Dataset:
    images, annotations = [], []
    for number, bitmap in enumerate(masks, start=1):
        height, width = bitmap.shape
        images.append(ImageRecord(2 * number, f"sub/bild {number} ü.jpg", width, height))
        mask = Mask.from_bitmap(bitmap)
        annotations.append(Annotation(5 * number, 2 * number, 7, mask))
    images.append(ImageRecord(999, "empty.jpg", 3, 2, orientation=6))
    counts = {one.image_id: 1 for one in annotations}
    return Dataset(tuple(images), (Category(7, "Äpfel", "#e69f00"),), tuple(annotations), counts)


def quietly(call: Any) -> Any:
    with contextlib.redirect_stdout(io.StringIO()):
        return call()


@pytest.mark.parametrize("form", FORMS)
@given(st.lists(bitmaps.filter(lambda bitmap: bitmap.any()), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_pycocotools_reads_the_very_same_masks(
    tmp_path: Path, form: Segmentation, masks: list[np.ndarray]
) -> None:
    target = tmp_path / "out.json"
    written = write(dataset(masks), None, target, Choice(segmentation=form))
    assert (written.annotations, written.images) == (len(masks), len(masks) + 1)
    assert list(check(target)) == []
    coco = quietly(lambda: COCO(str(target)))
    for number, bitmap in enumerate(masks, start=1):
        assert np.array_equal(coco.annToMask(coco.anns[5 * number]).astype(bool), bitmap)


@pytest.mark.parametrize("form", FORMS)
def test_cocoeval_of_a_file_against_itself_is_perfect(tmp_path: Path, form: Segmentation) -> None:
    rng = np.random.default_rng(3)
    masks = [np.kron(rng.random((9, 12)) > 0.4, np.ones((6, 6), bool)) for _ in range(5)]
    target = tmp_path / "out.json"
    write(dataset(masks), None, target, Choice(segmentation=form))
    for kind in ("segm", "bbox"):
        stats = quietly(lambda kind=kind: evaluated(target, kind))
        assert stats[0] == pytest.approx(1.0)
        assert stats[8] == pytest.approx(1.0)


def evaluated(target: Path, kind: str) -> Any:
    truth = COCO(str(target))
    results = [{**truth.anns[key], "score": 0.9} for key in truth.anns]
    evaluation = COCOeval(truth, truth.loadRes(results), kind)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return evaluation.stats


def test_the_same_dataset_gives_the_same_bytes_dates_aside(tmp_path: Path) -> None:
    masks = [np.eye(5, dtype=bool)]
    files = []
    for name in ("a.json", "b.json"):
        write(dataset(masks), None, tmp_path / name)
        content = json.loads((tmp_path / name).read_bytes())
        del content["info"]
        files.append(json.dumps(content))
        assert len((tmp_path / name).read_text("utf-8").splitlines()) > 4
    assert files[0] == files[1]


def test_names_ids_and_orientation_are_written_as_they_are(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    write(dataset([np.ones((2, 3), bool)]), None, target)
    data = json.loads(target.read_bytes())
    assert [entry["id"] for entry in data["images"]] == [2, 999]
    assert data["images"][0]["file_name"] == "sub/bild 1 ü.jpg"
    assert "orientation_applied" not in data["images"][0]
    assert data["images"][1]["orientation_applied"] == 6
    annotation = data["annotations"][0]
    assert annotation["bbox"] == [0, 0, 3, 2]
    assert annotation["area"] == 6
    assert annotation["iscrowd"] == 0
    assert type(annotation["iscrowd"]) is int


def test_sizes_of_images_never_opened_are_read_and_unreadable_ones_are_listed(
    tmp_path: Path,
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (30, 20)).save(tmp_path / "new.jpg", exif=exif)
    (tmp_path / "broken.jpg").write_text("no image")
    images = (ImageRecord(1, "new.jpg"), ImageRecord(2, "broken.jpg"))
    target = tmp_path / "out.json"
    written = write(Dataset(images, (), ()), tmp_path, target)
    assert [path for path, _ in written.left_out] == ["broken.jpg"]
    entries = json.loads(target.read_bytes())["images"]
    assert [(entry["width"], entry["height"]) for entry in entries] == [(20, 30)]


class Interrupted(Exception):
    pass


def failing(dataset: Dataset, error: Exception) -> Dataset:
    class Annotations:
        def __iter__(self) -> Any:
            yield from dataset.annotations
            raise error

    return Dataset(dataset.images, dataset.categories, Annotations())


@pytest.mark.parametrize("error", [Interrupted(), OSError(28, "No space left on device")])
def test_a_failed_export_leaves_the_former_file_whole(tmp_path: Path, error: Exception) -> None:
    target = tmp_path / "out.json"
    write(dataset([np.ones((2, 3), bool)]), None, target)
    before = target.read_bytes()
    with pytest.raises(CocoError if isinstance(error, OSError) else Interrupted):
        write(failing(dataset([np.eye(4, dtype=bool)]), error), None, target)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_a_file_that_breaks_a_rule_is_not_put_in_place(tmp_path: Path) -> None:
    good = dataset([np.ones((2, 3), bool)])
    twice = Dataset(good.images, good.categories, (*good.annotations, *good.annotations))
    with pytest.raises(CocoError, match="own check"):
        write(twice, None, tmp_path / "out.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_file_with_other_masks_of_the_same_area_and_box_is_not_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Segmentation
) -> None:
    corner = np.array([[1, 0, 0], [1, 1, 1]], bool)

    def mirrored(masks: Iterable[Mask]) -> list[Mask]:
        return [Mask.from_bitmap(mask.bitmap()[:, ::-1]) for mask in masks]

    monkeypatch.setattr("samdesk.coco.write.pieces", lambda masks: pieces(mirrored(masks)))
    turned = rles(mirrored([Mask.from_bitmap(corner)]))
    monkeypatch.setattr("samdesk.coco.write.rles_of", lambda spans, sizes: turned)
    with pytest.raises(CocoError, match="is another mask"):
        write(dataset([corner]), None, tmp_path / "out.json", Choice(segmentation=form))
    assert list(tmp_path.iterdir()) == []


def test_annotations_that_are_missing_are_found(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    write(dataset([np.ones((2, 3), bool)]), None, target)
    (problem,) = check(target, wanted=[1, 2])
    assert str(problem) == "annotations: has 1 entries, not 2 [sections]"


@pytest.mark.parametrize("target", ["missing/out.json", "."])
def test_a_target_that_cannot_be_written_is_told(tmp_path: Path, target: str) -> None:
    with pytest.raises(CocoError, match="cannot be written"):
        write(dataset([]), None, tmp_path / target)
