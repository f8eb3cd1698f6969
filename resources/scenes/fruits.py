"""Models that grew: fruit, nuts, mushrooms, leaves, stones, a potted cactus."""

from collections.abc import Callable

import numpy as np
from geometry import (
    Array,
    Field,
    arc,
    around,
    capsule,
    column,
    displaced,
    ellipsoid,
    extrude,
    intersect,
    lathe,
    moved,
    round_cone,
    sphere,
    spindle,
    union,
)
from materials import (
    Material,
    fractal,
    grainy,
    linear,
    mix,
    noise,
    plain,
    speckled,
    step,
)
from model import Model, Paint, Solid

BARK = Material(plain("#5a3d22", 0.3, 20.0), roughness=0.8, reflectance=0.03)


def _angle_space(p: Array) -> Array:
    """Points whose x and y run round the axis, so that noise forms streaks along it."""
    r = np.sqrt(p[0] * p[0] + p[1] * p[1]) + np.float32(1e-6)
    return np.stack([p[0] / r, p[1] / r, p[2] * np.float32(0.35)])


def _leaf(long: float, wide: float, bend: float = 0.15) -> Field:
    """A leaf along +x with its stalk at the origin, arched and folded along its rib."""
    t = np.linspace(0, 1, 24)
    side = wide * np.sin(np.pi * t**0.8) * (1 - 0.25 * t)
    outline = np.stack(
        [np.concatenate([t, t[-2:0:-1]]) * long, np.concatenate([side, -side[-2:0:-1]])], axis=1
    )
    flat = extrude(outline.tolist(), 0.018, 0.008)

    def field(p: Array) -> Array:
        x = p[0] / np.float32(long)
        lift = np.float32(bend) * (1 - (2 * x - 1) ** 2) + np.float32(0.5) * np.abs(p[1])
        return flat(np.stack([p[0], p[1], p[2] - lift])) * np.float32(0.8)

    return field


def _leaf_material(code: str, rib: str) -> Material:
    base, line = linear(code), linear(rib)

    def pattern(p: Array) -> Array:
        vein = np.minimum(
            np.abs(p[1]), np.abs(((p[0] - 0.9 * np.abs(p[1])) * 9) % 1.0 - 0.5) * 0.16
        )
        return mix(base * (0.8 + 0.4 * fractal(p, 6.0, 3)), line, 1 - step(0.004, 0.016, vein))

    return Material(pattern, roughness=0.45, wrap=0.3)


def apple(
    colour: str = "#a8141c",
    blush: str = "#e3b23c",
    share: float = 0.35,
    seed: int = 0,
    leaf: bool = False,
) -> Model:
    """Apple with its stem, and a leaf where asked for."""
    red, gold, dot = linear(colour), linear(blush), linear("#f3dfa8")

    def skin(p: Array) -> Array:
        streak = fractal(_angle_space(p), 4.5, 4, seed)
        side = noise(p, 1.6, seed + 2)
        dimple = step(0.17, 0.3, p[2]) * step(0.26, 0.0, np.sqrt(p[0] ** 2 + p[1] ** 2))
        bare = step(0.55, 0.95, share * 1.1 + 0.45 * side + 0.5 * (streak - 0.5) + 0.5 * dimple)
        spot = step(0.8, 0.87, noise(p, 33.0, seed + 3))
        return mix(mix(red * (0.7 + 0.6 * streak), gold, bare), dot, 0.4 * spot)

    body = Solid(spindle(0.165, 0.265, 1.12, flare=0.13), Material(skin, roughness=0.22, wrap=0.12))
    stem = Solid(
        union(
            capsule((0, 0, 0.2), (0.015, 0.01, 0.34), 0.02, 0.018),
            capsule((0.015, 0.01, 0.34), (0.075, 0.03, 0.47), 0.018, 0.03),
            k=0.02,
        ),
        BARK,
        "stem",
    )
    solids = [body, stem]
    if leaf:
        solids.append(
            Solid(
                moved(_leaf(0.52, 0.13), (0.03, 0.01, 0.36), (0, -8, 35)),
                _leaf_material("#3f7a26", "#9dbb5a"),
                "leaf",
            )
        )
    return Model("apple", tuple(solids), reach=0.75, stride=0.85)


