"""Models to play with: blocks, balls, dice, rings, chessmen, coins, a puzzle cube."""

from itertools import pairwise

import numpy as np
from geometry import (
    Array,
    box,
    capsule,
    cylinder,
    extrude,
    lathe,
    moved,
    sphere,
    subtract,
    torus,
    union,
)
from materials import Material, Pattern, grainy, linear, noise, plain, sectors, wood
from model import Model, Paint, Region, Solid

# Strokes of the letters, as polylines in a unit square.
GLYPHS: dict[str, list[list[tuple[float, float]]]] = {
    "A": [[(-0.5, -0.6), (0, 0.6), (0.5, -0.6)], [(-0.28, -0.15), (0.28, -0.15)]],
    "B": [
        [
            (-0.4, -0.6),
            (-0.4, 0.6),
            (0.2, 0.6),
            (0.4, 0.42),
            (0.4, 0.22),
            (0.2, 0.05),
            (-0.4, 0.05),
        ],
        [(0.2, 0.05), (0.45, -0.13), (0.45, -0.42), (0.2, -0.6), (-0.4, -0.6)],
    ],
    "C": [
        [
            (0.45, 0.38),
            (0.2, 0.6),
            (-0.2, 0.6),
            (-0.45, 0.3),
            (-0.45, -0.3),
            (-0.2, -0.6),
            (0.2, -0.6),
            (0.45, -0.38),
        ]
    ],
    "K": [[(-0.4, -0.6), (-0.4, 0.6)], [(0.42, 0.6), (-0.4, -0.05)], [(-0.12, 0.17), (0.45, -0.6)]],
    "2": [
        [
            (-0.4, 0.35),
            (-0.2, 0.6),
            (0.2, 0.6),
            (0.42, 0.35),
            (0.35, 0.05),
            (-0.42, -0.6),
            (0.45, -0.6),
        ]
    ],
}


def _face(p: Array) -> tuple[Array, Array, np.ndarray]:
    """Coordinates on the cube face that a point looks out of, and the face's number 0 to 5."""
    axis = np.argmax(np.abs(p), axis=0)
    every = np.arange(p.shape[1])
    u = np.where(axis == 0, p[1], p[0])
    v = np.where(axis == 2, p[1], p[2])
    positive = p[axis, every] > 0
    # Seen from outside, the right-hand side of a face depends on the way it looks.
    u = np.where((axis == 0) == positive, u, -u)
    u = np.where(axis == 2, np.where(positive, p[0], -p[0]), u)
    return u, v, axis * 2 + positive


def _letter(name: str, size: float, width: float) -> Region:
    def region(p: Array) -> np.ndarray:
        u, v, _ = _face(p)
        u, v = u / np.float32(size), v / np.float32(size)
        best = np.full(u.shape, 9.0, dtype=np.float32)
        for line in GLYPHS[name]:
            for (ax, ay), (bx, by) in pairwise(line):
                ex, ey = bx - ax, by - ay
                t = np.clip(((u - ax) * ex + (v - ay) * ey) / (ex * ex + ey * ey), 0, 1)
                best = np.minimum(best, (u - ax - t * ex) ** 2 + (v - ay - t * ey) ** 2)
        return best < (width / size) ** 2

    return region


def block(
    colour: str = "#c8342b",
    letter: str = "A",
    timber: str = "#e2bf88",
    half: float = 0.42,
    seed: int = 0,
) -> Model:
    """Wooden letter block: painted frame and letter on each face."""
    cube = box((half, half, half), 0.05)
    pale: Pattern = wood(timber, "#b98a4f", 0, 2.0, seed=seed)

    def frame(p: Array) -> np.ndarray:
        u, v, _ = _face(p)
        return np.maximum(np.abs(u), np.abs(v)) > half * 0.78

    paint = Material(plain(colour, 0.06, 8.0), 0.35)
    return Model(
        "block",
        (
            Solid(
                cube,
                Material(pale, 0.5),
                paints=(
                    Paint(frame, paint),
                    Paint(_letter(letter, half * 0.72, half * 0.13), paint, "letter"),
                ),
            ),
        ),
        reach=half * 1.2,
    )


def solid_block(
    shape: str = "box",
    colour: str = "#2f66b0",
    half: tuple[float, float, float] = (0.42, 0.42, 0.42),
) -> Model:
    """Painted building block: box, cylinder, cone, arch or roof."""
    x, y, z = half
    lacquer = Material(plain(colour, 0.07, 6.0), 0.32, 0.045)
    fields = {
        "box": lambda: box(half, 0.04),
        "cylinder": lambda: cylinder(x, z, 0.04),
        "cone": lambda: lathe(
            [(0, -z), (x * 0.94, -z), (x, -z + 0.06), (0.06, z - 0.05), (0, z)], smooth=False
        ),
        "arch": lambda: subtract(
            box(half, 0.04),
            union(
                moved(cylinder(x * 0.55, y * 2), (0, 0, -z * 0.25), (90, 0, 0)),
                box((x * 0.55, y * 2, z), 0, (0, 0, -z * 1.25)),
            ),
            0.05,
        ),
        "roof": lambda: moved(extrude([(-x, -z), (x, -z), (0, z)], y, 0.03), (0, 0, 0), (90, 0, 0)),
    }
    return Model("block", (Solid(fields[shape](), lacquer),), reach=max(half) * 1.5)


