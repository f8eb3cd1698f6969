"""Random pictures of overlapping things whose masks are known, made in a moment each.

The still lifes of `render.py` are made with care and take minutes. Fitting a judge of masks takes
thousands of objects that differ in shape, material, light and clutter, so these are flat shapes
with a height, shaded, textured and laid over each other from back to front (2.5-D).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Bitmap: TypeAlias = NDArray[np.bool_]
Labels: TypeAlias = NDArray[np.int32]
Random: TypeAlias = np.random.Generator

LEAST_AREA = 300  # pixels still to be seen of an object; less is not worth an annotation
LEAST_SEEN = 0.3  # share of an object that must still be seen
_THIN = 3.0  # pixels from the middle to the border: an annotator ignores what is drawn over a thing


@dataclass(frozen=True)
class RandomScene:
    """A picture and what is to be seen in it.

    Attributes:
        rgb: (H, W, 3) uint8, sRGB.
        masks: the visible pixels (H, W) of each object that is worth an annotation.
        things: (H, W) int32, the object of every pixel, also of those not worth one; -1 for none.
        surfaces: (H, W) int32: equal within what was painted at once: a thing's body, a patch on
            it, a speck, a part of the backdrop.
    """

    rgb: NDArray[np.uint8]
    masks: list[Bitmap]
    things: Labels
    surfaces: Labels


@dataclass(frozen=True)
class Light:
    """One distant light: its direction (x, y, z) towards the viewer, and what is left in shade."""

    towards: tuple[float, float, float]
    ambient: float
    softness: float


def random_scene(seed: int, structured: float = 0.0) -> RandomScene:
    """The scene of a seed; the same seed gives the same pixels.

    Args:
        structured: the share of things that have sides, labels, bands or panels of their own.
    """
    rng = np.random.default_rng(seed)
    width = int(rng.integers(400, 680))
    height = int(width * rng.uniform(0.62, 1.0))
    if rng.random() < 0.2:
        width, height = height, width
    shape = height, width
    angle = rng.uniform(0, 2 * np.pi)
    tilt = rng.uniform(0.5, 1.2)
    light = Light(
        (float(np.cos(angle) * tilt), float(np.sin(angle) * tilt), 1.0),
        float(rng.uniform(0.25, 0.6)),
        float(rng.uniform(1, 12)),
    )
    palette = [_colour(rng) for _ in range(int(rng.integers(2, 6)))]
    surfaces, things = np.zeros(shape, np.int32), np.full(shape, -1, np.int32)
    picture = _backdrop(rng, shape, palette, surfaces)
    count = int(rng.integers(3, 15))
    sides = np.sort(np.exp(rng.uniform(np.log(0.08), np.log(0.75), count)))[::-1] * min(shape)
    if rng.random() < 0.5:
        rng.shuffle(sides)
    layers: list[Bitmap] = []
    sizes: list[int] = []
    for i, side in enumerate(sides):
        for _ in range(int(rng.integers(0, 4))):
            _speckle(rng, picture, palette, surfaces)
            spot = surfaces == surfaces.max()
            if _lies_across(spot, things):
                # What it hides of things is not to be seen; a spot within one may be on it.
                things[spot] = -1
                for behind in layers:
                    behind &= ~spot
        if i and rng.random() < 0.25 and sizes[-1]:
            mask, parts = _repeated(rng, layers[-1])
        else:
            is_structured = structured > 0 and rng.random() < structured
            make = _structured if is_structured else _shape
            mask, parts = make(rng, shape, float(side))
        picture = _laid(rng, picture, mask, parts, light, palette)
        things[mask] = i
        for painted in (mask, *parts):
            surfaces[painted] = surfaces.max() + 1
        layers.append(mask)
        sizes.append(int(np.count_nonzero(mask)))
        # What lies in front hides what lies behind.
        for behind in layers[:-1]:
            behind &= ~mask
    picture = _photographed(rng, picture)
    kept = [
        mask
        for mask, size in zip(layers, sizes, strict=True)
        if np.count_nonzero(mask) >= max(LEAST_AREA, LEAST_SEEN * size)
    ]
    return RandomScene(picture, kept, things, surfaces)


# --- shapes ---------------------------------------------------------------------------------


def _shape(rng: Random, shape: tuple[int, int], side: float) -> tuple[Bitmap, list[Bitmap]]:
    """A thing's silhouette and the parts that may have materials of their own."""
    centre = np.clip(rng.normal(0.5, 0.28, 2), 0.02, 0.98) * (shape[1], shape[0])
    makers: list[Callable[[Random], NDArray[np.float64]]] = [
        _blob,
        _blob,
        _superellipse,
        _polygon,
        _bottle,
        _leaf,
        _slab,
    ]
    turn = rng.uniform(0, 2 * np.pi) if rng.random() < 0.6 else rng.normal(0, 0.15)
    outline = _turned(makers[int(rng.integers(len(makers)))](rng), turn)
    mask = _filled(shape, [centre + outline * side / 2])
    parts = []
    kind = rng.random()
    if kind < 0.35:
        # A figure: limbs, a head or a handle joined to the body.
        for _ in range(int(rng.integers(1, 5))):
            at = outline[int(rng.integers(len(outline)))] * rng.uniform(0.6, 1.0)
            limb = makers[int(rng.integers(len(makers)))](rng) * rng.uniform(0.2, 0.65)
            limb = _turned(limb, rng.uniform(0, 2 * np.pi)) + at
            part = _filled(shape, [centre + limb * side / 2])
            parts.append(part)
            mask |= part
    if rng.random() < 0.12:
        hole = _turned(_superellipse(rng) * rng.uniform(0.3, 0.55), turn)
        mask &= ~_filled(shape, [centre + hole * side / 2])
    for _ in range(int(rng.integers(0, 4))):
        at = outline.mean(axis=0) + rng.normal(0, 0.35, 2)
        patch = _turned(makers[int(rng.integers(len(makers)))](rng) * rng.uniform(0.15, 0.6), turn)
        parts.append(_filled(shape, [centre + (patch + at) * side / 2]) & mask)
    if rng.random() < 0.25:
        normal = rng.normal(0, 1, 2)
        rows, columns = np.indices(shape)
        beyond = (columns - centre[0]) * normal[0] + (rows - centre[1]) * normal[1]
        parts.append(mask & (beyond > rng.normal(0, 0.2) * side))
    return mask, [part for part in parts if part.any()]


