"""Models from the house: crockery, bottles, books, candles, pencils, baked things."""

import numpy as np
from geometry import (
    Array,
    Field,
    arc,
    around,
    box,
    capsule,
    cylinder,
    ellipsoid,
    intersect,
    lathe,
    moved,
    prism,
    smooth_max,
    smooth_outline,
    subtract,
    torus,
    union,
    vessel,
)
from materials import (
    Material,
    Pattern,
    banded,
    fractal,
    grainy,
    linear,
    mix,
    noise,
    plain,
    speckled,
    step,
)
from model import Model, Paint, Region, Solid

LIQUIDS = {"coffee": "#2a1409", "tea": "#8a3b0c", "milk": "#efe8dc"}


def glazed(code: str, seed: int = 0) -> Material:
    """Smooth glazed ceramic."""
    return Material(plain(code, 0.04, 1.5, seed), roughness=0.12, reflectance=0.05)


def _between(low: float, high: float, axis: int = 2) -> Region:
    return lambda p: (p[axis] > low) & (p[axis] < high)


def _upright(field: Field, x: float, z: float) -> Field:
    """An arc of the xy plane stood up in the xz plane, its middle towards +x."""
    return lambda p: field(np.stack([p[1], p[0] - np.float32(x), p[2] - np.float32(z)])[[2, 1, 0]])


def mug(
    colour: str = "#2f6f8f",
    stripe: str | None = "#f2ead8",
    drink: str | None = "coffee",
    seed: int = 0,
) -> Model:
    """Mug; its handle and the drink in it are parts."""
    body = vessel(
        [(0, 0), (0.34, 0), (0.34, 0), (0.4, 0.05), (0.41, 0.3), (0.41, 0.6), (0.42, 0.92)], 0.05
    )
    loop = _upright(arc(0.25, 0.058, 1.95), 0.44, 0.47)
    handle = intersect(loop, lambda p: np.float32(0.385) - np.sqrt(p[0] * p[0] + p[1] * p[1]))
    glaze = glazed(colour, seed)
    paints = ()
    if stripe:
        band = Material(plain(stripe, 0.03), 0.14, 0.05)
        paints = (
            Paint(lambda p: (np.abs(p[2] - 0.66) < 0.05) & (p[0] ** 2 + p[1] ** 2 > 0.39**2), band),
            Paint(lambda p: (np.abs(p[2] - 0.22) < 0.02) & (p[0] ** 2 + p[1] ** 2 > 0.39**2), band),
        )
    solids = [Solid(body, glaze, paints=paints), Solid(handle, glaze, "handle")]
    if drink:
        solids.append(
            Solid(
                cylinder(0.372, 0.3, 0, (0, 0, 0.48)),
                Material(plain(LIQUIDS[drink], 0.05), 0.06),
                "drink",
            )
        )
    return Model("mug", tuple(solids), reach=1.15)


def cup(colour: str = "#e9e2d2", rim: str = "#28507a", drink: str | None = "tea") -> Model:
    """Tea cup on its saucer; saucer, handle and drink are parts."""
    body = vessel(
        [(0, 0.1), (0.2, 0.1), (0.22, 0.14), (0.36, 0.3), (0.44, 0.52), (0.47, 0.64)], 0.035
    )
    saucer = vessel([(0, 0), (0.3, 0), (0.3, 0), (0.34, 0.03), (0.6, 0.08), (0.76, 0.15)], 0.04)
    handle = intersect(
        _upright(arc(0.17, 0.042, 2.0), 0.46, 0.42),
        lambda p: (
            np.float32(0.36) + 0.3 * (p[2] - np.float32(0.35)) - np.sqrt(p[0] * p[0] + p[1] * p[1])
        ),
    )
    glaze = glazed(colour)
    line = Material(plain(rim, 0.03), 0.14, 0.05)
    solids = [
        Solid(body, glaze, paints=(Paint(_between(0.585, 0.7), line),)),
        Solid(saucer, glaze, "saucer", (Paint(lambda p: p[0] ** 2 + p[1] ** 2 > 0.69**2, line),)),
        Solid(handle, glaze, "handle"),
    ]
    if drink:
        solids.append(
            Solid(
                cylinder(0.402, 0.02, 0, (0, 0, 0.51)),
                Material(plain(LIQUIDS[drink], 0.05), 0.05),
                "drink",
            )
        )
    return Model("cup", tuple(solids), reach=0.95)


