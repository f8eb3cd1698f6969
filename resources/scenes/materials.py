"""Materials: procedural colours over space, and the numbers a surface is lit with.

A pattern takes points of shape (3, N), float32, in the model's frame and gives linear RGB of
shape (3, N), float32, or a height of shape (N,). Colours are written as sRGB hex strings, the
way a designer reads them, and turned to linear light once.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from geometry import Array, column

Pattern = Callable[[Array], Array]

LATTICE = 64  # period of the noise; a power of two so that wrapping is a bit mask
_table = np.random.default_rng(20240229).random(LATTICE**3, dtype=np.float32)


@dataclass(frozen=True)
class Material:
    """What light does at a surface.

    `reflectance` is the reflected share at normal incidence (F0 of Schlick's approximation),
    `bump` a height in model units that turns the shading normal, `wrap` the share of light
    that leaks round the terminator (a cheap stand-in for light scattered below the skin),
    `glow` the emitted multiple of the colour. A metal reflects in its colour and has no
    diffuse part.
    """

    colour: Pattern
    roughness: float = 0.5
    reflectance: float = 0.04
    bump: Pattern | None = None
    bump_step: float = 0.01
    wrap: float = 0.0
    glow: float = 0.0
    metal: bool = False


def linear(code: str) -> Array:
    """sRGB "#rrggbb" as linear RGB (3, 1), float32 (IEC 61966-2-1)."""
    v = np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64) / 255
    return (
        np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)
        .astype(np.float32)
        .reshape(3, 1)
    )


def mix(a: Array, b: Array, share: Array) -> Array:
    """Blend colours (3, 1) or (3, N) by a share (N,)."""
    return a + (b - a) * share


def step(edge0: float, edge1: float, x: Array) -> Array:
    """Hermite step from 0 at `edge0` to 1 at `edge1`."""
    t = np.clip((x - np.float32(edge0)) / np.float32(edge1 - edge0), 0, 1)
    return t * t * (3 - 2 * t)


def noise(p: Array, frequency: float | Array, seed: int = 0) -> Array:
    """Value noise in [0, 1], shape (N,): a periodic random lattice, smoothly interpolated."""
    q = p * np.float32(frequency) if np.isscalar(frequency) else p * frequency
    q = q + np.float32(seed * 7.31 + 13.7)
    base = np.floor(q)
    f = q - base
    f = f * f * (3 - 2 * f)
    i = base.astype(np.int32) & (LATTICE - 1)
    j = (i + 1) & (LATTICE - 1)
    x0, x1 = i[0] * (LATTICE * LATTICE), j[0] * (LATTICE * LATTICE)
    y0, y1 = i[1] * LATTICE, j[1] * LATTICE
    z0, z1 = i[2], j[2]

    def edge(x: Array, y: Array) -> Array:
        low = _table[x + y + z0]
        return low + (_table[x + y + z1] - low) * f[2]

    near = edge(x0, y0)
    near += (edge(x0, y1) - near) * f[1]
    far = edge(x1, y0)
    far += (edge(x1, y1) - far) * f[1]
    return near + (far - near) * f[0]


def fractal(p: Array, frequency: float | Array, octaves: int = 4, seed: int = 0) -> Array:
    """Sum of noise octaves, each twice as fine and half as strong, in [0, 1]."""
    total = np.zeros(p.shape[1], dtype=np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        total += np.float32(weight) * noise(
            p, frequency * np.float32(2.03**octave), seed + 3 * octave
        )
        norm += weight
        weight *= 0.5
    return total / np.float32(norm)


# --- patterns ---------------------------------------------------------------------------------


def plain(code: str, variation: float = 0.06, frequency: float = 3.0, seed: int = 0) -> Pattern:
    """One colour with a faint cloudiness, as no real surface is even."""
    base = linear(code)
    return lambda p: base * (1 + np.float32(variation) * (2 * fractal(p, frequency, 3, seed) - 1))


def speckled(
    code: str, spots: str, share: float = 0.3, frequency: float = 14.0, seed: int = 0
) -> Pattern:
    """A ground with small irregular spots over about the given share."""
    base, dots = linear(code), linear(spots)

    def pattern(p: Array) -> Array:
        ground = base * (0.94 + 0.12 * noise(p, 2.5, seed))
        value = 0.7 * noise(p, frequency, seed) + 0.3 * noise(p, frequency * 2.3, seed + 5)
        edge = 0.85 - 0.55 * share
        return mix(ground, dots, step(edge - 0.06, edge + 0.06, value))

    return pattern


def banded(codes: list[str], width: float, axis: int = 2, offset: float = 0.0) -> Pattern:
    """Bands of equal width along an axis, in turn."""
    colours = np.concatenate([linear(code) for code in codes], axis=1)

    def pattern(p: Array) -> Array:
        band = np.floor((p[axis] - np.float32(offset)) / np.float32(width)).astype(np.int32)
        return colours[:, band % len(codes)]

    return pattern


def sectors(
    codes: list[str], twist: float = 0.0, cap: str | None = None, cap_at: float = 0.0
) -> Pattern:
    """Sectors about the z axis, as on a beach ball, with an optional cap at both poles."""
    colours = np.concatenate([linear(code) for code in codes], axis=1)

    def pattern(p: Array) -> Array:
        angle = (np.arctan2(p[1], p[0]) + np.float32(twist) * p[2]) / np.float32(2 * np.pi)
        sector = np.floor((angle + 1) * len(codes)).astype(np.int32) % len(codes)
        out = colours[:, sector]
        if cap is not None:
            pole = step(cap_at, cap_at + 0.01, np.abs(p[2]))
            out = mix(out, linear(cap), pole)
        return out

    return pattern


def wood(
    light: str, dark: str, axis: int = 0, scale: float = 1.0, plank: float = 0.0, seed: int = 0
) -> Pattern:
    """Grain along an axis; with `plank`, boards of that width with their own grain and gaps."""
    a, b = linear(light), linear(dark)
    across = 1 if axis == 0 else 0
    stretch = np.ones(3, dtype=np.float32)
    stretch[axis] = 0.08

    def pattern(p: Array) -> Array:
        q = p * np.float32(scale)
        board = np.zeros(p.shape[1], dtype=np.float32)
        if plank:
            board = np.floor(p[across] / np.float32(plank))
            q = q + board * column((17.3, 5.1, 9.7))
        warp = fractal(q, column(stretch * 1.4), 3, seed)
        ring = q[across] * np.float32(2.2) + q[2] * np.float32(1.3) + warp * np.float32(6.5)
        ring = ring - np.floor(ring)
        grain = step(0.0, 0.85, ring) * (1 - step(0.85, 1.0, ring))
        fibre = 0.55 * noise(q, column(stretch * 42), seed + 9) + 0.45 * noise(
            q, column(stretch * 110), seed + 11
        )
        tone = 0.16 * (np.sin(board * np.float32(12.9)) if plank else 0.0)
        out = mix(a, b, np.clip(0.62 * grain + 0.4 * fibre - 0.15 + tone, 0, 1))
        if plank:
            gap = np.abs(p[across] / np.float32(plank) - board - np.float32(0.5))
            out = out * (1 - 0.75 * step(0.488, 0.497, gap))
        return out

    return pattern


def marble(ground: str, vein: str, frequency: float = 0.7, seed: int = 0) -> Pattern:
    """Veins where a turbulent noise crosses its middle."""
    a, b = linear(ground), linear(vein)

    def pattern(p: Array) -> Array:
        warp = fractal(p, frequency * 1.7, 4, seed + 20)
        q = p + np.float32(1.2) * warp
        line = np.abs(2 * fractal(q, frequency, 4, seed) - 1)
        thin = np.abs(2 * fractal(q, frequency * 2.3, 3, seed + 7) - 1)
        share = 0.75 * (1 - step(0.0, 0.09, line)) + 0.3 * (1 - step(0.0, 0.06, thin))
        cloud = 0.9 + 0.14 * warp
        return mix(a, b, np.clip(share, 0, 1)) * cloud

    return pattern


def weave(code: str, other: str, check: float = 0.0, thread: float = 0.03) -> Pattern:
    """Cloth: a plain weave, with `check` a gingham of that width."""
    a, b = linear(code), linear(other)

    def pattern(p: Array) -> Array:
        share = np.zeros(p.shape[1], dtype=np.float32)
        if check:
            w = np.float32(np.pi / check)
            share = 0.5 * (
                step(-0.05, 0.05, np.sin(p[0] * w)) + step(-0.05, 0.05, np.sin(p[1] * w))
            )
        k = np.float32(np.pi / thread)
        yarn = 0.5 + 0.5 * np.sin(p[0] * k) * np.sin(p[1] * k)
        return mix(a, b, share) * (0.88 + 0.1 * yarn + 0.08 * noise(p, 4.0, 3))

    return pattern


def checkers(light: Pattern, dark: Pattern, width: float) -> Pattern:
    """A board of two patterns in the xy plane."""

    def pattern(p: Array) -> Array:
        odd = (np.floor(p[0] / np.float32(width)) + np.floor(p[1] / np.float32(width))) % 2
        return np.where(odd > 0.5, light(p), dark(p))

    return pattern


def grainy(height: float, frequency: float, octaves: int = 2, seed: int = 0) -> Pattern:
    """Bump of fractal noise with the given height in model units."""
    return lambda p: np.float32(height) * fractal(p, frequency, octaves, seed)


def folds(height: float, frequency: float, seed: int = 0) -> Pattern:
    """Bump of soft creases running mostly one way, as in a cloth that was spread out."""
    stretch = column((frequency, frequency * 0.35, frequency))

    def pattern(p: Array) -> Array:
        n = fractal(p + 0.8 * noise(p, frequency * 0.7, seed + 4), stretch, 2, seed)
        return np.float32(height) * (1 - np.abs(2 * n - 1)) ** 2

    return pattern
