"""The eight sample pictures, as data."""

from collections.abc import Callable
from typing import Any

from materials import (
    Material,
    Pattern,
    checkers,
    folds,
    grainy,
    marble,
    plain,
    weave,
    wood,
)
from scene import Backdrop, Camera, Item, Light, Scene


def item(
    kind: str,
    x: float,
    y: float,
    turn: float | tuple[float, float, float] = 0.0,
    size: float = 1.0,
    z: float | None = None,
    /,
    **options: Any,
) -> Item:
    """An item written short: a single `turn` is about the vertical."""
    turns = turn if isinstance(turn, tuple) else (0.0, 0.0, turn)
    return Item(kind, (x, y), turns, size, z, options)


def table(pattern: Pattern, roughness: float = 0.4, bump: Pattern | None = None) -> Material:
    """A table top, with the sheen of its finish."""
    return Material(pattern, roughness, 0.04, bump)


def plaster(code: str) -> Material:
    """A painted wall with broad clouds in its colour."""
    return Material(plain(code, 0.16, 0.45), 0.9, 0.02)


def fruit_bowl() -> Scene:
    """Fruit in and round a blue bowl on an oak table."""
    return Scene(
        "fruit_bowl",
        (1600, 1200),
        Camera((0.2, -8.6, 4.6), (-0.12, 0.0, 0.66), 23),
        Backdrop(table(wood("#6e4b34", "#473021", 0, 0.9, 1.7, 4), 0.38), plaster("#7d8c86"), 4.2),
        (
            item("bowl", -0.3, 0.5, colour="#28598c", inside="#e9e2d2", wide=1.28, deep=0.84),
            item("apple", -0.42, -0.02, (16, -6, 40), 0.98, seed=1, colour="#a31219"),
            item("orange", 0.22, 0.5, (10, 24, 10), 0.96, seed=2),
            item("pear", -0.3, 1.08, (-16, 12, -30), 0.95, seed=4),
            item(
                "apple", -0.9, 0.6, (4, -22, 130), 0.92, seed=11, colour="#c8891c", blush="#b3271d"
            ),
            item("banana", 0.98, -0.92, 14, 1.0, seed=3),
            item("lemon", -0.85, -1.25, 24, 1.0, seed=5),
            item(
                "apple",
                1.62,
                0.42,
                (0, 6, -30),
                1.08,
                seed=6,
                colour="#7fa02c",
                blush="#cfc04a",
                leaf=True,
            ),
            item("grapes", -1.92, -0.62, 222, 0.98),
        ),
        Light((-5, -3.5, 8), 1.3, (2.7, 2.4, 2.0)),
    )


def desk() -> Scene:
    """Books, a mug, a cactus and pencils on a light desk."""
    return Scene(
        "desk",
        (1800, 1200),
        Camera((-0.5, -9.4, 4.9), (0.03, 0.0, 0.66), 21.5),
        Backdrop(table(wood("#d9bd93", "#b8925f", 0, 0.6, 2.6, 2), 0.42), plaster("#4f6673"), 3.6),
        (
            item("book", -1.45, 0.6, 8, colour="#1f3f66", extent=(2.1, 1.55, 0.5), title=2),
            item("book", -1.6, 0.7, -9, colour="#8c2630", extent=(1.45, 1.1, 0.4), title=1),
            item("puzzle_cube", -0.85, -1.0, 30, 0.66),
            item("mug", 0.65, -0.05, -32, 1.05, colour="#c9452f", stripe="#f0e6d2"),
            item("cactus", 1.95, 0.85, 100, 0.9, pot="#e6dfd2", colour="#3f8a45"),
            item("pencil", 0.45, -1.5, 8, 1.1, colour="#2b5fa8"),
            item("pencil", 1.55, -0.98, -16, 1.05, colour="#d33c2a"),
            item("tennis_ball", 2.3, -0.25, (20, 40, 10), 1.0),
        ),
        Light((-6, -3, 8), 1.2, (2.5, 2.35, 2.1)),
    )


