"""The interactive protocol, on a small COCO folder and with engines whose answers are known."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from samdesk import cli
from samdesk.bench import clicks
from samdesk.core.mask import Mask
from samdesk.core.prompt import Prompt
from samdesk.engine.base import (
    RGB,
    CancelToken,
    Embedding,
    EngineInfo,
    Prediction,
    Progress,
    no_progress,
)
from samdesk.engine.builtin import BuiltinSegmenter
from samdesk.errors import CocoError

WIDTH, HEIGHT = 160, 120


@dataclass(frozen=True)
class Fixed:
    """A candidate that is what it is."""

    _mask: Mask
    score: float = 1.0
    stability_score: None = None
    logits: None = None

    def mask(self) -> Mask:
        return self._mask


class Oracle:
    """Knows the object, but shows only its left columns, more with every click."""

    info = EngineInfo("Oracle", "oracle", "CPU")

    def __init__(self, truth: Mask, share_per_click: float) -> None:
        self.truth, self.share = truth, share_per_click
        self.prompts: list[Prompt] = []

    def embed(
        self, image: RGB, *, token: CancelToken, progress: Progress = no_progress
    ) -> Embedding:
        return Embedding("oracle", image.shape[1], image.shape[0], None, 0)

    def predict(self, embedding: Embedding, prompt: Prompt) -> Prediction:
        self.prompts.append(prompt)
        shown = self.truth.bitmap()
        if prompt.box is None:
            share = min(1.0, self.share * len(prompt.points))
            shown[:, self.truth.x + round(self.truth.w * share) :] = False
        return Prediction(prompt, (Fixed(Mask.from_bitmap(shown)),))

    def close(self) -> None: ...


def square(x: int = 40, y: int = 30, side: int = 60) -> Mask:
    bitmap = np.zeros((HEIGHT, WIDTH), bool)
    bitmap[y : y + side, x : x + side] = True
    return Mask.from_bitmap(bitmap)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    image = np.full((HEIGHT, WIDTH, 3), (70, 90, 110), np.uint8)
    image[square().bitmap()] = (200, 60, 40)
    noisy = np.clip(image + rng.normal(0, 4, image.shape), 0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(tmp_path / "one.png")
    rle: dict[str, Any] = {"image_id": 1, "category_id": 1, "segmentation": square().rle()}
    polygon = [[40, 30, 100, 30, 100, 60, 40, 60]]
    document = {
        "images": [{"id": 1, "file_name": "one.png", "width": WIDTH, "height": HEIGHT}],
        "categories": [{"id": 1, "name": "thing"}],
        "annotations": [
            {**rle, "id": 1, "iscrowd": 0, "arr_coc": {"level": "whole"}},
            {**rle, "id": 2, "segmentation": polygon, "arr_coc": {"level": "part"}},
            {**rle, "id": 3, "iscrowd": 1},
            {**rle, "id": 4, "segmentation": square(3, 3, 4).rle()},
        ],
    }
    (tmp_path / "coco.json").write_text(json.dumps(document))
    return tmp_path


def options(folder: Path, *more: str) -> argparse.Namespace:
    parser = cli._verbs_parser()
    return parser.parse_args(["bench", "--clicks", str(folder), "--engine", "builtin", *more])


def test_subjects_are_masks_without_crowds_and_small_ones(folder: Path) -> None:
    ((path, found),) = clicks.subjects(folder / "coco.json", least_side=5)
    assert path == folder / "one.png"
    assert [(subject.identity, subject.level) for subject in found] == [(1, "whole"), (2, "part")]
    assert found[0].mask == square()
    assert found[1].mask.bbox_xywh == (40, 30, 60, 30)


def test_the_first_click_is_the_middle_and_the_next_the_middle_of_the_error() -> None:
    truth, present = square().bitmap(), np.zeros((HEIGHT, WIDTH), bool)
    first = clicks.next_click(truth, present)
    assert first is not None
    assert first.positive
    assert abs(first.x - 69.5) <= 0.5
    assert abs(first.y - 59.5) <= 0.5
    present[30:90, 40:80] = True
    missed = clicks.next_click(truth, present)
    assert missed is not None
    assert missed.positive
    assert 88 <= missed.x <= 91
    present[:, 100:] = present[truth] = True
    surplus = clicks.next_click(truth, present)
    assert surplus is not None
    assert not surplus.positive
    assert 128 <= surplus.x <= 131
    assert clicks.next_click(truth, truth) is None


def test_the_image_edge_is_a_border() -> None:
    whole = np.ones((41, 61), bool)
    click = clicks.next_click(whole, np.zeros_like(whole))
    assert click is not None
    assert click.y == 20
    assert 20 <= click.x <= 40


def test_figures_of_a_known_engine(folder: Path) -> None:
    engine = Oracle(square(), share_per_click=0.25)
    trials = clicks.measure(engine, clicks.subjects(folder / "coco.json"), limit=1)
    (trial,) = trials.objects
    assert trial.ious[:4] == pytest.approx((0.25, 0.5, 0.75, 1.0))
    assert trial.box_iou == 1.0
    assert trial.clicks_to(0.8) == 4
    summary = trials.summary("whole")
    assert summary["objects"] == 1
    assert summary["iou"][3] == pytest.approx(0.75)
    assert summary["iou"][20] == pytest.approx(1.0)
    assert summary["noc"] == {80: 4.0, 85: 4.0, 90: 4.0}
    assert summary["click_seconds"]["max"] >= summary["click_seconds"]["median"] >= 0
    assert trials.summary("part") == {"objects": 0}
    # The box alone, then every click together with the earlier ones.
    assert engine.prompts[0].box is not None
    assert [len(prompt.points) for prompt in engine.prompts[1:]] == [1, 2, 3, 4]


def test_an_engine_that_never_gets_there_counts_the_most_clicks(folder: Path) -> None:
    engine = Oracle(square(), share_per_click=0.02)
    trials = clicks.measure(engine, clicks.subjects(folder / "coco.json"), limit=1)
    assert len(trials.objects[0].ious) == clicks.MOST_CLICKS
    assert trials.summary()["noc"][90] == clicks.MOST_CLICKS


def test_the_built_in_engine_on_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert clicks.run(options(folder, "--limit", "1", "--json")) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["engine"] == BuiltinSegmenter.info.key
    assert answer["groups"]["all"]["box_iou"] > 0.95
    assert answer["objects"][0]["ious"][0] > 0.9


def test_levels_are_reported_apart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert clicks.run(options(folder, "--most-clicks", "2", "--least-side", "5")) == 0
    told = capsys.readouterr()
    for line in ("all: 2 objects", "whole: 1 objects", "part: 1 objects", "NoC"):
        assert line in told.out
    assert "one.png: 2 objects" in told.err


def test_what_cannot_be_measured_is_said(folder: Path, tmp_path: Path) -> None:
    (folder / "other.json").write_text("{}")
    with pytest.raises(CocoError, match="2 JSON files"):
        clicks.run(options(folder))
    with pytest.raises(CocoError, match="cannot be read"):
        clicks.run(options(folder / "other.json"))
    with pytest.raises(CocoError, match="cannot be read"):
        clicks.run(options(tmp_path / "none.json"))
    Image.new("RGB", (9, 9)).save(folder / "one.png")
    with pytest.raises(CocoError, match="other images"):
        clicks.run(options(folder / "coco.json"))