def die(colour: str = "#f1ece0", pips: str = "#1b1b1f", half: float = 0.3) -> Model:
    """Die whose opposite faces add up to seven; its pips are one part."""
    faces = {0: 3, 1: 4, 2: 2, 3: 5, 4: 6, 5: 1}
    spots = {
        1: [(0, 0)],
        2: [(-1, -1), (1, 1)],
        3: [(-1, -1), (0, 0), (1, 1)],
        4: [(-1, -1), (-1, 1), (1, -1), (1, 1)],
        5: [(-1, -1), (-1, 1), (1, -1), (1, 1), (0, 0)],
        6: [(-1, -1), (-1, 0), (-1, 1), (1, -1), (1, 0), (1, 1)],
    }

    def depth(p: Array) -> Array:
        u, v, face = _face(p)
        best = np.full(u.shape, 9.0, dtype=np.float32)
        for number, value in faces.items():
            near = np.full(u.shape, 9.0, dtype=np.float32)
            for a, b in spots[value]:
                near = np.minimum(near, (u - a * half * 0.5) ** 2 + (v - b * half * 0.5) ** 2)
            best = np.where(face == number, near, best)
        return np.sqrt(best) - np.float32(half * 0.19)

    body = Solid(
        box((half, half, half), half * 0.22),
        Material(plain(colour, 0.03), 0.12, 0.05),
        paints=(
            Paint(
                lambda p: depth(p) < 0,
                Material(
                    plain(pips), 0.2, bump=lambda p: np.minimum(depth(p), 0) * np.float32(0.6)
                ),
                "pips",
            ),
        ),
    )
    return Model("die", (body,), reach=half * 1.15)


def ball(
    codes: list[str] | None = None, radius: float = 0.6, cap: str = "#f4efe4", twist: float = 0.0
) -> Model:
    """Striped ball."""
    codes = codes or ["#d8352c", "#f4efe4", "#2a64b4", "#f4efe4", "#efb82a", "#f4efe4"]
    return Model(
        "ball",
        (
            Solid(
                sphere(radius),
                Material(sectors(codes, twist / radius, cap, radius * 0.96), 0.25, 0.045),
            ),
        ),
        reach=radius * 1.1,
    )


def tennis_ball(colour: str = "#b9d42e", radius: float = 0.33) -> Model:
    """Felt ball with its seam (the curve that a cubic in x, y, z cuts out of the sphere)."""

    def seam(p: Array) -> np.ndarray:
        q = p / np.float32(radius)
        return np.abs(q[2] * 0.62 + 1.25 * (q[0] ** 2 - q[1] ** 2) * 0.62) < 0.055

    felt = Material(plain(colour, 0.22, 30.0), 0.9, 0.03, bump=grainy(0.02, 26.0, 3), wrap=0.2)
    return Model(
        "ball",
        (Solid(sphere(radius), felt, paints=(Paint(seam, Material(plain("#eceadf"), 0.8)),)),),
        reach=radius * 1.1,
    )


def ring(colour: str = "#d7542b", major: float = 0.45, minor: float = 0.15) -> Model:
    """Painted wooden ring."""
    return Model(
        "ring",
        (Solid(torus(major, minor), Material(plain(colour, 0.06, 6.0), 0.25)),),
        reach=(major + minor) * 1.1,
    )


def ring_tower(codes: list[str] | None = None) -> Model:
    """Stacking toy: each ring and the knob on top is a part."""
    codes = codes or ["#7d3c98", "#2a64b4", "#2f9e55", "#efc12a", "#e0762a"]
    solids = [
        Solid(
            cylinder(0.62, 0.07, 0.03, (0, 0, 0.07)),
            Material(wood("#dbb47a", "#a9773f", 0, 2.0), 0.45),
        ),
        Solid(cylinder(0.1, 0.7, 0.03, (0, 0, 0.75)), Material(plain("#dbb47a"), 0.45)),
    ]
    z = 0.14
    for i, code in enumerate(codes):
        minor = 0.165 - 0.012 * i
        solids.append(
            Solid(
                moved(torus(0.4 - 0.062 * i, minor), (0, 0, z + minor)),
                Material(plain(code, 0.05), 0.2),
                f"ring#{i + 1}",
            )
        )
        z += 2 * minor
    solids.append(Solid(sphere(0.17, (0, 0, z + 0.13)), Material(plain("#c8281f"), 0.18), "knob"))
    return Model("ring tower", tuple(solids), reach=1.9)