def _structured(rng: Random, shape: tuple[int, int], side: float) -> tuple[Bitmap, list[Bitmap]]:
    """A thing with strong boundaries within: a block, or one with a label, bands or panels."""
    centre = np.clip(rng.normal(0.5, 0.28, 2), 0.02, 0.98) * (shape[1], shape[0])
    kind = rng.random()
    if kind < 0.4:
        return _block(rng, shape, centre, side / 2)
    turn = rng.uniform(0, 2 * np.pi) if rng.random() < 0.4 else rng.normal(0, 0.15)
    makers = (_blob, _superellipse, _superellipse, _polygon, _bottle, _bottle, _slab, _slab)
    straight = makers[int(rng.integers(len(makers)))](rng)

    def placed(outline: NDArray[np.float64]) -> Bitmap:
        return _filled(shape, [centre + _turned(outline, turn) * side / 2])

    mask, parts = placed(straight), []
    lowest, highest = straight.min(axis=0), straight.max(axis=0)
    if kind < 0.75:
        # A label, or a rim and what it frames, perhaps with another one on it.
        for _ in range(int(rng.integers(1, 3))):
            low, high = np.sort(rng.uniform(0.03, 0.97, (2, 2)), axis=0)
            label = straight * rng.uniform(0.5, 0.92)
            if rng.random() < 0.5:
                corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
                reach = np.maximum(high - low, 0.2)
                label = lowest + (low + corners * reach) * (highest - lowest)
            parts.append(placed(label) & mask)
    else:
        # Bands, or panels: those of even number are of another material.
        rows, columns = np.indices(shape)
        along = np.cos(turn) * (columns - centre[0]) + np.sin(turn) * (rows - centre[1])
        down = np.cos(turn) * (rows - centre[1]) - np.sin(turn) * (columns - centre[0])
        width = side / rng.uniform(2, 7)
        places = np.floor(down / (width * rng.uniform(0.6, 1.6)) + rng.random())
        if kind > 0.88:
            places += np.floor(along / width + rng.random())
        parts.append(mask & (places % 2 == 0))
    if rng.random() < 0.3:
        cap = straight[:, 1] < lowest[1] + rng.uniform(0.08, 0.4) * (highest - lowest)[1]
        if np.count_nonzero(cap) > 2:
            parts.append(placed(straight[cap]) & mask)
    return mask, [part for part in parts if part.any()]


