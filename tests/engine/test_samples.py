"""The engine of a fresh machine on the samples of a fresh machine."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from samdesk.core.image import load_image
from samdesk.core.mask import Mask
from samdesk.core.prompt import Box, Prompt
from samdesk.engine.base import CancelToken
from samdesk.engine.builtin import BuiltinSegmenter


def test_a_tight_box_around_each_sample_object_gives_its_mask(samples: Path) -> None:
    truth = json.loads((samples / "truth.json").read_bytes())
    wholes = [one for one in truth["annotations"] if one["arr_coc"]["level"] == "whole"]
    segmenter = BuiltinSegmenter()
    ious = []
    for image in truth["images"]:
        loaded = load_image(samples / image["file_name"])
        assert (loaded.width, loaded.height) == (image["width"], image["height"])
        embedding = segmenter.embed(loaded.rgb, token=CancelToken())
        for one in wholes:
            if one["image_id"] == image["id"]:
                mask = Mask.from_rle(one["segmentation"])
                box = Box(mask.x, mask.y, mask.x + mask.w, mask.y + mask.h)
                best = segmenter.predict(embedding, Prompt(box=box)).candidates[0]
                ious.append(best.mask().iou(mask))
    assert len(ious) >= 50
    assert np.mean(ious) >= 0.85


def test_the_truth_about_the_samples_is_right_coco(samples: Path) -> None:
    from samdesk.coco.check import check

    assert list(check(samples / "truth.json")) == []
    images = sorted(samples.glob("*.jpg"))
    assert 6 <= len(images) <= 10
    assert sum(path.stat().st_size for path in images) < 3_000_000