def puzzle_cube(half: float = 0.5, seed: int = 5) -> Model:
    """Twisty puzzle with scrambled stickers."""
    codes = ["#c41e2a", "#f07818", "#e9e9e6", "#f2cf1c", "#17923f", "#1c4fb0"]
    colours = np.concatenate([linear(code) for code in codes], axis=1)
    order = np.random.default_rng(seed).integers(0, 6, 54)

    def tile(p: Array) -> Array:
        u, v, face = _face(p)
        third = np.float32(half * 2 / 3)
        i = np.clip(np.floor((u + half) / third), 0, 2).astype(np.int32)
        j = np.clip(np.floor((v + half) / third), 0, 2).astype(np.int32)
        return colours[:, order[face * 9 + i * 3 + j]]

    def sticker(p: Array) -> np.ndarray:
        u, v, _ = _face(p)
        third = half * 2 / 3
        a = np.abs((u + half) % third - third / 2)
        b = np.abs((v + half) % third - third / 2)
        corner = np.sqrt(
            np.maximum(a - third * 0.32, 0) ** 2 + np.maximum(b - third * 0.32, 0) ** 2
        )
        return corner < third * 0.12

    return Model(
        "puzzle cube",
        (
            Solid(
                box((half, half, half), 0.04),
                Material(plain("#17171a"), 0.3),
                paints=(Paint(sticker, Material(tile, 0.18, 0.05)),),
            ),
        ),
        reach=half * 1.15,
    )


def coins(count: int = 7, colour: str = "#e6b85c", seed: int = 0) -> Model:
    """A slightly crooked stack of coins; the topmost coin is a part."""
    rng = np.random.default_rng(seed)
    metal = Material(plain(colour, 0.15, 5.0, seed), 0.42, 0.6, metal=True, bump=_relief)
    pile, thick, radius = [], 0.085, 0.36
    for i in range(count):
        dx, dy = rng.uniform(-0.035, 0.035, 2)
        pile.append(cylinder(radius, thick / 2, 0.018, (dx, dy, thick * (i + 0.5))))
    top = moved(pile[-1], (0, 0, 0.001))
    raised = Material(
        metal.colour, 0.42, 0.6, metal=True, bump=lambda p: _relief(p) + _emblem(p, dx, dy, radius)
    )
    return Model(
        "coins",
        (Solid(union(*pile[:-1]), metal), Solid(top, raised, "coin")),
        reach=max(0.6, thick * count * 1.1),
    )


def _relief(p: Array) -> Array:
    """Milled edge: fine ridges round the rim."""
    r = np.sqrt(p[0] ** 2 + p[1] ** 2)
    return np.float32(0.0018) * np.cos(np.arctan2(p[1], p[0]) * 70) * (r > 0.31)


def _emblem(p: Array, x: float, y: float, radius: float) -> Array:
    """Raised rim and a five-pointed star, as heights."""
    a, b = p[0] - np.float32(x), p[1] - np.float32(y)
    r = np.sqrt(a * a + b * b)
    star = r * (1 + 0.55 * np.cos(5 * np.arctan2(b, a)))
    height = np.clip((0.2 - star) * 20, 0, 1) + np.clip((r - radius * 0.82) * 40, 0, 1)
    return np.float32(0.014) * height.astype(np.float32)


CHESSMEN = {
    "pawn": [
        (0, 0),
        (0.34, 0),
        (0.34, 0),
        (0.36, 0.08),
        (0.3, 0.16),
        (0.26, 0.2),
        (0.15, 0.36),
        (0.12, 0.56),
        (0.12, 0.56),
        (0.2, 0.58),
        (0.2, 0.63),
        (0.1, 0.66),
        (0.17, 0.74),
        (0.195, 0.84),
        (0.16, 0.96),
        (0.08, 1.02),
        (0, 1.035),
    ],
    "bishop": [
        (0, 0),
        (0.38, 0),
        (0.38, 0),
        (0.4, 0.09),
        (0.33, 0.19),
        (0.27, 0.25),
        (0.16, 0.48),
        (0.13, 0.86),
        (0.13, 0.86),
        (0.23, 0.89),
        (0.23, 0.95),
        (0.12, 0.98),
        (0.2, 1.1),
        (0.2, 1.24),
        (0.09, 1.42),
        (0.05, 1.45),
        (0.07, 1.5),
        (0.05, 1.56),
        (0, 1.57),
    ],
    "queen": [
        (0, 0),
        (0.42, 0),
        (0.42, 0),
        (0.44, 0.1),
        (0.36, 0.2),
        (0.3, 0.27),
        (0.18, 0.55),
        (0.14, 1.1),
        (0.14, 1.1),
        (0.25, 1.13),
        (0.25, 1.2),
        (0.14, 1.24),
        (0.17, 1.4),
        (0.27, 1.6),
        (0.27, 1.6),
        (0.2, 1.63),
        (0.1, 1.66),
        (0.06, 1.69),
        (0.085, 1.75),
        (0.06, 1.81),
        (0, 1.82),
    ],
    "rook": [
        (0, 0),
        (0.38, 0),
        (0.38, 0),
        (0.4, 0.09),
        (0.33, 0.19),
        (0.27, 0.26),
        (0.2, 0.5),
        (0.19, 0.78),
        (0.19, 0.78),
        (0.28, 0.82),
        (0.29, 0.9),
        (0.29, 1.1),
        (0.29, 1.1),
        (0, 1.1),
    ],
}


