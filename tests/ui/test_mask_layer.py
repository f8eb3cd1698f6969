from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView
from pytestqt.qtbot import QtBot

from samdesk.core.mask import Mask
from samdesk.core.silhouette import Silhouettes
from samdesk.engine.base import CancelToken
from samdesk.runtime.lane import Job
from samdesk.ui.canvas import mask_layer
from samdesk.ui.canvas.mask_layer import Look, MaskLayer, Style, draw_tile

WIDTH, HEIGHT = 700, 500


class SlowLane:
    """A lane whose jobs are done when the test says so."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def submit(
        self,
        key: Any,
        work: Callable[[CancelToken], Any],
        *,
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        rank: float = 0.0,
    ) -> Job:
        job = Job(key, work, done, failed, lambda: None)
        self.jobs.append(job)
        return job

    def rest(self) -> None:
        pass

    def run(self) -> int:
        """Does what was asked for; how many jobs were not cancelled."""
        jobs, self.jobs = self.jobs, []
        wanted = [job for job in jobs if not job.token.is_cancelled]
        for job in wanted:
            job.done(job.work(job.token))
        return len(wanted)


class Stage:
    """A layer in a view, which is painted when the test says so."""

    def __init__(self, qtbot: QtBot) -> None:
        self.lane = SlowLane()
        self.layer = MaskLayer(WIDTH, HEIGHT, Style.ACCEPTED, self.lane)  # type: ignore[arg-type]
        self.scene = QGraphicsScene()
        self.scene.setSceneRect(0, 0, WIDTH, HEIGHT)
        self.scene.addItem(self.layer)
        self.view = QGraphicsView(self.scene)
        self.view.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.resize(400, 300)
        self.view.setBackgroundBrush(Qt.GlobalColor.black)
        qtbot.addWidget(self.view)
        with qtbot.waitExposed(self.view):
            self.view.show()
        self.view.horizontalScrollBar().setValue(0)
        self.view.verticalScrollBar().setValue(0)

    def picture(self) -> np.ndarray:
        """What is on screen now, (h, w), each colour another number."""
        image = self.view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
        pixels = lines[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)
        return pixels @ np.array([1, 256, 65536])

    def settle(self) -> None:
        for _ in range(10):
            self.picture()
            if not self.lane.run():
                return
        raise AssertionError("tiles are drawn again and again")


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return Stage(qtbot)


def square(x: int, y: int, side: int = 60) -> Mask:
    return Mask.from_crop(np.ones((side, side)), x, y, WIDTH, HEIGHT)


def ragged(seed: int) -> Mask:
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    cx, cy = rng.uniform(100, 600), rng.uniform(100, 400)
    return Mask.from_bitmap(np.hypot(x - cx, y - cy) < 80 + rng.uniform(-9, 9, x.shape))


def pixels(tile: QImage) -> np.ndarray:
    return np.frombuffer(tile.constBits(), np.uint8).reshape(tile.height(), tile.width(), 4).copy()


@pytest.mark.parametrize("scale", [0.3, 0.5, 0.77, 1.0, 1.37, 2.9])
@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_tiles_meet_without_seams(
    scale: float, ratio: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = [(Look(ragged(seed), "#e69f00"), style) for seed, style in enumerate(Style)]
    small = np.block(
        [
            [[pixels(draw_tile(looks, (i, j), scale, ratio, Silhouettes()))] for i in range(3)]
            for j in range(3)
        ]
    )
    monkeypatch.setattr(mask_layer, "_SIDE", 3 * mask_layer._SIDE)
    whole = pixels(draw_tile(looks, (0, 0), scale, ratio, Silhouettes()))
    assert whole.any()
    # Below 100 %, OpenCV rounds the places of samples by what it is asked for.
    assert np.abs(small.astype(int) - whole).max() <= (0 if scale >= 1 else 8)


def test_what_masks_are_can_be_seen_without_colour() -> None:
    look = Look(square(20, 20), "#808080")
    drawn = [pixels(draw_tile([(look, style)], (0, 0), 1.0, 1.0, Silhouettes())) for style in Style]
    for i, one in enumerate(drawn):
        for other in drawn[i + 1 :]:
            assert (one != other).any()


def test_masks_appear_and_go(stage: Stage) -> None:
    stage.settle()
    assert not stage.picture().any()
    stage.layer.show_looks(
        {1: Look(square(10, 10), "#ffffff"), 2: Look(square(300, 200), "#ff0000")}
    )
    stage.settle()
    both = stage.picture()
    assert both[40, 40] and both[230, 330]
    stage.layer.show_looks({2: Look(square(300, 200), "#ff0000")})
    # Until it has been drawn anew, everything stays.
    assert (stage.picture() == both).all()
    stage.settle()
    one = stage.picture()
    assert not one[40, 40]
    assert one[230, 330] == both[230, 330]
    stage.layer.show_looks({})
    stage.settle()
    assert not stage.picture().any()
    assert stage.layer.is_ready


def test_only_what_changed_is_drawn_anew(stage: Stage) -> None:
    looks = {n: Look(square(10 + 100 * n, 10), "#ffffff") for n in range(4)}
    stage.layer.show_looks(looks)
    stage.settle()
    stage.layer.show_looks(dict(looks))
    stage.picture()
    assert stage.lane.jobs == []
    stage.layer.select([0])
    stage.picture()
    assert [job.key for job in stage.lane.jobs] == [(0, 0)]
    before = stage.picture()
    stage.lane.run()
    assert (stage.picture() != before).any()
    stage.layer.select([])
    stage.settle()
    assert stage.layer.is_ready


def test_the_selected_mask_lies_above_the_others(stage: Stage) -> None:
    stage.layer.show_looks(
        {1: Look(square(10, 10, 200), "#ff0000"), 2: Look(square(60, 60), "#00ff00")}
    )
    stage.settle()
    small_above = stage.picture()[60, 60:120]
    stage.layer.select([1])
    stage.settle()
    assert (stage.picture()[60, 60:120] != small_above).any()


def test_masks_stay_on_screen_while_the_wheel_turns(stage: Stage) -> None:
    stage.layer.show_looks({1: Look(square(0, 0, 400), "#ffffff")})
    stage.settle()
    for _ in range(20):
        stage.view.scale(1.1, 1.1)
        assert stage.picture()[150, 200], "the mask flickers"
    first = stage.lane.run()
    assert first
    # One zoom was finished; the last one follows, those between were never begun.
    assert stage.picture()[150, 200]
    assert stage.lane.jobs
    stage.settle()
    assert stage.layer.is_ready
    assert stage.lane.jobs == []


def test_nothing_comes_after_the_layer_was_closed(stage: Stage) -> None:
    stage.layer.show_looks({1: Look(square(10, 10), "#ffffff")})
    stage.picture()
    assert stage.lane.jobs
    late = stage.lane.jobs[0]
    stage.layer.close()
    assert all(job.token.is_cancelled for job in stage.lane.jobs)
    late.done(late.work(late.token))
    assert not stage.picture().any()


def test_tiles_out_of_sight_are_given_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mask_layer, "_TILES_KEPT", 30)
    stage.layer.show_looks({1: Look(square(0, 0, 450), "#ffffff")})
    stage.view.scale(20, 20)
    for step in range(0, 6000, 500):
        stage.view.horizontalScrollBar().setValue(step)
        stage.settle()
        assert len(stage.layer._tiles) <= 60
    stage.view.horizontalScrollBar().setValue(0)
    stage.settle()
    assert stage.picture()[150, 200]


def test_drawing_may_rest_between_the_parts_of_a_tile() -> None:
    looks = [(Look(square(20, 20), "#808080"), Style.SELECTED)] * 2
    rests: list[None] = []
    tile = draw_tile(looks, (0, 0), 1.0, 1.0, Silhouettes(), lambda: rests.append(None))
    # Each mask is filled, and has three lines.
    assert len(rests) == 2 * (1 + 4)
    assert (pixels(tile) == pixels(draw_tile(looks, (0, 0), 1.0, 1.0, Silhouettes()))).all()


def test_masks_are_filled_as_strongly_as_is_wished() -> None:
    bitmap = np.zeros((100, 100), bool)
    bitmap[20:80, 20:80] = True
    looks = [(Look(Mask.from_bitmap(bitmap), "#ff0000"), Style.ACCEPTED)]
    drawn = {
        fill: pixels(draw_tile(looks, (0, 0), 1.0, 1.0, Silhouettes(), fill=fill))
        for fill in (0.0, 1.0, 2.0)
    }
    middle = {fill: int(one[50, 50, 3]) for fill, one in drawn.items()}
    assert middle[0.0] == 0 < middle[1.0] < middle[2.0] == 2 * middle[1.0]
    # The outline stays as it is.
    assert (drawn[0.0][19:22, 50] == drawn[1.0][19:22, 50]).any()
    assert drawn[0.0][20, 50, 3] > 0


def test_another_fill_draws_anew(stage: Stage) -> None:
    stage.layer.show_looks({0: Look(square(10, 10), "#ff0000")})
    stage.settle()
    before = stage.picture()
    stage.layer.fill(0.5)
    stage.settle()
    assert (stage.picture() != before).any()