def teapot(colour: str = "#b23a2e", trim: str = "#e8d9b0") -> Model:
    """Teapot with lid, spout and handle as parts."""
    body = lathe(
        [
            (0, 0),
            (0.42, 0),
            (0.42, 0),
            (0.45, 0.04),
            (0.68, 0.35),
            (0.7, 0.6),
            (0.55, 0.92),
            (0.4, 1.0),
            (0.4, 1.0),
            (0, 1.0),
        ]
    )
    lid = lathe(
        [
            (0, 0.99),
            (0.42, 0.99),
            (0.42, 0.99),
            (0.43, 1.03),
            (0.3, 1.12),
            (0.08, 1.17),
            (0.06, 1.2),
            (0.1, 1.28),
            (0.07, 1.35),
            (0, 1.37),
        ]
    )
    spout = union(
        capsule((0.5, 0, 0.35), (0.85, 0, 0.55), 0.16, 0.11),
        capsule((0.85, 0, 0.55), (1.1, 0, 0.98), 0.11, 0.075),
        k=0.12,
    )
    spout = subtract(spout, capsule((1.02, 0, 0.86), (1.2, 0, 1.16), 0.045), 0.02)
    mirror = _upright(arc(0.36, 0.065, 2.35), 0.68, 0.58)
    grip = intersect(
        lambda p: mirror(p * np.array([[-1], [1], [1]], dtype=np.float32)),
        lambda p: np.float32(0.5) - np.sqrt(p[0] * p[0] + p[1] * p[1]),
    )
    glaze = glazed(colour)
    ring = Paint(lambda p: np.abs(p[2] - 0.8) < 0.03, Material(plain(trim), 0.15))
    knob = Paint(lambda p: p[2] > 1.19, Material(plain(trim), 0.15))
    return Model(
        "teapot",
        (
            Solid(body, glaze, paints=(ring,)),
            Solid(lid, glaze, "lid", (knob,)),
            Solid(spout, glaze, "spout"),
            Solid(grip, glaze, "handle"),
        ),
        reach=1.5,
        stride=0.85,
    )


def bottle(
    colour: str = "#1f5a34",
    label: str = "#efe3c2",
    cap: str = "#8c1d1d",
    mark: str = "#7a2b1d",
    tall: float = 1.0,
) -> Model:
    """Bottle with label and cap as parts."""
    h = 2.1 * tall
    body = lathe(
        [
            (0, 0),
            (0.3, 0),
            (0.3, 0),
            (0.37, 0.06),
            (0.37, 0.3),
            (0.37, h * 0.58),
            (0.33, h * 0.69),
            (0.17, h * 0.8),
            (0.14, h * 0.87),
            (0.14, h),
            (0.14, h),
            (0, h),
        ]
    )
    top = union(
        cylinder(0.165, 0.13, 0.03, (0, 0, h + 0.03)),
        around(capsule((0.16, 0, h - 0.07), (0.16, 0, h + 0.12), 0.012), 24),
    )
    paper, ink = linear(label), linear(mark)
    middle = h * 0.33

    def print_on(p: Array) -> Array:
        angle, z = np.arctan2(p[0], -p[1]) * np.float32(0.37), p[2] - np.float32(middle)
        frame = np.maximum(np.abs(angle) - 0.43, np.abs(z) - 0.33)
        line = (np.abs(frame + 0.05) < 0.012) | (np.sqrt(angle**2 + (z - 0.1) ** 2) < 0.11)
        text = (
            (np.abs(z + 0.12) < 0.03)
            & (np.abs(angle) < 0.26)
            & (noise(np.stack([angle * 22, z * 0, z * 0]), 1.0) > 0.35)
        )
        rule = (np.abs(z + 0.21) < 0.012) & (np.abs(angle) < 0.2)
        return mix(paper, ink, (line | text | rule).astype(np.float32))

    wrap = Paint(
        lambda p: (np.abs(p[2] - middle) < 0.33) & (np.abs(np.arctan2(p[0], -p[1])) < 1.2),
        Material(print_on, 0.7),
        "label",
    )
    glass = Material(plain(colour, 0.08, 1.2), roughness=0.06, reflectance=0.06)
    return Model(
        "bottle",
        (Solid(body, glass, paints=(wrap,)), Solid(top, Material(plain(cap), 0.35), "cap")),
        reach=h + 0.3,
        stride=0.9,
    )


