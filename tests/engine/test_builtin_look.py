"""The networks that look: what they are shown, what they make of it, where that goes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from samdesk.core.prompt import Box, Point
from samdesk.engine.builtin.convolution import SIDE, WRAPPED, Look, looks, seen
from samdesk.engine.builtin.inside import likely_inside
from samdesk.engine.builtin.look import (
    AROUND_BOX,
    around,
    boundaries,
    framed,
    known_of,
    mended,
    put_back,
    square,
    view,
)
from samdesk.engine.builtin.propose import (
    Scene,
    covered,
    evidence_of_box,
    from_box,
    padded_box,
    walks_and_cut,
)
from samdesk.engine.builtin.window import Picture

BOX = Box(90, 60, 150, 120)


def disc() -> Picture:
    """A red disc that fills `BOX` on uneven grey."""
    rng = np.random.default_rng(2)
    rows, columns = np.indices((180, 240))
    inside = np.hypot(rows + 0.5 - 90, columns + 0.5 - 120) < 30
    image = np.where(inside[:, :, None], (180.0, 70.0, 60.0), (120.0, 120.0, 115.0))
    return Picture.of(np.clip(image + rng.normal(0, 4, image.shape), 0, 255).astype(np.uint8))


def network(kind: str = "box", **weights: npt.NDArray[np.float64]) -> Look:
    """One of all zeros but for these."""
    fitted = looks()[kind]
    zeros = {name: np.zeros_like(values) for name, values in fitted.weights.items()}
    given = {
        name.replace("__", "."): np.asarray(values, np.float32) for name, values in weights.items()
    }
    return Look({**zeros, **given}, fitted.is_round)


def test_the_file_has_a_network_for_every_view() -> None:
    assert {kind: look.is_round for kind, look in looks().items()} == {
        "box": False,
        "mask": False,
        "click": True,
    }


def test_the_network_knows_no_more_than_its_weights() -> None:
    shown = np.full((9, SIDE, SIDE), 255, np.uint8)
    (inside,), expected = network()(shown)
    assert inside == pytest.approx(np.full((SIDE, SIDE), 0.5))
    assert expected == pytest.approx([0.5])
    (four,), (expected,) = network(
        inside__bias=np.array([-9.0, 9.0, -9.0, 9.0]), expected__bias=np.array([9.0])
    )(shown)
    # The last layer's four odds are those of the upper two and the lower two pixels.
    assert four[:, ::2] == pytest.approx(0, abs=1e-3)
    assert four[:, 1::2] == pytest.approx(1, abs=1e-3)
    assert expected > 0.999


def test_a_view_and_its_mirror_image_count_alike() -> None:
    shown = np.random.default_rng(0).integers(0, 256, (9, SIDE, SIDE), np.uint8)
    (inside,), expected = looks()["box"](shown)
    (mirrored,), again = looks()["box"](shown[:, ::-1])
    assert mirrored[::-1] == pytest.approx(inside, abs=1e-4)
    assert again == pytest.approx(expected, abs=1e-4)


def test_of_several_ways_every_one_has_four_odds_of_its_own() -> None:
    shown = np.zeros((8, 48, 32), np.uint8)
    ways, expected = network("click", inside__bias=np.repeat([-9.0, 0.0, 9.0], 4))(shown)
    assert ways.shape == (3, 48, 32) and expected.shape == (3,)
    assert ways.mean(axis=(1, 2)) == pytest.approx([0, 0.5, 1], abs=1e-3)


def test_a_round_view_goes_on_where_it_ends() -> None:
    rng = np.random.default_rng(0)
    shown = rng.integers(0, 256, (8, 48, 32), np.uint8)
    look = looks()["click"]
    once, _ = look(shown)
    turned, _ = look(np.roll(shown, 16, axis=1))
    # Not the same, for views are seen in steps, but no seam stands out.
    apart = np.abs(np.roll(once, 16, axis=1) - turned).mean(axis=(0, 2))
    seams = np.r_[0:WRAPPED, 48 - WRAPPED : 48, 16 - WRAPPED : 16 + WRAPPED]
    assert apart[seams].mean() < 0.1


def test_a_convolution_sees_its_neighbours_and_nothing_beyond_the_edge() -> None:
    kernel = np.zeros_like(looks()["box"].weights["at_half.weight"])
    kernel[0, 0, 8, 0] = 1.0  # the upper left neighbour's last channel
    shown = np.zeros((9, SIDE, SIDE), np.uint8)
    shown[8] = 255
    half = network(at_half__weight=kernel)._convolved(seen(shown), "at_half", 2)
    assert half.shape[:2] == (SIDE // 2, SIDE // 2)
    assert (half[0, :, 0] == 0).all() and (half[:, 0, 0] == 0).all()
    assert half[1:, 1:, 0] == pytest.approx(1)


def test_light_and_chroma_are_nothing_beyond_the_image() -> None:
    shown = np.zeros((9, 2, 2), np.uint8)
    shown[:3], shown[6, 0] = 255, 255
    x = seen(shown)
    assert x[0, 0, :3] == pytest.approx([0.5, 1.5, 1.5])
    assert x[1, 0, :3] == pytest.approx([0, 0, 0])


@pytest.mark.parametrize("corners", [(40.0, 30.0, 70.0, 90.0), (0.0, 0.0, 280.0, 300.0)])
def test_what_is_seen_is_put_back_where_it_was(corners: tuple[float, float, float, float]) -> None:
    top, left, bottom, right = (round(corner) for corner in corners)
    inside = np.zeros((300, 320), np.float32)
    inside[top:bottom, left:right] = 1
    frame = framed(corners)
    shown = square((inside[:, :, None] * 255).astype(np.uint8), frame)[0]
    again = put_back(shown.astype(np.float32) / 255, frame, inside.shape) > 0.5
    wrong = np.count_nonzero(again != (inside > 0.5))
    # Half a pixel of the view all along the border at most.
    assert wrong <= 2 * (bottom - top + right - left) * max(1, frame[2] / SIDE) * 0.5


def test_the_view_shows_the_box_in_its_middle_and_its_outline() -> None:
    scene = Scene.of(disc(), padded_box(BOX))
    inside = covered(scene, BOX)
    frame = framed(scene.window.working_box(BOX))
    shown = view(scene.rgb, scene.graph, frame, (inside, inside, inside, inside))
    assert shown.shape == (9, SIDE, SIDE)
    rows, columns = np.nonzero(shown[8] > 127)
    assert (rows.min() + rows.max()) / 2 == pytest.approx(SIDE / 2 - 0.5, abs=1)
    assert np.ptp(rows) + 1 == pytest.approx(SIDE / AROUND_BOX, abs=2)
    assert (columns.min() + columns.max()) / 2 == pytest.approx(SIDE / 2 - 0.5, abs=1)
    red = shown[1].astype(int)
    assert red[SIDE // 2, SIDE // 2] > red[8, 8] + 40


def test_boundaries_run_along_the_disc() -> None:
    scene = Scene.of(disc(), padded_box(BOX))
    found = boundaries(scene.graph)
    row, column = scene.window.row_column(Point(120, 90))
    radius = 30 * scene.window.scale
    rows, columns = np.indices(found.shape)
    away = np.hypot(rows - row, columns - column)
    on, off = np.abs(away - radius) < 2.5, away < 0.7 * radius
    assert found[on].mean() > 4 * found[off].mean()


def test_a_box_is_drawn_finer_than_by_superpixels() -> None:
    picture = disc()
    scene = Scene.of(picture, padded_box(BOX))
    size = picture.width, picture.height
    first, *others = from_box(scene, BOX, size)
    rows, columns = np.indices(scene.window.shape)
    row, column = scene.window.row_column(Point(120, 90))
    truth = np.hypot(rows - row, columns - column) < 30 * scene.window.scale
    iou = np.count_nonzero((first.soft > 0.5) & truth) / np.count_nonzero(
        (first.soft > 0.5) | truth
    )
    assert first.kind == "seen"
    assert iou > 0.93
    assert {other.kind for other in others} == {"seen", "likely", "walk", "cut", "mean"}
    assert (first.soft[covered(scene, BOX) == 0] == 0).all()


def test_superpixels_outside_of_the_box_are_not_its_objects() -> None:
    picture = disc()
    scene = Scene.of(picture, padded_box(BOX))
    evidence, named, outside = evidence_of_box(scene, BOX, (picture.width, picture.height))
    likely = likely_inside(named, outside)
    assert (likely[outside] == 0).all()
    assert likely[scene.node(Point(120, 90))] > 0.8
    walks, cut = walks_and_cut(evidence)
    assert walks.shape == cut.shape == scene.window.shape


def scene_and_truth() -> tuple[Scene, npt.NDArray[np.bool_]]:
    scene = Scene.of(disc(), padded_box(BOX))
    rows, columns = np.indices(scene.window.shape)
    row, column = scene.window.row_column(Point(120, 90))
    return scene, np.hypot(rows - row, columns - column) < 30 * scene.window.scale


def test_a_mask_is_seen_with_its_clicks() -> None:
    soft = np.zeros((100, 120), np.float32)
    soft[40:60, 30:70] = 1
    assert around(soft, []) == (40, 30, 60, 70)
    assert around(soft, [((50, 90), True)]) == (40, 30, 60, 91)
    assert around(np.zeros_like(soft), [((5, 6), True)]) == (5, 6, 6, 7)


def test_clicks_of_both_signs_are_told_apart() -> None:
    scene, truth = scene_and_truth()
    soft = truth.astype(np.float32)
    frame = framed(around(soft, []))
    mask, colours, positive, negative = known_of(
        scene.graph, frame, soft, [((20, 30), True), ((70, 80), False)]
    )
    assert mask is soft
    assert colours[truth].mean() > 0.8 > 0.3 > colours[~truth].mean()
    assert np.unravel_index(positive.argmax(), soft.shape) == (20, 30)
    assert np.unravel_index(negative.argmax(), soft.shape) == (70, 80)
    assert positive[70, 80] < 0.01 > negative[20, 30]


def test_errors_that_can_be_seen_are_mended() -> None:
    scene, truth = scene_and_truth()
    row, column = scene.window.row_column(Point(120, 90))
    rough = truth.copy()
    size = round(15 * scene.window.scale)
    rough[row : row + 2 * size, column - size // 2 : column + size // 2] = False
    click = ((row - size, column), True)
    found = mended(scene.rgb, scene.graph, rough.astype(np.float32), [click]) > 0.5

    def iou(mask: npt.NDArray[np.bool_]) -> float:
        return float(np.count_nonzero(mask & truth) / np.count_nonzero(mask | truth))

    assert iou(found) > iou(rough) + 0.05


def test_what_is_not_seen_stays_as_it_was() -> None:
    scene, _ = scene_and_truth()
    soft = np.zeros(scene.window.shape, np.float32)
    soft[30:40, 30:40] = 1
    soft[-1, -1] = 0.4
    assert mended(scene.rgb, scene.graph, soft, [])[-1, -1] == pytest.approx(0.4)