def pear(colour: str = "#a9b23a", blush: str = "#c98a2b", seed: int = 0) -> Model:
    """Pear with its stem."""
    green, gold = linear(colour), linear(blush)

    def skin(p: Array) -> Array:
        side = step(0.35, 0.75, noise(p, 1.3, seed) + 0.2 * p[0])
        freckle = step(0.72, 0.82, noise(p, 26.0, seed + 4))
        return mix(
            mix(green, gold, 0.8 * side) * (0.85 + 0.3 * fractal(p, 5.0, 3, seed)),
            linear("#6d4f1d"),
            0.5 * freckle,
        )

    body = displaced(
        moved(round_cone(0.4, 0.2, 0.56), (0, 0, -0.05)),
        lambda p: np.float32(0.03) * (noise(p, 2.2, seed) - np.float32(0.5)),
    )
    stem = union(
        capsule((0, 0, 0.65), (0.02, 0, 0.8), 0.026),
        capsule((0.02, 0, 0.8), (0.1, 0.02, 0.93), 0.024, 0.034),
        k=0.03,
    )
    return Model(
        "pear",
        (Solid(body, Material(skin, roughness=0.32, wrap=0.15)), Solid(stem, BARK, "stem")),
        reach=1.1,
        stride=0.9,
    )


def orange(colour: str = "#e8790c", seed: int = 0, leaf: bool = False) -> Model:
    """Orange with a pitted peel; its leaf is a part."""
    peel = Material(
        plain(colour, 0.16, 2.2, seed),
        roughness=0.34,
        reflectance=0.045,
        bump=grainy(0.011, 17.0, 2, seed),
        bump_step=0.012,
        wrap=0.15,
    )
    calyx = Material(plain("#59642c", 0.3, 18.0), roughness=0.8)
    eye = Paint(
        lambda p: (
            (p[2] > 0.3)
            & (p[0] ** 2 + p[1] ** 2 < (0.034 + 0.018 * np.cos(5 * np.arctan2(p[1], p[0]))) ** 2)
        ),
        calyx,
    )
    solids = [Solid(spindle(0.03, 0.37, 0.97), peel, paints=(eye,))]
    if leaf:
        solids.append(
            Solid(
                moved(_leaf(0.66, 0.19, 0.1), (0.0, 0.0, 0.37), (0, -4, 20)),
                _leaf_material("#2f6b22", "#86ab4a"),
                "leaf",
            )
        )
    return Model("orange", tuple(solids), reach=0.85)


def lemon(colour: str = "#f0c81a", seed: int = 0) -> Model:
    """Lemon lying along x."""
    body = union(ellipsoid((0.39, 0.29, 0.29)), capsule((-0.43, 0, 0), (0.44, 0, 0), 0.055), k=0.2)
    peel = Material(
        plain(colour, 0.12, 2.0, seed),
        roughness=0.33,
        bump=grainy(0.012, 15.0, 2, seed),
        bump_step=0.012,
        wrap=0.15,
    )
    tip = Paint(lambda p: p[0] > 0.475, Material(plain("#7d8a2e"), roughness=0.7))
    return Model("lemon", (Solid(body, peel, paints=(tip,)),), reach=0.6, stride=0.8)