def _block(
    rng: Random, shape: tuple[int, int], centre: NDArray[np.float64], reach: float
) -> tuple[Bitmap, list[Bitmap]]:
    """Three sides that meet in a corner: boxes, books, bricks, some with what is on a side."""
    angles = rng.uniform(0, 2 * np.pi) + np.cumsum([0, *rng.uniform(1.6, 2.5, 2)])
    lengths = rng.uniform(0.25, 1.0, 3)
    edges = np.stack([np.cos(angles), np.sin(angles)], axis=1) * (lengths / lengths.max())[:, None]
    sides = []
    for first, second in ((0, 1), (1, 2), (2, 0)):
        a, b = edges[first], edges[second]
        corners = np.array([np.zeros(2), a, a + b, b])
        sides.append(corners)
    faces = [_filled(shape, [centre + corners * reach]) for corners in sides]
    mask = faces[0] | faces[1] | faces[2]
    for corners in sides:
        if rng.random() < 0.25:
            middle = corners.mean(axis=0)
            inset = middle + (corners - middle) * rng.uniform(0.4, 0.85)
            faces.append(_filled(shape, [centre + inset * reach]))
    return mask, [face for face in faces if face.any()]


def _repeated(rng: Random, model: Bitmap) -> tuple[Bitmap, list[Bitmap]]:
    """Another thing of the same outline beside the last one, like fruit in a heap."""
    rows, columns = np.nonzero(model)
    if len(rows) == 0:
        return model.copy(), []
    reach = max(np.ptp(rows), np.ptp(columns)) + 1
    turn = cv2.getRotationMatrix2D(
        (float(columns.mean()), float(rows.mean())),
        float(rng.uniform(0, 360)),
        float(rng.uniform(0.8, 1.2)),
    )
    away = rng.uniform(0, 2 * np.pi)
    turn[:, 2] += np.array([np.cos(away), np.sin(away)]) * reach * rng.uniform(0.6, 1.0)
    size = (model.shape[1], model.shape[0])
    return cv2.warpAffine(model.astype(np.uint8), turn, size) > 0, []


def _turned(outline: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    c, s = np.cos(angle), np.sin(angle)
    return np.asarray(outline @ np.array([[c, s], [-s, c]]))


def _filled(shape: tuple[int, int], outlines: list[NDArray[np.float64]]) -> Bitmap:
    canvas = np.zeros(shape, np.uint8)
    cv2.fillPoly(canvas, [np.round(o * 16).astype(np.int32) for o in outlines], 1, shift=4)
    return canvas > 0


def _around(count: int = 90) -> NDArray[np.float64]:
    return np.linspace(0, 2 * np.pi, count, endpoint=False)


def _blob(rng: Random) -> NDArray[np.float64]:
    angle = _around()
    radius = np.ones_like(angle)
    for k in range(2, 7):
        radius += rng.normal(0, 0.22 / k) * np.cos(k * angle + rng.uniform(0, 7))
    stretch = rng.uniform(0.45, 1.0)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle) * stretch], axis=1)


def _superellipse(rng: Random) -> NDArray[np.float64]:
    angle, power, stretch = _around(), rng.uniform(0.25, 1.0), rng.uniform(0.3, 1.0)
    x = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power
    y = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power
    return np.stack([x, y * stretch], axis=1)


def _polygon(rng: Random) -> NDArray[np.float64]:
    corners = int(rng.integers(3, 8))
    angle = np.sort(_around(corners) + rng.normal(0, 0.5 / corners, corners))
    radius = rng.uniform(0.6, 1.1, corners)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _bottle(rng: Random) -> NDArray[np.float64]:
    heights = np.linspace(-1, 1, 40)
    knots = rng.uniform(0.12, 0.55, int(rng.integers(3, 7)))
    half = np.interp(heights, np.linspace(-1, 1, len(knots)), knots)
    half = cv2.GaussianBlur(half.reshape(-1, 1), (1, 9), 2).ravel()
    right = np.stack([half, heights], axis=1)
    return np.concatenate([right, (right * [-1, 1])[::-1]])