def chessman(
    kind: str = "pawn", colour: str = "#e8d3a8", dark: str = "#c9a66b", seed: int = 0
) -> Model:
    """Turned wooden chessman; the king has a cross."""
    timber = Material(wood(colour, dark, 2, 1.6, seed=seed), 0.2, 0.045)
    shape = lathe(CHESSMEN["queen" if kind == "king" else kind])
    if kind == "rook":
        hole = union(
            cylinder(0.19, 0.1, 0.0, (0, 0, 1.1)),
            *(moved(box((0.06, 0.5, 0.1)), (0, 0, 1.1), (0, 0, turn)) for turn in (0, 60, 120)),
        )
        shape = subtract(shape, hole, 0.02)
    if kind == "king":
        shape = union(
            shape,
            box((0.045, 0.045, 0.17), 0.015, (0, 0, 1.95)),
            box((0.12, 0.045, 0.045), 0.015, (0, 0, 1.98)),
            k=0.02,
        )
    return Model(kind, (Solid(shape, timber),), reach=2.2)


def marble_ball(
    colour: str = "#1d6fa8", swirl: str = "#f0c030", radius: float = 0.2, seed: int = 0
) -> Model:
    """Glass marble with a swirl."""
    base, vane = linear(colour), linear(swirl)

    def pattern(p: Array) -> Array:
        turn = np.arctan2(p[1], p[0]) + p[2] * np.float32(5) + 2 * noise(p, 3.0, seed)
        share = (np.sin(turn * 2) > 0.4).astype(np.float32)
        return base + (vane - base) * share

    return Model(
        "marble", (Solid(sphere(radius), Material(pattern, 0.05, 0.06)),), reach=radius * 1.1
    )


def skittle(colour: str = "#f2ece0", stripe: str = "#c8281f") -> Model:
    """Bowling pin with two stripes on its neck."""
    body = lathe(
        [
            (0, 0),
            (0.18, 0),
            (0.18, 0),
            (0.21, 0.05),
            (0.33, 0.5),
            (0.3, 0.85),
            (0.15, 1.25),
            (0.14, 1.4),
            (0.2, 1.62),
            (0.16, 1.78),
            (0, 1.85),
        ]
    )
    stripes = Paint(
        lambda p: np.abs(np.abs(p[2] - 1.3) - 0.08) < 0.045, Material(plain(stripe), 0.2)
    )
    return Model(
        "skittle",
        (Solid(body, Material(plain(colour, 0.03), 0.18), paints=(stripes,)),),
        reach=1.95,
    )


def star(colour: str = "#efb82a", half: float = 0.14) -> Model:
    """Five-pointed star cut from thick board, lying flat."""
    turn = np.arange(10) * np.pi / 5 + np.pi / 2
    r = np.where(np.arange(10) % 2 == 0, 0.55, 0.25)
    outline = np.stack([r * np.cos(turn), r * np.sin(turn)], axis=1)
    return Model(
        "star",
        (Solid(extrude(outline.tolist(), half, 0.05), Material(plain(colour, 0.06), 0.3)),),
        reach=0.75,
    )


def peg(colour: str = "#2f9e55") -> Model:
    """Game figure: a cone with a ball on it."""
    shape = union(
        lathe([(0, 0), (0.3, 0), (0.3, 0), (0.31, 0.06), (0.12, 0.62), (0, 0.66)]),
        sphere(0.2, (0, 0, 0.74)),
        k=0.06,
    )
    return Model("game piece", (Solid(shape, Material(plain(colour, 0.04), 0.14)),), reach=1.1)


def rod(colour: str = "#b0302a", long: float = 1.0, radius: float = 0.1) -> Model:
    """Round rod lying along x."""
    return Model(
        "rod",
        (
            Solid(
                capsule((-long / 2, 0, 0), (long / 2, 0, 0), radius), Material(plain(colour), 0.3)
            ),
        ),
        reach=long / 2 + radius * 2,
    )