def banana(colour: str = "#efc53a", seed: int = 0) -> Model:
    """Banana lying on its flank, bent in the xy plane."""

    def taper(place: Array) -> Array:
        return np.sqrt(np.maximum(1 - np.float32(0.8) * place**5, 0.0)).astype(np.float32)

    bend = np.float32(0.95)
    yellow, brown = linear(colour), linear("#5b4020")

    def skin(p: Array) -> Array:
        angle = np.abs(np.arctan2(p[0], p[1]))
        tube = np.arctan2(p[2], np.sqrt(p[0] ** 2 + p[1] ** 2) - bend)
        green = mix(yellow, linear("#b5b13a"), 0.8 * step(0.5, 0.85, angle))
        mark = step(0.66, 0.78, fractal(p, 9.0, 3, seed))
        ridge = 1 - step(0.0, 0.16, np.abs((tube * np.float32(5 / (2 * np.pi))) % 1.0 - 0.5))
        return mix(
            green * (0.92 + 0.16 * noise(p, 3.0, seed)),
            brown,
            np.clip(0.7 * mark + 0.3 * ridge, 0, 1),
        )

    dark = Material(plain("#4a3418", 0.25, 12.0), roughness=0.8)

    def ridged(p: Array) -> Array:
        tube = np.arctan2(p[2], np.sqrt(p[0] ** 2 + p[1] ** 2) - bend)
        return np.float32(0.008) * np.cos(5 * tube + np.float32(np.pi))

    half = 0.82
    ends = [(bend * np.sin(s * half), bend * np.cos(s * half)) for s in (-1, 1)]
    (lx, ly), (rx, ry) = ends
    body = displaced(arc(float(bend), 0.185, half, taper), ridged)
    stalk = capsule((lx, ly, 0), (lx - 0.15, ly - 0.24, 0), 0.075, 0.055)
    nub = capsule((rx, ry, 0), (rx + 0.05, ry - 0.08, 0), 0.08, 0.06)
    shift = (0.0, -0.75, 0.0)
    o = column(shift)
    solid = Solid(
        moved(union(body, stalk, nub, k=0.08), shift),
        Material(lambda p: skin(p - o), roughness=0.42, wrap=0.15),
        paints=(
            Paint(lambda p: (p[0] < lx - 0.03) & (p[1] - o[1] < ly - 0.05), dark, "stem"),
            Paint(lambda p: (p[0] > rx + 0.03) & (p[1] - o[1] < ry - 0.06), dark),
        ),
    )
    return Model("banana", (solid,), reach=1.15, stride=0.75)


def grapes(colour: str = "#4a2150", count: int = 26, seed: int = 3) -> Model:
    """A bunch of grapes lying along x, with its stem."""
    rng = np.random.default_rng(seed)
    balls: list[Field] = []
    centres: list[np.ndarray] = []
    while len(centres) < count:
        x = rng.uniform(-0.55, 0.5)
        width = 0.34 * np.sqrt(max(1 - (x / 0.7) ** 2, 0.05)) * (1.0 + 0.35 * x)
        y, z = rng.uniform(-width, width), rng.uniform(-0.1, 0.2) * width / 0.3
        c = np.array([x, y, z])
        if all(np.linalg.norm(c - o) > 0.155 for o in centres):
            centres.append(c)
            balls.append(sphere(float(rng.uniform(0.115, 0.135)), c.tolist()))
    bloom = linear("#8f7fa5")
    dark = linear(colour)

    def skin(p: Array) -> Array:
        return mix(
            dark * (0.7 + 0.6 * noise(p, 4.0, seed)),
            bloom,
            0.25 * step(0.45, 0.7, fractal(p, 7.0, 3, seed)),
        )

    stem = union(
        capsule((0.4, 0, 0.1), (0.68, 0.03, 0.18), 0.03),
        capsule((0.68, 0.03, 0.18), (0.86, 0.12, 0.16), 0.03, 0.04),
        k=0.03,
    )
    return Model(
        "grapes",
        (
            Solid(union(*balls), Material(skin, roughness=0.25, wrap=0.25)),
            Solid(stem, Material(plain("#7b7a35"), 0.7), "stem"),
        ),
        reach=1.0,
    )


def tomato(colour: str = "#c9220f", seed: int = 0) -> Model:
    """Tomato with its green calyx."""
    body = spindle(0.16, 0.28, 0.98, ribs=5, rib_depth=0.012)
    star = around(
        union(
            capsule((0.0, 0, 0.245), (0.13, 0, 0.295), 0.03, 0.03),
            capsule((0.13, 0, 0.295), (0.27, 0, 0.285), 0.03, 0.01),
            k=0.03,
        ),
        5,
    )
    stem = capsule((0, 0, 0.22), (0.02, 0.02, 0.37), 0.026, 0.03)
    green = Material(plain("#4c7a24", 0.3, 9.0), roughness=0.6)
    return Model(
        "tomato",
        (
            Solid(body, Material(plain(colour, 0.14, 1.7, seed), 0.14, wrap=0.18)),
            Solid(union(star, stem, k=0.02), green, "calyx"),
        ),
        reach=0.6,
        stride=0.8,
    )