def _leaf(rng: Random) -> NDArray[np.float64]:
    """A bent, tapering strip: bananas, pens, cables, leaves."""
    along = np.linspace(-1, 1, 40)
    bend, thickness = rng.normal(0, 0.4), rng.uniform(0.06, 0.25)
    half = thickness * np.sqrt(np.maximum(1 - np.abs(along) ** rng.uniform(2, 8), 0))
    middle = bend * along**2
    upper = np.stack([along, middle + half], axis=1)
    lower = np.stack([along, middle - half], axis=1)
    return np.concatenate([upper, lower[::-1]])


def _slab(rng: Random) -> NDArray[np.float64]:
    """A rectangle seen askew: books, boxes, screens."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
    corners[:, 1] *= rng.uniform(0.25, 1.0)
    return np.asarray(corners + rng.normal(0, 0.12, (4, 2)))


# --- materials and light ---------------------------------------------------------------------


def _colour(rng: Random) -> Floats:
    """Linear light (3,); greys and browns more often than bright colours."""
    hue, value = rng.uniform(0, 180), rng.uniform(0.12, 0.95)
    if rng.random() < 0.4:
        hue = rng.normal(18, 6) % 180
    saturation = rng.beta(1.0, 2.0)
    hsv = np.array([[[hue, saturation * 255, value * 255]]]).astype(np.uint8)
    rgb = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0].astype(np.float32) / 255
    return np.asarray(rgb**2.2, np.float32)


def _noise(rng: Random, shape: tuple[int, int], grain: float, octaves: int = 4) -> Floats:
    """Smooth noise of unit deviation whose coarsest features are `grain` pixels wide."""
    total = np.zeros(shape, np.float32)
    for k in range(octaves):
        cell = max(grain / 2**k, 1.0)
        rows, columns = int(shape[0] / cell) + 3, int(shape[1] / cell) + 3
        coarse = rng.standard_normal((rows, columns)).astype(np.float32)
        fine = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
        total += fine * np.float32(0.6**k)
    return np.asarray(total / (total.std() + 1e-6), np.float32)


def _texture(rng: Random, shape: tuple[int, int], colour: Floats, strength: float) -> Floats:
    """A material's reflectance (H, W, 3): plain, mottled, striped, chequered or grained."""
    kind = rng.random()
    rows, columns = np.indices(shape, np.float32)
    if kind < 0.35:
        pattern = _noise(rng, shape, rng.uniform(20, 120)) * 0.3
    elif kind < 0.55:
        pattern = _noise(rng, shape, rng.uniform(3, 20), 3)
    elif kind < 0.75:
        angle, period = rng.uniform(0, np.pi), rng.uniform(5, 40)
        phase = (rows * np.sin(angle) + columns * np.cos(angle)) / period
        wobble = _noise(rng, shape, 80, 2) * rng.uniform(0, 0.6)
        pattern = np.tanh(3 * np.sin(2 * np.pi * (phase + wobble)))
    elif kind < 0.85:
        period = rng.uniform(8, 40)
        pattern = np.sign(np.sin(rows * 2 * np.pi / period) * np.sin(columns * 2 * np.pi / period))
    else:
        grained = _noise(rng, (shape[0], shape[1] // 12 + 2), rng.uniform(4, 12))
        pattern = cv2.resize(grained, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
        if rng.random() < 0.5:
            pattern = np.ascontiguousarray(
                cv2.resize(pattern.T, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
            )
    other = _colour(rng) if rng.random() < 0.35 else colour * np.float32(rng.uniform(0.3, 1.6))
    share = np.clip(0.5 + 0.5 * pattern * strength, 0, 1)[:, :, None].astype(np.float32)
    base = colour + (other - colour) * share * np.float32(min(1.0, 2 * strength))
    return np.asarray(np.clip(base, 0.005, 1), np.float32)


def _backdrop(
    rng: Random, shape: tuple[int, int], palette: list[Floats], surfaces: Labels
) -> Floats:
    """Table, wall and what stands blurred in between, with a gradient of light."""
    picture = _texture(rng, shape, palette[0], float(rng.uniform(0, 0.9)))
    rows, columns = np.indices(shape, np.float32)
    for _ in range(int(rng.integers(0, 4))):
        angle = rng.normal(np.pi / 2, 0.2) if rng.random() < 0.6 else rng.uniform(0, np.pi)
        edge = np.cos(angle) * (columns / shape[1] - 0.5) + np.sin(angle) * (rows / shape[0] - 0.5)
        edge = edge + _noise(rng, shape, 200, 1) * rng.uniform(0, 0.05)
        beyond = edge > rng.uniform(-0.4, 0.4)
        colour = palette[int(rng.integers(len(palette)))]
        other = _texture(rng, shape, colour, float(rng.uniform(0, 0.9)))
        picture = np.where(beyond[:, :, None], other, picture)
        surfaces[beyond] = surfaces.max() + 1
    for _ in range(int(rng.integers(0, 12))):
        _speckle(rng, picture, palette, surfaces)
    if rng.random() < 0.4:
        picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.7, 5)))
    falloff = _gradient(rng, shape, 0.5)
    return np.asarray(picture * falloff[:, :, None], np.float32)


def _speckle(rng: Random, picture: Floats, palette: list[Floats], surfaces: Labels) -> None:
    """Draws a thing that is not annotated: a line, a dot, a patch of another material."""
    height, width = picture.shape[:2]
    colour = palette[int(rng.integers(len(palette)))] * rng.uniform(0.5, 1.4)
    start = (int(rng.integers(width)), int(rng.integers(height)))
    number = int(surfaces.max()) + 1
    if rng.random() < 0.5:
        reach = rng.exponential(0.12, 2) * rng.choice([-1, 1], 2) * width
        end = (int(start[0] + reach[0]), int(start[1] + reach[1]))
        thickness = int(rng.integers(1, 5))
        cv2.line(picture, start, end, colour.tolist(), thickness, cv2.LINE_AA)
        cv2.line(surfaces, start, end, number, thickness)
    else:
        axes = (int(rng.integers(2, 30)), int(rng.integers(2, 30)))
        turn = float(rng.uniform(0, 180))
        cv2.ellipse(picture, start, axes, turn, 0, 360, colour.tolist(), -1)
        cv2.ellipse(surfaces, start, axes, turn, 0, 360, number, -1)


def _lies_across(spot: Bitmap, things: Labels) -> bool:
    """Whether a spot lies over the outline of a thing; lines are too thin to hide anything."""
    beneath = things[spot]
    if len(beneath) == 0 or (beneath == beneath[0]).all():
        return False
    return bool(cv2.distanceTransform(spot.astype(np.uint8), cv2.DIST_L2, 3).max() > _THIN)


def _gradient(rng: Random, shape: tuple[int, int], strength: float) -> Floats:
    rows, columns = np.indices(shape, np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    along = np.cos(angle) * (columns / shape[1] - 0.5) + np.sin(angle) * (rows / shape[0] - 0.5)
    return np.asarray(1 + strength * rng.uniform(0, 1.2) * along, np.float32)


def _laid(
    rng: Random,
    picture: Floats,
    mask: Bitmap,
    parts: list[Bitmap],
    light: Light,
    palette: list[Floats],
) -> Floats:
    """The picture with a thing laid on it: its shadow, then its shaded and textured surface."""
    if not mask.any():
        return picture
    shape = mask.shape
    depth = cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    thick = float(depth.max())
    picture = _shaded(rng, picture, mask, light, thick)
    # Among things in one place colours recur, which is what makes telling them apart hard.
    own = _colour(rng) if rng.random() < 0.7 else palette[int(rng.integers(len(palette)))]
    strength = float(rng.beta(1, 1.6))
    surface = _texture(rng, shape, own, strength)
    for part in parts:
        near = rng.random() < 0.4
        colour = own * np.float32(rng.uniform(0.5, 1.5)) if near else _colour(rng)
        other = _texture(rng, shape, colour, float(rng.beta(1, 2)))
        surface = np.where(part[:, :, None], other, surface)
    rounding = rng.choice([0.0, 0.3, 1.0], p=[0.3, 0.25, 0.45])
    shine = np.ones(shape, np.float32)
    glint = np.zeros(shape, np.float32)
    if rounding > 0:
        rim = max(thick * rounding, 1.0)
        rise = np.clip(depth / rim, 0, 1)
        level = np.sqrt(np.maximum(1 - (1 - rise) ** 2, 0)) * rim
        level = cv2.GaussianBlur(level, (0, 0), max(1.0, 0.08 * thick))
        down, across = np.gradient(level)
        normal = np.stack([-across, -down, np.ones_like(level)], axis=2)
        normal /= np.linalg.norm(normal, axis=2, keepdims=True)
        direction = np.array(light.towards) / np.linalg.norm(light.towards)
        facing = np.maximum(normal @ direction, 0) / max(direction[2], 0.2)
        shine = (light.ambient + (1 - light.ambient) * facing).astype(np.float32)
        half = direction + np.array([0, 0, 1.0])
        half /= np.linalg.norm(half)
        gloss = rng.uniform(5, 80)
        glint = (rng.random() * np.maximum(normal @ half, 0) ** gloss).astype(np.float32)
        if rng.random() < 0.5:
            glint *= 0
    shine = shine * _gradient(rng, shape, 0.6)
    surface = surface * shine[:, :, None] + glint[:, :, None] * np.float32(0.6)
    edge = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), float(rng.uniform(0.4, 1.0)))
    return np.asarray(picture + (surface - picture) * edge[:, :, None], np.float32)


