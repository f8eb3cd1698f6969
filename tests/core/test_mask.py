from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as coco_mask

from samdesk.core.mask import Mask, rles
from tests.core.strategies import bitmaps


@given(bitmaps)
def test_a_mask_gives_back_its_bitmap(bitmap: np.ndarray) -> None:
    mask = Mask.from_bitmap(bitmap)
    assert np.array_equal(mask.bitmap(), bitmap)
    assert mask.area == bitmap.sum()


@given(bitmaps)
def test_rle_is_byte_for_byte_what_pycocotools_writes(bitmap: np.ndarray) -> None:
    expected = coco_mask.encode(np.asfortranarray(bitmap, dtype=np.uint8))
    rle = Mask.from_bitmap(bitmap).rle()
    assert rle["counts"].encode() == expected["counts"]
    assert rle["size"] == list(bitmap.shape)
    if bitmap.any():
        assert list(Mask.from_bitmap(bitmap).bbox_xywh) == coco_mask.toBbox(expected).tolist()


@given(bitmaps)
def test_rle_comes_back_as_the_same_mask(bitmap: np.ndarray) -> None:
    mask = Mask.from_bitmap(bitmap)
    assert Mask.from_rle(mask.rle()) == mask
    padded = np.concatenate([[False], bitmap.T.ravel(), [False]]).astype(int)
    edges = np.flatnonzero(np.diff(padded))
    runs = np.diff([0, *edges, bitmap.size]).tolist()
    assert Mask.from_rle({"size": list(bitmap.shape), "counts": runs}) == mask
    with_nothing_between = [0, 0, *runs, 0, 0]
    assert Mask.from_rle({"size": list(bitmap.shape), "counts": with_nothing_between}) == mask


@given(st.lists(bitmaps, max_size=6), st.integers(0, 40), st.integers(0, 40))
def test_many_masks_at_once_are_each_what_they_are_alone(
    batch: list[np.ndarray], left: int, top: int
) -> None:
    masks = [Mask.from_crop(one, left, top, 70, 64) for one in batch]
    expected = [coco_mask.encode(np.asfortranarray(one.bitmap(), dtype=np.uint8)) for one in masks]
    assert [rle["counts"].encode() for rle in rles(masks)] == [one["counts"] for one in expected]


def test_long_runs_need_many_characters() -> None:
    mask = Mask.from_crop(np.ones((1, 1)), 39_999, 29_999, 40_000, 30_000)
    assert (
        mask.rle()["counts"].encode()
        == coco_mask.frPyObjects(
            {"size": [30_000, 40_000], "counts": [1_199_999_999, 1]}, 30_000, 40_000
        )["counts"]
    )
    assert Mask.from_rle(mask.rle()) == mask


@given(bitmaps, st.integers(-5, 30), st.integers(-5, 30))
def test_a_crop_is_placed_and_clipped(bitmap: np.ndarray, left: int, top: int) -> None:
    whole = np.zeros((70, 70), bool)
    h, w = bitmap.shape
    whole[10 + top : 10 + top + h, 10 + left : 10 + left + w] = bitmap
    expected = whole[10:40, 10:40]
    assert np.array_equal(Mask.from_crop(bitmap, left, top, 30, 30).bitmap(), expected)


@pytest.mark.parametrize("inside", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(("left", "top"), [(0, 0), (-37, 60), (400, -300), (1000, 0)])
def test_large_masks_are_encoded_and_read_as_small_ones_are(
    inside: float, left: int, top: int
) -> None:
    bitmap = np.random.default_rng(0).random((420, 350)) < inside
    bitmap[100:200, 50:300] = inside > 0
    whole = np.zeros((500, 600), bool)
    seen = bitmap[max(0, -top) : 500 - top, max(0, -left) : max(0, 600 - left)]
    whole[max(0, top) : max(0, top) + len(seen), max(0, left) : max(0, left) + seen.shape[1]] = seen
    mask = Mask.from_crop(bitmap, left, top, 600, 500)
    assert np.array_equal(mask.bitmap(), whole)
    expected = coco_mask.encode(np.asfortranarray(mask.crop(), dtype=np.uint8))
    assert mask.counts == (expected["counts"] if whole.any() else b"")
    if whole.any():
        assert whole[mask.y, :].any() and whole[:, mask.x + mask.w - 1].any()


@given(bitmaps, st.data())
def test_iou_counts_pixels(one: np.ndarray, data: st.DataObject) -> None:
    other = data.draw(hnp.arrays(bool, one.shape) | st.just(~one))
    union = (one | other).sum()
    expected = (one & other).sum() / union if union else 1.0
    assert Mask.from_bitmap(one).iou(Mask.from_bitmap(other)) == pytest.approx(expected)


def test_contains_asks_for_pixels() -> None:
    bitmap = np.zeros((5, 6), bool)
    bitmap[2, 3] = True
    mask = Mask.from_bitmap(bitmap)
    assert [(x, y) for y in range(5) for x in range(6) if mask.contains(x, y)] == [(3, 2)]


@pytest.mark.parametrize(
    "counts", [[1, 2], [5, -1], [], "0100", "PP", "\x00", "0" * 9, "oooooooooo"]
)
def test_damaged_runs_are_refused(counts: object) -> None:
    with pytest.raises(ValueError, match="the "):
        Mask.from_rle({"size": [2, 2], "counts": counts})


@given(st.binary(max_size=12))
def test_no_counts_at_all_do_harm(counts: bytes) -> None:
    try:
        mask = Mask.from_rle({"size": [4, 5], "counts": counts})
    except ValueError:
        return
    assert 0 <= mask.area <= 20