def pumpkin(colour: str = "#d9690f", seed: int = 0) -> Model:
    """Ribbed pumpkin with its stem."""
    body = spindle(0.4, 0.44, 0.82, ribs=11, rib_depth=0.07)
    flesh, pale = linear(colour), linear("#f0a440")

    def skin(p: Array) -> Array:
        angle = np.arctan2(p[1], p[0])
        crest = np.abs(np.sin(angle * np.float32(5.5)))
        return mix(
            flesh * (0.55 + 0.45 * crest), pale, 0.5 * step(0.5, 0.75, fractal(p, 4.0, 4, seed))
        )

    stem = union(
        capsule((0, 0, 0.2), (0.03, 0, 0.44), 0.11, 0.065),
        capsule((0.03, 0, 0.44), (0.18, 0.05, 0.6), 0.06, 0.075),
        k=0.06,
    )
    return Model(
        "pumpkin",
        (
            Solid(body, Material(skin, roughness=0.38, wrap=0.1)),
            Solid(stem, Material(plain("#7c7440", 0.35, 8.0), 0.8), "stem"),
        ),
        reach=1.0,
        stride=0.7,
    )


def mushroom(colour: str = "#b81d17", seed: int = 1) -> Model:
    """Fly agaric: spotted cap and stalk are parts."""
    cap = lathe(
        [
            (0, 0.4),
            (0.2, 0.4),
            (0.44, 0.36),
            (0.5, 0.36),
            (0.5, 0.41),
            (0.4, 0.62),
            (0.2, 0.76),
            (0, 0.79),
        ]
    )
    stalk = lathe(
        [
            (0, -0.2),
            (0.2, -0.2),
            (0.2, -0.2),
            (0.22, -0.12),
            (0.16, 0.05),
            (0.13, 0.42),
            (0.13, 0.42),
            (0, 0.42),
        ]
    )
    rng = np.random.default_rng(seed)
    turns = np.arange(26) * 2.39996 + rng.uniform(-0.2, 0.2, 26)
    rise = np.sqrt(np.linspace(0.02, 1.0, 26))
    dots = np.stack(
        [rise * np.cos(turns) * 0.49, rise * np.sin(turns) * 0.49, 0.79 - 0.38 * rise**2.2]
    ).astype(np.float32)
    radii = rng.uniform(0.035, 0.062, 26).astype(np.float32)

    def spotted(p: Array) -> np.ndarray:
        gap = np.sqrt(((p[:, :, None] - dots[:, None, :]) ** 2).sum(axis=0)) - radii
        return (gap.min(axis=1) < 0.012 * (noise(p, 20.0) - 0.5)) & (p[2] > 0.385)

    under = Paint(
        lambda p: (p[2] < 0.4) & (np.sqrt(p[0] ** 2 + p[1] ** 2) < 0.47),
        Material(plain("#e8d9b8"), 0.8),
    )
    white = Paint(spotted, Material(plain("#f3ead8", 0.1, 20.0), 0.8, bump=grainy(0.01, 22.0)))
    return Model(
        "mushroom",
        (
            Solid(cap, Material(plain(colour, 0.18, 3.0, seed), 0.2), "cap", (under, white)),
            Solid(
                stalk, Material(speckled("#efe4c8", "#b99f74", 0.3, 12.0), 0.8, wrap=0.2), "stalk"
            ),
        ),
        reach=1.0,
        stride=0.9,
    )


def acorn(seed: int = 0) -> Model:
    """Acorn lying along x; its cup is a part."""
    nut = lathe(
        [(0, -0.3), (0.16, -0.24), (0.2, 0.0), (0.17, 0.24), (0.07, 0.36), (0.02, 0.42), (0, 0.43)]
    )
    cup = union(
        intersect(
            ellipsoid((0.24, 0.24, 0.22), (0, 0, -0.2)), lambda p: p[2] + np.float32(0.1), k=0.04
        ),
        capsule((0, 0, -0.4), (0.03, 0, -0.52), 0.03),
        k=0.03,
    )
    knob: Callable[[Array], Array] = grainy(0.03, 14.0, 2, seed)
    return Model(
        "acorn",
        (
            Solid(
                moved(nut, (0, 0, 0), (0, 90, 0)), Material(plain("#a5672a", 0.3, 5.0, seed), 0.25)
            ),
            Solid(
                moved(cup, (0, 0, 0), (0, 90, 0)),
                Material(plain("#5d4527", 0.4, 15.0), 0.85, bump=knob),
                "cup",
            ),
        ),
        reach=0.65,
        stride=0.85,
    )