VASES = {
    "round": [
        (0, 0),
        (0.28, 0),
        (0.28, 0),
        (0.32, 0.05),
        (0.56, 0.45),
        (0.58, 0.75),
        (0.4, 1.1),
        (0.2, 1.35),
        (0.2, 1.5),
        (0.3, 1.66),
    ],
    "tall": [
        (0, 0),
        (0.26, 0),
        (0.26, 0),
        (0.28, 0.06),
        (0.22, 0.4),
        (0.36, 1.0),
        (0.42, 1.4),
        (0.34, 1.75),
        (0.22, 1.95),
        (0.3, 2.15),
    ],
    "jar": [
        (0, 0),
        (0.36, 0),
        (0.36, 0),
        (0.42, 0.06),
        (0.5, 0.4),
        (0.5, 0.7),
        (0.38, 0.95),
        (0.34, 1.02),
        (0.4, 1.12),
    ],
}


def vase(
    shape: str = "round",
    colour: str = "#d8cdb8",
    bands: list[str] | None = None,
    matt: bool = False,
    spots: str | None = None,
    seed: int = 0,
) -> Model:
    """Open vase of one of the shapes in `VASES`, plain, banded or speckled."""
    pattern: Pattern = plain(colour, 0.08, 2.0, seed)
    if bands:
        pattern = banded([colour, *bands], 0.14)
    if spots:
        pattern = speckled(colour, spots, 0.25, 13.0, seed)
    finish = Material(
        pattern, 0.65 if matt else 0.14, 0.045, bump=grainy(0.006, 12.0) if matt else None
    )
    return Model("vase", (Solid(vessel(VASES[shape], 0.05), finish),), reach=2.3, stride=0.9)


def bowl(
    colour: str = "#27557f", inside: str = "#e8e0d0", wide: float = 1.0, deep: float = 0.6
) -> Model:
    """Open bowl, another glaze inside."""
    w, h = wide, deep
    line = [
        (0, 0),
        (0.36 * w, 0),
        (0.36 * w, 0),
        (0.38 * w, 0.06 * h),
        (0.4 * w, 0.1 * h),
        (0.7 * w, 0.3 * h),
        (0.9 * w, 0.65 * h),
        (w, h),
    ]
    outer = smooth_outline(line)
    inner = Paint(
        lambda p: (
            (p[2] > 0.045)
            & (np.sqrt(p[0] ** 2 + p[1] ** 2) < np.interp(p[2], outer[:, 1], outer[:, 0]) - 0.03)
        ),
        glazed(inside),
    )
    return Model(
        "bowl",
        (Solid(vessel(line, 0.06), glazed(colour), paints=(inner,)),),
        reach=1.15 * max(w, h),
        stride=0.9,
    )


def plate(colour: str = "#ece6da", rim: str = "#3a6ea5", wide: float = 1.1) -> Model:
    """Dinner plate with a coloured rim."""
    line = [
        (0, 0),
        (0.55 * wide, 0),
        (0.55 * wide, 0),
        (0.66 * wide, 0.04),
        (0.76 * wide, 0.1),
        (wide, 0.17),
    ]
    band = Paint(
        lambda p: (
            (p[0] ** 2 + p[1] ** 2 > (0.84 * wide) ** 2)
            & (p[0] ** 2 + p[1] ** 2 < (0.95 * wide) ** 2)
        ),
        glazed(rim),
    )
    return Model(
        "plate", (Solid(vessel(line, 0.05), glazed(colour), paints=(band,)),), reach=wide * 1.1
    )


def egg(colour: str = "#c98f62", cup: str = "#e6b422", seed: int = 0) -> Model:
    """Egg in an egg cup, each a part."""
    shell = lathe(
        [(0, 0.3), (0.1, 0.315), (0.21, 0.42), (0.255, 0.58), (0.2, 0.8), (0.1, 0.91), (0, 0.93)]
    )
    stand = vessel(
        [
            (0, 0),
            (0.24, 0),
            (0.24, 0),
            (0.24, 0.04),
            (0.1, 0.12),
            (0.1, 0.2),
            (0.24, 0.34),
            (0.29, 0.52),
        ],
        0.035,
    )
    return Model(
        "egg",
        (
            Solid(
                shell,
                Material(speckled(colour, "#8a5a38", 0.1, 16.0, seed), 0.45, wrap=0.15),
                "egg",
            ),
            Solid(stand, glazed(cup), "egg cup"),
        ),
        reach=1.0,
    )


