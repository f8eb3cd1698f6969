"""Everything in an image against SamAutomaticMaskGenerator: the same weights, the same masks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from segment_anything import SamAutomaticMaskGenerator

from samdesk.core.grid import Grid
from samdesk.engine.base import Cancelled, CancelToken, Found
from samdesk.engine.sam.segmenter import SamSegmenter
from samdesk.engine.sam.torch_runtime import TorchRuntime
from tests.engine.tiny_sam import INFO, tiny_openvino, trained_tiny_sam
from tests.scenes import shapes

GRIDS = {
    "all": Grid(7, pred_iou=0.0, stability=0.3),
    "filtered": Grid(10, pred_iou=0.3, stability=0.5),
    "mended": Grid(8, pred_iou=0.2, stability=0.4, min_area=60),
}
SIZES = {"landscape": (90, 160), "portrait": (210, 70), "large": (350, 300)}


@pytest.fixture(scope="module", params=["torch", "openvino"])
def segmenter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    if request.param == "openvino":
        return tiny_openvino(tmp_path_factory.mktemp("converted"), trained_tiny_sam())
    return trained_segmenter()


def trained_segmenter() -> SamSegmenter:
    return SamSegmenter(TorchRuntime(trained_tiny_sam(), "cpu"), INFO)


def picture(size: tuple[int, int], seed: int = 5) -> np.ndarray:
    return shapes(np.random.default_rng(seed), size[1], size[0])[0]


def oracle(image: np.ndarray, grid: Grid) -> list[dict[str, Any]]:
    generator = SamAutomaticMaskGenerator(
        trained_tiny_sam(),
        points_per_side=grid.points_per_side,
        pred_iou_thresh=grid.pred_iou,
        stability_score_thresh=grid.stability,
        min_mask_region_area=grid.min_area,
    )
    return sorted(generator.generate(image), key=lambda one: -one["predicted_iou"])


def everything(segmenter: SamSegmenter, image: np.ndarray, grid: Grid) -> list[Found]:
    embedding = segmenter.embed(image, token=CancelToken())
    return segmenter.everything(embedding, grid, token=CancelToken())


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS.keys())
def test_equals_the_mask_generator(
    segmenter: SamSegmenter, size: tuple[int, int], grid: Grid
) -> None:
    image = picture(size)
    expected = oracle(image, grid)
    found = everything(segmenter, image, grid)
    assert len(found) == len(expected) > 3
    for one, other in zip(found, expected, strict=True):
        assert one.score == pytest.approx(other["predicted_iou"], abs=1e-5)
        assert one.stability_score == pytest.approx(other["stability_score"], abs=2e-3)
        (point,) = one.prompt.points
        assert [point.x, point.y] == pytest.approx(other["point_coords"][0])
        bitmap = one.mask.bitmap()
        # Rounding may tip single pixels whose logit is zero to six digits.
        assert np.count_nonzero(bitmap != other["segmentation"]) <= 1e-4 * bitmap.size + 1


def test_the_thresholds_and_the_bound_are_obeyed() -> None:
    segmenter, image = trained_segmenter(), picture((90, 160))
    grid = GRIDS["filtered"]
    found = everything(segmenter, image, grid)
    assert min(one.score for one in found) > grid.pred_iou
    assert min(one.stability_score or 0 for one in found) >= grid.stability
    assert everything(segmenter, image, replace(grid, max_per_image=2)) == found[:2]
    assert everything(segmenter, image, replace(grid, pred_iou=1.1)) == []


def test_it_stops_between_batches() -> None:
    segmenter, token = trained_segmenter(), CancelToken()
    embedding = segmenter.embed(picture((90, 160)), token=CancelToken())
    seen = []

    def progress(fraction: float) -> None:
        seen.append(fraction)
        if fraction > 0:
            token.cancel()

    with pytest.raises(Cancelled):
        segmenter.everything(embedding, GRIDS["all"], token=token, progress=progress)
    assert len(seen) == 2 and seen[1] < 0.9