def leaf(
    colour: str = "#c4541a", rib: str = "#f0c060", long: float = 1.3, wide: float = 0.42
) -> Model:
    """A single fallen leaf with its stalk."""
    blade = moved(_leaf(long, wide, 0.13), (-long / 2, 0, 0))
    stalk = capsule((-long / 2 - 0.3, 0.04, 0.05), (-long / 2 + 0.05, 0, 0.02), 0.022)
    o = column((-long / 2, 0, 0))
    blade_of = _leaf_material(colour, rib)
    shifted = Material(lambda p: blade_of.colour(p - o), 0.5, wrap=0.3)
    return Model("leaf", (Solid(union(blade, stalk, k=0.03), shifted),), reach=1.2, stride=0.7)


def stone(
    radii: tuple[float, float, float] = (0.5, 0.4, 0.25),
    colour: str = "#6f7073",
    spots: str = "#b8b6b0",
    seed: int = 0,
) -> Model:
    """Water-worn stone."""
    body = displaced(
        ellipsoid(radii), lambda p: np.float32(0.09) * (noise(p, 2.0, seed) - np.float32(0.5))
    )
    return Model(
        "stone",
        (
            Solid(
                body,
                Material(
                    speckled(colour, spots, 0.25, 11.0, seed),
                    0.55,
                    bump=grainy(0.008, 20.0, 2, seed),
                ),
            ),
        ),
        reach=max(radii) + 0.15,
        stride=0.7,
    )


def cactus(pot: str = "#b9552b", colour: str = "#4f8a3c", seed: int = 0) -> Model:
    """Ribbed cactus in a clay pot; plant and pot are parts."""
    clay = Material(plain(pot, 0.15, 5.0, seed), 0.75, bump=grainy(0.006, 18.0))
    shell = lathe(
        [
            (0, 0),
            (0.32, 0),
            (0.32, 0),
            (0.42, 0.52),
            (0.42, 0.52),
            (0.48, 0.52),
            (0.48, 0.52),
            (0.5, 0.7),
            (0.5, 0.7),
            (0.44, 0.7),
            (0.44, 0.7),
            (0.42, 0.6),
            (0.42, 0.6),
            (0, 0.6),
        ]
    )
    soil = Paint(
        lambda p: (p[2] > 0.55) & (p[2] < 0.67) & (p[0] ** 2 + p[1] ** 2 < 0.43**2),
        Material(speckled("#33251a", "#7a6650", 0.35, 22.0), 0.95),
    )

    def ribs(p: Array) -> Array:
        return np.float32(0.035) * np.abs(np.cos(6 * np.arctan2(p[1], p[0])))

    trunk = displaced(capsule((0, 0, 0.7), (0, 0, 1.2), 0.28), ribs)
    arm = union(
        capsule((0.2, 0, 0.95), (0.42, 0.04, 1.03), 0.11),
        capsule((0.42, 0.04, 1.03), (0.46, 0.04, 1.32), 0.12),
        k=0.1,
    )

    base, pale = linear(colour), linear("#d9dfae")

    def flesh(p: Array) -> Array:
        spine = step(0.985, 0.998, np.abs(np.cos(6 * np.arctan2(p[1], p[0])))) * step(
            0.55, 0.8, np.sin(p[2] * np.float32(48))
        )
        return mix(base * (0.8 + 0.4 * noise(p, 4.0, seed)), pale, 0.8 * spine)

    bloom = moved(around(ellipsoid((0.1, 0.05, 0.035), (0.1, 0, 0.03)), 7), (0, 0, 1.52))
    return Model(
        "potted plant",
        (
            Solid(shell, clay, "pot", (soil,)),
            Solid(union(trunk, arm, k=0.05), Material(flesh, 0.5, wrap=0.2), "plant"),
            Solid(bloom, Material(plain("#e0457b", 0.2, 8.0), 0.5, wrap=0.3), "plant"),
        ),
        reach=1.75,
        stride=0.75,
    )