def breakfast() -> Scene:
    """Doughnuts, coffee, an egg and an orange on a checked cloth."""
    return Scene(
        "breakfast",
        (1280, 1280),
        Camera((0.0, -6.6, 7.4), (-0.05, 0.1, 0.3), 25),
        Backdrop(
            table(weave("#dfe3e3", "#7b9dbd", 0.42), 0.85, folds(0.05, 0.8)),
            plaster("#a7a294"),
            6.0,
        ),
        (
            item("plate", -0.7, -0.2, wide=1.15, colour="#2c4f63", rim="#2f7f86"),
            item("donut", -0.7, -0.2, 20, 0.82, icing="#e0709a", seed=1),
            item("donut", 0.62, -1.38, 80, 0.88, icing="#4a2412", dough="#c98a45", seed=2),
            item("mug", 1.15, 0.8, 20, 1.1, colour="#d98a1f", stripe=None),
            item("egg", -1.55, 1.35, 0, 1.05, colour="#c07a4c", cup="#b8352c"),
            item("orange", 0.15, 1.35, (10, 14, 30), 1.05, seed=5, leaf=True),
            item("tomato", 1.45, -0.5, 30, 1.0, seed=3),
        ),
        Light((-5, 2.5, 8), 1.3, (2.5, 2.35, 2.1)),
        exposure=0.86,
    )


def bottles() -> Scene:
    """Bottles and vases in front of a warm wall, on marble."""
    return Scene(
        "bottles",
        (1152, 1536),
        Camera((-0.05, -9.8, 3.4), (-0.05, 0.1, 1.12), 27),
        Backdrop(table(marble("#d6d3cc", "#6f6c6a", 0.5), 0.22), plaster("#a8775a"), 3.4),
        (
            item("bottle", -0.55, 0.75, -6, 1.12, colour="#14502c", cap="#9c1f24"),
            item("vase", 0.75, 0.85, 0, 1.15, shape="tall", colour="#2e5d86"),
            item(
                "vase",
                -1.35,
                -0.05,
                0,
                0.78,
                shape="round",
                colour="#eadfcb",
                spots="#6d4a2e",
                matt=True,
            ),
            item(
                "bottle",
                0.28,
                -0.15,
                14,
                0.72,
                colour="#5e2f10",
                label="#e4d7a8",
                cap="#22252a",
                mark="#1f4f3a",
                tall=0.92,
            ),
            item(
                "vase",
                1.28,
                -0.35,
                0,
                0.78,
                shape="jar",
                colour="#e0a526",
                bands=["#e8dcc0", "#7a3b1e"],
            ),
            item("lemon", -0.55, -1.0, (0, 0, 35), 0.95, seed=2),
            item("pear", 0.5, -1.25, (0, 96, -150), 0.82, seed=3, colour="#7f9a35"),
        ),
        Light((-6, -4.5, 8), 1.3, (2.5, 2.3, 2.0)),
        exposure=0.86,
    )


def toys() -> Scene:
    """Blocks, rings, a ball and a stacking tower on a nursery floor."""
    return Scene(
        "toys",
        (2048, 1365),
        Camera((0.3, -9.8, 5.3), (0.0, 0.1, 0.78), 23),
        Backdrop(
            table(plain("#8fb0b4", 0.05, 2.0), 0.5, grainy(0.003, 9.0)), plaster("#d8c9a8"), 4.5
        ),
        (
            item("ring_tower", -1.95, 0.75, 0, 1.0),
            item("block", -0.7, 0.55, 18, 1.0, colour="#c8342b", letter="A"),
            item("block", 0.28, 0.75, -12, 1.0, colour="#2860b0", letter="B"),
            item("block", -0.22, 0.6, 30, 1.0, colour="#1f8a4a", letter="C"),
            item("ball", 1.75, 0.85, (25, 30, 20), 1.15),
            item(
                "solid_block",
                0.95,
                -0.6,
                24,
                1.0,
                shape="arch",
                colour="#d9a11c",
                half=(0.62, 0.3, 0.42),
            ),
            item("ring", -0.95, -0.95, (0, 0, 0), 1.0, colour="#d2491f"),
            item("star", 2.3, -0.75, (0, 0, 20), 0.95, colour="#7b3fa0"),
            item(
                "solid_block",
                -2.35,
                -0.85,
                15,
                0.95,
                shape="roof",
                colour="#b5302b",
                half=(0.5, 0.45, 0.35),
            ),
        ),
        Light((-5, -4, 9), 1.2, (2.5, 2.4, 2.2)),
    )


