"""What is around a click, by direction and distance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from samdesk.core.prompt import Point
from samdesk.engine.builtin.polar import DIRECTIONS, DISTANCES, Rings, Source
from samdesk.engine.builtin.propose import Scene, around_of, near_box, seen_from_click
from samdesk.engine.builtin.window import Picture, Window

WIDTH, HEIGHT = 600, 400


def ellipse(x: float, y: float, across: float, down: float) -> npt.NDArray[np.bool_]:
    rows, columns = np.indices((HEIGHT, WIDTH))
    return ((columns - x) / across) ** 2 + ((rows - y) / down) ** 2 < 1


def source(inside: npt.NDArray[np.bool_]) -> Source:
    values = inside[:, :, None].astype(np.uint8) * np.uint8(255)
    return Source(values, Window(0, 0, WIDTH, HEIGHT, HEIGHT, WIDTH))


def test_a_disc_is_all_that_is_nearer_than_its_radius() -> None:
    rings = Rings.around(Point(300, 200), WIDTH, HEIGHT)
    shown = rings.seen([source(ellipse(300, 200, 80, 80))])[0]
    assert shown.shape == (DIRECTIONS, DISTANCES)
    reached = (shown > 127).sum(axis=1)
    nearer = int(np.searchsorted(rings.radii(), 80))
    assert np.abs(reached - nearer).max() <= 1


def test_what_is_twice_as_large_is_the_same_farther_out() -> None:
    rings = Rings.around(Point(300, 200), WIDTH, HEIGHT)
    small, large = (
        rings.seen([source(ellipse(300, 200, 60 * k, 30 * k))])[0] > 127 for k in (1, 2)
    )
    out = round(np.log(2) / np.log(rings.radii()[1] / rings.radii()[0]))
    assert np.mean(large[:, out:] == small[:, :-out]) > 0.98


@pytest.mark.parametrize("click", [Point(300, 200), Point(250, 215), Point(371, 190)])
def test_what_is_seen_is_put_back_where_it_was(click: Point) -> None:
    truth = ellipse(300, 200, 100, 60)
    rings = Rings.around(click, WIDTH, HEIGHT)
    shown = rings.seen([source(truth)])[0].astype(np.float32) / 255
    found = rings.put_back(shown, Window(0, 0, WIDTH, HEIGHT, HEIGHT, WIDTH)) > 0.5
    assert np.count_nonzero(found & truth) > 0.97 * np.count_nonzero(found | truth)


def test_places_stand_for_the_area_that_they_cover() -> None:
    rings = Rings.around(Point(300, 200), WIDTH, HEIGHT)
    truth = ellipse(300, 200, 90, 50)
    shown = rings.seen([source(truth)])[0] / 255
    middle = np.pi * rings.inner**2  # within the least ring nothing is seen
    assert (shown * rings.areas()).sum() + middle == pytest.approx(truth.sum(), rel=0.03)


def test_far_things_are_not_torn() -> None:
    rings = Rings.around(Point(0, 0), WIDTH, HEIGHT)
    rng = np.random.default_rng(0)
    shown = rings.seen([source(rng.random((HEIGHT, WIDTH)) < 0.5)])[0]
    quarter = shown[2 : DIRECTIONS // 4 - 2]
    far = (rings.radii() > 150) & (rings.radii() < 300)
    assert quarter[:, far].std() < 40
    assert quarter[:, far].mean() == pytest.approx(127, abs=10)


def test_the_near_source_is_seen_as_far_as_it_reaches() -> None:
    rings = Rings.around(Point(300, 200), WIDTH, HEIGHT)
    near, far = source(np.ones((HEIGHT, WIDTH), bool)), source(np.zeros((HEIGHT, WIDTH), bool))
    shown = rings.seen([Source(near.values, near.window, 100.0), far])[0]
    assert (shown[:, rings.radii() < 100] == 255).all()
    assert (shown[:, rings.radii() >= 100] == 0).all()


def test_a_click_is_seen_with_what_is_like_it_and_its_object_found() -> None:
    rng = np.random.default_rng(1)
    truth = ellipse(300, 200, 60, 60)
    image = np.where(truth[:, :, None], (180.0, 70.0, 60.0), (110.0, 120.0, 125.0))
    picture = Picture.of(np.clip(image + rng.normal(0, 4, image.shape), 0, 255).astype(np.uint8))
    click = Point(300, 200)
    near = Scene.of(picture, near_box(picture, click)).firm
    scenes = near, Scene.of_whole(picture).firm
    rings = Rings.around(click, WIDTH, HEIGHT)
    shown = around_of(scenes, click, rings)
    assert shown.shape == (8, DIRECTIONS, DISTANCES)
    inside, outside = rings.radii() < 50, (rings.radii() > 70) & (rings.radii() < 150)
    for told in (4, 5, 7):  # alike, joined, the way to it
        assert shown[told][:, inside].mean() > shown[told][:, outside].mean() + 40
    *ways, first, second = seen_from_click(scenes, click)
    assert [way.kind for way in ways] == ["seen"] * 3
    assert first.kind == second.kind == "mean"
    assert {first.scene.whole, second.scene.whole} == {True, False}
    best = max(ways, key=lambda way: way.foretold)
    window = best.scene.window
    rows, columns = np.indices(window.shape)
    x = window.x0 + (columns + 0.5) / window.columns * window.size[0]
    y = window.y0 + (rows + 0.5) / window.rows * window.size[1]
    wanted, found = np.hypot(x - 300, y - 200) < 60, best.soft > 0.5
    assert np.count_nonzero(found & wanted) > 0.85 * np.count_nonzero(found | wanted)