def book(
    colour: str = "#7a1f2b",
    extent: tuple[float, float, float] = (1.5, 2.1, 0.32),
    gilt: str = "#d8b15a",
    title: int = 2,
) -> Model:
    """Closed book lying flat, its spine towards -x; the block of pages is a part."""
    x, y, z = (0.5 * v for v in extent)
    t = 0.035
    boards = union(
        box((x, y, t), 0.015, (0, 0, z - t)),
        box((x, y, t), 0.015, (0, 0, t - z)),
        box((t, y, z), 0.03, (t - x, 0, 0)),
    )
    pages = box((x - 0.03, y - 0.06, z - 1.6 * t), 0.0, (0.0, 0, 0))
    cloth = Material(plain(colour, 0.1, 6.0), 0.6, bump=grainy(0.006, 30.0))
    gold = Material(plain(gilt, 0.05), 0.35, 0.3)

    def spine(p: Array) -> np.ndarray:
        lines = (np.abs(np.abs(p[1]) - 0.78 * y) < 0.03) | (np.abs(np.abs(p[1]) - 0.7 * y) < 0.012)
        letters = (
            (np.abs(p[2]) < 0.3 * z)
            & (np.abs(p[1]) < 0.2 * y * title)
            & (noise(np.stack([p[1] * 16, p[1] * 0, p[1] * 0]), 1.0, title) > 0.42)
        )
        return (p[0] < -x + 0.012) & (lines | letters)

    def front(p: Array) -> np.ndarray:
        frame = np.maximum(np.abs(p[0]) - 0.8 * x, np.abs(p[1]) - 0.85 * y)
        diamond = np.abs(p[0]) / (0.4 * x) + np.abs(p[1]) / (0.4 * y)
        return (p[2] > z - 0.012) & (
            (np.abs(frame) < 0.018) | (np.abs(diamond - 1) < 0.08) | (diamond < 0.55)
        )

    paper = linear("#e9dfc6")

    def sheets(p: Array) -> Array:
        return paper * (0.72 + 0.36 * noise(np.stack([p[0] * 2, p[1] * 2, p[2] * 90]), 1.0))

    return Model(
        "book",
        (
            Solid(boards, cloth, paints=(Paint(spine, gold), Paint(front, gold))),
            Solid(pages, Material(sheets, 0.85), "pages"),
        ),
        reach=1.05 * max(x, y),
    )


def candle(
    colour: str = "#e9dcc0", tall: float = 1.0, radius: float = 0.3, lit: bool = True
) -> Model:
    """Pillar candle; wick and flame are parts."""
    wax = Material(plain(colour, 0.07, 3.0), 0.4, 0.04, wrap=0.45)
    wick = capsule((0, 0, tall - 0.12), (0.02, 0, tall + 0.06), 0.022)
    solids = [Solid(_wax(radius, tall), wax), Solid(wick, Material(plain("#1c1613"), 0.9))]
    if lit:
        flame = lathe(
            [
                (0, tall + 0.02),
                (0.05, tall + 0.06),
                (0.085, tall + 0.16),
                (0.06, tall + 0.3),
                (0.02, tall + 0.42),
                (0, tall + 0.46),
            ]
        )
        hot, tip = linear("#ffe9a8"), linear("#ff9a2e")

        def fire(p: Array) -> Array:
            rise = step(tall + 0.1, tall + 0.45, p[2])
            return mix(hot, tip, rise)

        solids.append(Solid(flame, Material(fire, 1.0, 0.0, glow=2.6), "flame"))
    return Model("candle", tuple(solids), reach=tall + 0.6)


def _wax(radius: float, tall: float) -> Field:
    """Candle body with a hollow that the flame melted and an uneven rim."""
    trunk = cylinder(radius, tall / 2, 0.05, (0, 0, tall / 2))
    hollow = ellipsoid((radius * 0.78, radius * 0.78, 0.13), (0, 0, tall + 0.02))

    def field(p: Array) -> Array:
        sag = np.float32(0.05) * noise(np.stack([p[0], p[1], p[2] * 0]), 3.0, 5)
        return smooth_max(trunk(np.stack([p[0], p[1], p[2] + sag * p[2]])), -hollow(p), 0.06)

    return field


def pencil(colour: str = "#d9a514", long: float = 1.75) -> Model:
    """Pencil along x; its sharpened tip and its eraser are parts."""
    half = long / 2
    shaft = moved(prism(6, 0.075, half, 0.012), (0, 0, 0), (0, 90, 0))
    slope = np.float32(0.3)

    def sharpened(p: Array) -> Array:
        cone = (np.sqrt(p[1] ** 2 + p[2] ** 2) - slope * (np.float32(half) - p[0])) * 0.95
        return np.maximum(shaft(p), cone)

    lacquer = Material(plain(colour, 0.05), 0.25)
    edge = half - 0.27

    def bare(p: Array) -> np.ndarray:
        return p[0] > edge + 0.03 * np.cos(6 * np.arctan2(p[2], p[1]))

    return Model(
        "pencil",
        (
            Solid(
                sharpened,
                lacquer,
                paints=(
                    Paint(bare, Material(plain("#d9b07c", 0.2, 12.0), 0.7), "tip"),
                    Paint(lambda p: p[0] > half - 0.1, Material(plain("#26262a"), 0.4), "tip"),
                    Paint(
                        lambda p: p[0] < -half + 0.2,
                        Material(plain("#b9bcc0"), 0.25, 0.7, metal=True),
                    ),
                    Paint(lambda p: p[0] < -half + 0.11, Material(plain("#d0606a"), 0.8), "eraser"),
                ),
            ),
        ),
        reach=half + 0.1,
    )