def _shaded(rng: Random, picture: Floats, mask: Bitmap, light: Light, thick: float) -> Floats:
    """The picture with the shadow that a thing casts, and darkness where it touches."""
    reach = thick * rng.uniform(0.1, 1.2)
    shift = np.array(
        [[1, 0, -light.towards[0] * reach], [0, 1, -light.towards[1] * reach]], np.float32
    )
    size = (mask.shape[1], mask.shape[0])
    cast = cv2.warpAffine(mask.astype(np.float32), shift, size)
    cast = np.maximum(cast, mask)
    cast = cv2.GaussianBlur(cast, (0, 0), light.softness)
    touch = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(1.5, 0.15 * thick))
    dark = 1 - (1 - light.ambient) * rng.uniform(0.2, 1) * cast - 0.25 * rng.random() * touch
    return np.asarray(picture * np.clip(dark, 0.1, 1)[:, :, None], np.float32)


def _photographed(rng: Random, light: Floats) -> NDArray[np.uint8]:
    """Exposure, tone curve, lens blur, sensor noise and JPEG, (H, W, 3) uint8."""
    light = light * np.float32(0.5 / max(float(np.quantile(light, 0.8)), 0.05))
    shown = np.clip(light * np.float32(rng.uniform(0.6, 1.3)), 0, 1) ** np.float32(1 / 2.2)
    shown = cv2.GaussianBlur(shown, (0, 0), float(rng.uniform(0.3, 1.1)))
    shown = shown + rng.normal(0, rng.uniform(0.002, 0.03), shown.shape)
    pixels = (np.clip(shown, 0, 1) * 255 + 0.5).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 96))]
    _, encoded = cv2.imencode(".jpg", pixels, quality)
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def as_taken_elsewhere(rgb: NDArray[np.uint8], rng: Random) -> NDArray[np.uint8]:
    """The picture (H, W, 3) uint8 with another camera's tone, tint, sharpness, noise and JPEG.

    What is fitted on such pictures too relies less on how the scenes are drawn.
    """
    shown = rgb.astype(np.float32) / 255
    if rng.random() < 0.5:
        shown = shown ** np.float32(np.exp(rng.normal(0, 0.3)))
    if rng.random() < 0.5:
        shown = shown * np.exp(rng.normal(0, 0.12, 3)).astype(np.float32)
    if rng.random() < 0.5:
        grey = shown.mean(axis=2, keepdims=True)
        shown = grey + (shown - grey) * np.float32(rng.uniform(0.1, 1.2))
    if rng.random() < 0.5:
        mean, lift = shown.mean(), np.float32(rng.uniform(-0.1, 0.1))
        shown = mean + (shown - mean) * np.float32(rng.uniform(0.35, 1.1)) + lift
    if rng.random() < 0.4:
        shown = cv2.GaussianBlur(shown, (0, 0), float(rng.uniform(0.5, 1.8)))
    if rng.random() < 0.4:
        noise = rng.normal(0, rng.uniform(0.005, 0.05), shown.shape).astype(np.float32)
        if rng.random() < 0.5:
            noise = cv2.GaussianBlur(noise, (0, 0), 0.8) * 2
        shown = shown + noise
    pixels = (np.clip(shown, 0, 1) * 255 + 0.5).astype(np.uint8)
    if rng.random() < 0.6:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 95))]
        _, encoded = cv2.imencode(".jpg", pixels, quality)
        pixels = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return pixels
