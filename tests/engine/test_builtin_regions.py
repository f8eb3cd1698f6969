"""What the built-in engine chooses among: boundaries, regions, and how they are compared."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from samdesk.core.prompt import Box, Point
from samdesk.engine.builtin.graph import Graph, build_graph
from samdesk.engine.builtin.hierarchy import Hierarchy
from samdesk.engine.builtin.judge import overlaps
from samdesk.engine.builtin.network import JUDGES, Council, Network, networks
from samdesk.engine.builtin.propose import Proposal, Scene, regions
from samdesk.engine.builtin.window import Picture


def noisy(colours: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    rng = np.random.default_rng(3)
    return np.clip(colours + rng.normal(0, 3, colours.shape), 0, 255).astype(np.uint8)


def halves(
    left: tuple[int, int, int], right: tuple[int, int, int], blur: float = 1e-3
) -> npt.NDArray[np.uint8]:
    """Two colours, one going over into the other within `blur` columns."""
    share = np.clip((np.arange(240) - 119.5) / blur + 0.5, 0, 1)[:, None]
    row = (1 - share) * np.array(left) + share * np.array(right)
    return noisy(np.broadcast_to(row, (180, 240, 3)))


def strength_in_the_middle(graph: Graph) -> float:
    sides = graph.centre[graph.ends, 1] < 119.5
    across = sides[:, 0] != sides[:, 1]
    return float(np.average(graph.strength[across], weights=graph.length[across]))


def ring() -> npt.NDArray[np.uint8]:
    """A red ring around a blue disc on grey."""
    rows, columns = np.indices((180, 240))
    away = np.hypot(rows - 90, columns - 120)[:, :, None]
    image = np.where(away < 55, (190.0, 60.0, 50.0), (120.0, 125.0, 120.0))
    return noisy(np.where(away < 25, (50.0, 70.0, 180.0), image))


def test_the_network_is_the_sum_that_the_file_says() -> None:
    network = Network.parse(
        {
            "features": {"a": [1.0, 2.0], "b": [0.0, 1.0]},
            "layers": [
                {"weights": [[1.0, -1.0], [0.5, 0.5]], "bias": [0.0, 0.25]},
                {"weights": [[2.0], [3.0]], "bias": [-1.0]},
            ],
        }
    )
    # (3, 1) is (1, 1) in deviations: hidden 1.5 and max(0, -0.25), so 2 x 1.5 - 1.
    assert network(np.array([[3.0, 1.0]], np.float32)).tolist() == [2.0]
    # What is far beyond all that was seen counts as four deviations.
    far = network(np.array([[1e6, 0.0], [9.0, 0.0]], np.float32))
    assert far[0] == far[1]


def test_a_judge_compares_a_proposal_with_those_like_it_and_with_all() -> None:
    raw = {
        "features": {"a": [0.0, 1.0]},
        "layers": [
            {"weights": [[1.0]], "bias": [0.0]},
            {"weights": [[1.0], [10.0], [100.0]], "bias": [0.0]},
            {"weights": [[1.0]], "bias": [0.0]},
        ],
    }
    likeness = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
    told = Council.parse(raw).among(np.array([[1.0], [3.0]], np.float32), likeness)
    # Itself, those like it (itself alone), and the mean of 1 and 3.
    assert told == pytest.approx([1 + 10 + 200, 3 + 30 + 200], rel=1e-4)


def test_the_file_has_a_network_for_every_question() -> None:
    assert set(networks()) == {"boundary", "inside", *JUDGES}


def test_a_soft_shadow_divides_less_than_a_sharp_edge_of_light_or_colour() -> None:
    lit, shaded, other = (150, 120, 90), (105, 84, 63), (90, 120, 150)
    none = strength_in_the_middle(build_graph(halves(lit, lit)))
    soft = strength_in_the_middle(build_graph(halves(lit, shaded, blur=30)))
    sharp = strength_in_the_middle(build_graph(halves(lit, shaded)))
    colour = strength_in_the_middle(build_graph(halves(lit, other)))
    assert none < soft < min(sharp, colour)


def test_weak_boundaries_merge_first() -> None:
    # Four nodes in a row, the strongest boundary between the second and the third.
    hierarchy = Hierarchy.of(
        np.array([[0, 1], [1, 2], [2, 3]], np.int32),
        np.ones(3, np.float32),
        np.array([0.1, 2.0, 0.2], np.float32),
        np.ones(4, np.float32),
    )
    around = [region.tolist() for region, _, _ in hierarchy.around(3)]
    assert around == [
        [False, False, False, True],
        [False, False, True, True],
        [True, True, True, True],
    ]


def test_a_node_joins_the_chosen_at_the_height_of_their_merge() -> None:
    hierarchy = Hierarchy(
        np.array([[0, 1], [2, 3], [4, 5]], np.int32), np.array([0.1, 0.2, 2.0], np.float32), 4
    )
    joined = hierarchy.joins(np.array([True, False, False, False]))
    assert joined == pytest.approx([0.0, 0.1, 2.0, 2.0])
    sums = hierarchy.gathered(np.array([1.0, 2.0, 3.0, 4.0]), np.add)
    assert sums.tolist() == [1, 2, 3, 4, 3, 7, 10]
    assert hierarchy.most_around(np.array([1, 2, 9, 4, 3, 7, 5.0])).tolist() == [5, 5, 9, 7]


def test_regions_hold_the_click_and_grow_until_a_negative_one() -> None:
    picture = Picture.of(ring())
    scene = Scene.of_whole(picture).firm
    click, below = Point(120, 130), Point(120, 90, positive=False)
    found = [p for p in regions(scene, click) if p.kind == "region"]
    sizes = [float(p.inside @ scene.graph.area) for p in found]
    assert sizes == sorted(sizes)
    assert all(p.inside[scene.node(click)] == 1 for p in found)
    kept = [p for p in regions(scene, click, (below,)) if p.kind == "region"]
    assert kept
    assert all(p.inside[scene.node(below)] == 0 for p in kept)


def test_a_ring_is_offered_with_and_without_what_it_encloses() -> None:
    scene = Scene.of_whole(Picture.of(ring())).firm
    middle = scene.node(Point(120, 90))
    found = list(regions(scene, Point(120, 130)))
    assert any(p.kind == "region" and p.inside[middle] == 0 for p in found)
    assert any(p.kind == "filled" and p.inside[middle] == 1 for p in found)


def test_proposals_of_two_windows_are_compared_in_the_image() -> None:
    picture = Picture.of(ring())
    whole, near = Scene.of_whole(picture), Scene.of(picture, Box(60, 30, 180, 150))
    both = []
    for scene in (whole, near):
        rows, columns = scene.graph.centre.T
        x = scene.window.x0 + (columns + 0.5) / scene.window.columns * scene.window.size[0]
        y = scene.window.y0 + (rows + 0.5) / scene.window.rows * scene.window.size[1]
        both.append(Proposal(scene, (np.hypot(x - 120, y - 90) < 40).astype(np.float32)))
    nothing = Proposal(whole, np.zeros(whole.graph.nodes, np.float32))
    likeness = overlaps([*both, nothing])
    assert likeness[0, 1] > 0.8
    assert likeness[0, 2] == 0