def games() -> Scene:
    """Chessmen, dice and coins on a board."""
    return Scene(
        "games",
        (1440, 1080),
        Camera((-0.9, -7.9, 4.8), (0.05, 0.1, 0.6), 27),
        Backdrop(
            table(
                checkers(
                    wood("#9c7f5c", "#866a48", 0, 0.9, seed=1),
                    wood("#3a3a34", "#2b2b27", 1, 0.9, seed=2),
                    1.0,
                ),
                0.3,
            ),
            plaster("#39514a"),
            5.2,
        ),
        (
            item("chessman", -1.5, 0.55, 0, 1.08, kind="king", colour="#ecd9a6", dark="#cfae6e"),
            item("chessman", 0.5, 0.6, 0, 1.0, kind="rook", colour="#4a1f16", dark="#2c100b"),
            item("chessman", 1.55, 1.4, 0, 1.05, kind="queen", colour="#4a1f16", dark="#2c100b"),
            item("chessman", -0.5, 1.45, 0, 1.05, kind="bishop", colour="#ecd9a6", dark="#cfae6e"),
            item("die", 0.15, -0.95, 25, 0.95, colour="#b3202a", pips="#f3ead8"),
            item("die", -0.72, -0.68, (90, 0, -20), 0.95, colour="#1f5fae", pips="#f3ead8"),
            item("coins", 1.55, -0.55, 0, 1.05, count=6),
            item("peg", -1.75, -1.15, 0, 0.8, colour="#2c9a55"),
        ),
        Light((-5, -3, 8), 1.1, (2.7, 2.5, 2.2)),
    )


def autumn() -> Scene:
    """A pumpkin, mushrooms, leaves and a candle on slate."""
    return Scene(
        "autumn",
        (1200, 1600),
        Camera((0.2, -9.4, 5.2), (0.1, -0.1, 0.72), 25.5),
        Backdrop(
            table(plain("#4b555b", 0.4, 1.3), 0.55, grainy(0.02, 4.0, 3)), plaster("#5d5347"), 4.2
        ),
        (
            item("pumpkin", -0.45, 0.75, 20, 1.15),
            item("candle", 0.95, 0.95, 0, 1.0, colour="#d8c7a0", tall=1.35, radius=0.36),
            item("mushroom", 1.12, -0.5, (4, 8, 20), 0.95),
            item("mushroom", 0.25, -0.62, (-4, -6, 80), 0.58, seed=7, colour="#a5281a"),
            item(
                "stone",
                -1.12,
                -0.62,
                25,
                0.9,
                radii=(0.5, 0.38, 0.27),
                colour="#8f8b84",
                spots="#d8d3c8",
                seed=4,
            ),
            item("leaf", -0.4, -1.42, -14, 0.95, colour="#c9571a"),
            item("leaf", 0.68, -2.0, -168, 0.95, colour="#d9a021", rib="#8a4a12"),
            item("acorn", -0.85, -2.15, 200, 0.75),
        ),
        Light((-4.5, -3.5, 7.5), 1.2, (2.7, 2.35, 1.9)),
        (0.42, 0.46, 0.54),
    )


def tea_time() -> Scene:
    """Teapot, cup and a present on a dark green cloth."""
    return Scene(
        "tea_time",
        (1024, 768),
        Camera((0.3, -8.8, 4.7), (0.3, 0.05, 0.72), 22.5),
        Backdrop(
            table(weave("#2e5a50", "#2e5a50"), 0.9, folds(0.05, 0.7)), plaster("#c3b494"), 4.0
        ),
        (
            item("teapot", -1.0, 0.65, -18, 1.0, colour="#b8452f"),
            item("cup", 0.85, -0.35, -28, 1.0),
            item("gift", 1.45, 1.45, 25, 0.95, colour="#5a3f8a", ribbon="#d9b04a"),
            item("lemon", -0.7, -1.15, -20, 0.9, seed=9),
            item("candle", 0.33, 1.85, 0, 0.85, colour="#3f6fa0", tall=0.95, radius=0.36),
            item("book", 2.1, 0.05, -20, 0.85, colour="#a3322b", extent=(1.2, 1.5, 0.42)),
            item("orange", 1.75, -1.1, (20, 15, 70), 0.85, seed=5),
        ),
        Light((-5, -3, 8), 1.3, (2.6, 2.4, 2.1)),
    )


SCENES: dict[str, Callable[[], Scene]] = {
    build.__name__: build
    for build in (fruit_bowl, desk, breakfast, bottles, toys, games, autumn, tea_time)
}