def donut(
    dough: str = "#b87333", icing: str = "#e77fa8", sprinkles: bool = True, seed: int = 0
) -> Model:
    """Ring doughnut; the icing with its sprinkles is a part."""
    ring = torus(0.42, 0.23)

    def iced(p: Array) -> Array:
        wave = np.float32(0.09) * (
            fractal(np.stack([p[0], p[1], p[2] * 0]), 3.4, 2, seed) - np.float32(0.5)
        )
        return smooth_max(ring(p) - np.float32(0.022), -(p[2] - np.float32(0.03) + wave), 0.05)

    sugar = Material(plain(icing, 0.05, 3.0), 0.2, 0.05, wrap=0.2)
    paints: tuple[Paint, ...] = ()
    solids = [
        Solid(
            ring,
            Material(speckled(dough, "#8f5522", 0.35, 5.0, seed), 0.7, bump=grainy(0.012, 9.0)),
        )
    ]
    if sprinkles:
        rng = np.random.default_rng(seed + 40)
        colours = ["#f5e663", "#5cc8e8", "#ffffff", "#74c365", "#e8503a"]
        groups: dict[str, list[Field]] = {code: [] for code in colours}
        for i in range(44):
            turn = 2.39996 * i + rng.uniform(-0.2, 0.2)
            lean = rng.uniform(-1.0, 1.0)
            r = 0.42 + 0.245 * np.sin(lean)
            z = 0.252 * np.cos(lean)
            c = np.array([r * np.cos(turn), r * np.sin(turn), z])
            spin = rng.uniform(0, np.pi)
            tangent = np.array([-np.sin(turn), np.cos(turn), 0])
            across = np.array(
                [np.cos(lean) * np.cos(turn), np.cos(lean) * np.sin(turn), -np.sin(lean)]
            )
            d = 0.038 * (np.cos(spin) * tangent + np.sin(spin) * across)
            groups[colours[i % 5]].append(_stroke(c - d, c + d, 0.017))
        paints = tuple(
            Paint(_any(fields), Material(plain(code, 0.02), 0.35), "icing")
            for code, fields in groups.items()
        )
    solids.append(Solid(iced, sugar, "icing", paints))
    return Model("doughnut", tuple(solids), reach=0.8, stride=0.85)


def _stroke(a: np.ndarray, b: np.ndarray, radius: float) -> Field:
    return capsule(a.tolist(), b.tolist(), radius * 1.35)


def _any(fields: list[Field]) -> Region:
    return lambda p: np.minimum.reduce([field(p) for field in fields]) < 0


def gift(
    colour: str = "#2d7f78",
    ribbon: str = "#d9b04a",
    half: tuple[float, float, float] = (0.5, 0.5, 0.4),
) -> Model:
    """Wrapped box; ribbon and bow are one part."""
    x, y, z = half
    satin = Material(plain(ribbon, 0.08, 9.0), 0.3, 0.06)
    strips = union(box((0.1, y + 0.012, z + 0.012), 0.01), box((x + 0.012, 0.1, z + 0.012), 0.01))
    loops = moved(
        around(
            moved(
                subtract(ellipsoid((0.24, 0.1, 0.13)), ellipsoid((0.17, 0.2, 0.075))),
                (0.22, 0, 0.1),
                (0, -22, 0),
            ),
            4,
        ),
        (0, 0, z),
        (0, 0, 45),
    )
    knot = ellipsoid((0.09, 0.09, 0.08), (0, 0, z + 0.07))
    paper = Material(plain(colour, 0.06), 0.45)
    dots = Paint(
        lambda p: np.cos(p[0] * 26) * np.cos(p[1] * 26) * np.cos(p[2] * 26) > 0.72,
        Material(plain("#e9e4d4"), 0.45),
    )
    return Model(
        "gift box",
        (
            Solid(box(half, 0.02), paper, paints=(dots,)),
            Solid(union(strips, loops, knot), satin, "ribbon"),
        ),
        reach=1.0,
        stride=0.8,
    )
