"""Signed distance functions and the operators that combine them.

A field takes points of shape (3, N), float32, in the model's own frame (z up, one unit is
10 cm) and gives distances of shape (N,), float32, negative inside. The formulas of the
primitives follow Inigo Quilez, "Distance functions" (iquilezles.org/articles/distfunctions),
the smooth minimum his "smooth minimum" (quadratic polynomial). A few fields only bound the
distance (ellipsoid, bent and displaced shapes); models made of them march with a shorter step.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Field = Callable[[Array], Array]
Vector = Sequence[float]

GRID_CELLS = 480  # along the longer side of a tabulated outline; fewer show in highlights


def column(values: Vector) -> Array:
    """Three numbers as an array of shape (3, 1), float32, to add to points."""
    return np.asarray(values, dtype=np.float32).reshape(3, 1)


def length(p: Array) -> Array:
    """Euclidean length over the first axis: (K, N) to (N,)."""
    return np.sqrt(np.einsum("kn,kn->n", p, p))


def rotation(degrees: Vector) -> Array:
    """Matrix (3, 3), float32, of turns about x, then y, then z, in degrees."""
    ax, ay, az = np.radians(np.asarray(degrees, dtype=np.float64))
    cx, sx, cy, sy, cz, sz = (
        np.cos(ax),
        np.sin(ax),
        np.cos(ay),
        np.sin(ay),
        np.cos(az),
        np.sin(az),
    )
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return (about_z @ about_y @ about_x).astype(np.float32)


# --- primitives ---------------------------------------------------------------------------


def sphere(radius: float, centre: Vector = (0, 0, 0)) -> Field:
    """Ball of the given radius."""
    c = column(centre)
    return lambda p: length(p - c) - np.float32(radius)


def ellipsoid(radii: Vector, centre: Vector = (0, 0, 0)) -> Field:
    """Ellipsoid with half axes `radii`; first-order bound of the distance."""
    c, r = column(centre), column(radii)

    def field(p: Array) -> Array:
        q = (p - c) / r
        k0 = length(q)
        k1 = length(q / r)
        return k0 * (k0 - 1) / np.maximum(k1, 1e-6)

    return field


def box(half: Vector, rounding: float = 0.0, centre: Vector = (0, 0, 0)) -> Field:
    """Box with half extents `half`, its edges rounded inside these extents."""
    c = column(centre)
    h = column(half) - np.float32(rounding)

    def field(p: Array) -> Array:
        q = np.abs(p - c) - h
        outside = length(np.maximum(q, 0))
        return outside + np.minimum(q.max(axis=0), 0) - np.float32(rounding)

    return field


def cylinder(
    radius: float, half_height: float, rounding: float = 0.0, centre: Vector = (0, 0, 0)
) -> Field:
    """Upright cylinder, rounded edges inside its extents."""
    c = column(centre)

    def field(p: Array) -> Array:
        q = p - c
        a = np.sqrt(q[0] * q[0] + q[1] * q[1]) - np.float32(radius - rounding)
        b = np.abs(q[2]) - np.float32(half_height - rounding)
        outside = np.sqrt(np.maximum(a, 0) ** 2 + np.maximum(b, 0) ** 2)
        return outside + np.minimum(np.maximum(a, b), 0) - np.float32(rounding)

    return field


def prism(sides: int, apothem: float, half_length: float, rounding: float = 0.0) -> Field:
    """Regular prism along z with the given apothem (bound outside the edges)."""
    angles = np.arange(sides) * (2 * np.pi / sides)
    normals = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)

    def field(p: Array) -> Array:
        flank = (normals @ p[:2]).max(axis=0) - np.float32(apothem - rounding)
        cap = np.abs(p[2]) - np.float32(half_length - rounding)
        outside = np.sqrt(np.maximum(flank, 0) ** 2 + np.maximum(cap, 0) ** 2)
        return outside + np.minimum(np.maximum(flank, cap), 0) - np.float32(rounding)

    return field


def capsule(start: Vector, end: Vector, radius: float, end_radius: float | None = None) -> Field:
    """Segment with a radius; with `end_radius` it tapers linearly (a bound then)."""
    a = column(start)
    ab = column(end) - a
    scale = np.float32(1.0 / float((ab * ab).sum()))
    taper = np.float32(0.0 if end_radius is None else end_radius - radius)

    def field(p: Array) -> Array:
        q = p - a
        h = np.clip((ab * q).sum(axis=0) * scale, 0, 1)
        return length(q - ab * h) - (np.float32(radius) + taper * h)

    return field


def round_cone(bottom: float, top: float, height: float) -> Field:
    """Two balls at z 0 and z `height` and the cone that touches both; exact."""
    b = (bottom - top) / height
    a = float(np.sqrt(1 - b * b))

    def field(p: Array) -> Array:
        r = np.sqrt(p[0] * p[0] + p[1] * p[1])
        k = a * p[2] - b * r
        low = np.sqrt(r * r + p[2] * p[2]) - bottom
        high = np.sqrt(r * r + (p[2] - height) ** 2) - top
        flank = r * a + p[2] * b - bottom
        return np.where(k < 0, low, np.where(k > a * height, high, flank)).astype(np.float32)

    return field


def torus(major: float, minor: float) -> Field:
    """Ring about the z axis."""

    def field(p: Array) -> Array:
        q = np.sqrt(p[0] * p[0] + p[1] * p[1]) - np.float32(major)
        return np.sqrt(q * q + p[2] * p[2]) - np.float32(minor)

    return field


def arc(
    major: float, minor: float, half_angle: float, taper: Callable[[Array], Array] | None = None
) -> Field:
    """Arc of a ring in the xy plane, symmetric about +y, with round ends.

    `half_angle` in radians; `taper` maps the place along the arc (0 in the middle, 1 at
    either end) to a factor on the radius `minor`.
    """
    s, c = np.float32(np.sin(half_angle)), np.float32(np.cos(half_angle))

    def field(p: Array) -> Array:
        x = np.abs(p[0])
        within = c * x > s * p[1]
        k = np.where(within, x * s + p[1] * c, np.sqrt(x * x + p[1] * p[1]))
        squared = (p * p).sum(axis=0) + np.float32(major * major) - 2 * np.float32(major) * k
        radius: Array | np.float32 = np.float32(minor)
        if taper is not None:
            place = np.clip(np.arctan2(x, p[1]) / np.float32(half_angle), 0, 1)
            radius = radius * taper(place)
        return np.sqrt(np.maximum(squared, 0)) - radius

    return field


def spindle(
    major: float,
    minor: float,
    squash: float = 1.0,
    flare: float = 0.0,
    ribs: int = 0,
    rib_depth: float = 0.0,
) -> Field:
    """Fruit body: a ring whose tube swallows its hole, which leaves a dimple at each pole.

    `squash` scales the height, `flare` widens the upper half, `ribs` grooves run from pole
    to pole. A bound of the distance.
    """

    def field(p: Array) -> Array:
        z = p[2] / np.float32(squash)
        r = np.sqrt(p[0] * p[0] + p[1] * p[1])
        q = r - np.float32(major) - np.float32(flare) * z
        d = np.sqrt(q * q + z * z) - np.float32(minor)
        if ribs:
            angle = np.arctan2(p[1], p[0])
            groove = 1 - np.abs(np.sin(angle * np.float32(ribs / 2)))
            d = d + np.float32(rib_depth) * groove * groove * np.clip(r / np.float32(major), 0, 1)
        return d * np.float32(min(squash, 1.0))

    return field


# --- outlines: lathes and extrusions --------------------------------------------------------


def smooth_outline(points: Sequence[Vector], steps: int = 8) -> NDArray[np.float64]:
    """Catmull-Rom curve through `points` (K, 2), open; a point given twice stays a corner."""
    p = np.asarray(points, dtype=np.float64)
    p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    out = []
    for i in range(1, len(p) - 2):
        if np.allclose(p[i], p[i + 1]):
            continue
        t = np.linspace(0, 1, steps, endpoint=False)[:, None]
        a, b, c, d = p[i - 1], p[i], p[i + 1], p[i + 2]
        out.append(
            0.5
            * (
                2 * b
                + (c - a) * t
                + (2 * a - 5 * b + 4 * c - d) * t**2
                + (3 * b - a - 3 * c + d) * t**3
            )
        )
    out.append(p[-2][None])
    return np.vstack(out)


def tabulate(outline: NDArray[np.float64], margin: float) -> Callable[[Array, Array], Array]:
    """Signed distance to a closed polygon (K, 2) as a bilinear table over its surroundings.

    A table makes an outline of any number of points cost the same as one of four.
    """
    low = outline.min(axis=0) - margin
    high = outline.max(axis=0) + margin
    cell = float((high - low).max() / GRID_CELLS)
    shape = np.ceil((high - low) / cell).astype(int) + 2
    u = low[0] + cell * np.arange(shape[0])[:, None]
    v = low[1] + cell * np.arange(shape[1])[None, :]
    best = np.full((shape[0], shape[1]), np.inf)
    inside = np.zeros((shape[0], shape[1]), dtype=bool)
    for (ax, ay), (bx, by) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        ex, ey = bx - ax, by - ay
        along = np.clip(((u - ax) * ex + (v - ay) * ey) / max(ex * ex + ey * ey, 1e-12), 0, 1)
        best = np.minimum(best, (u - ax - along * ex) ** 2 + (v - ay - along * ey) ** 2)
        if ay != by:
            inside ^= ((ay > v) != (by > v)) & (u < ax + (v - ay) * ex / ey)
    table = (np.sqrt(best) * np.where(inside, -1, 1)).astype(np.float32).ravel()
    rows, columns = int(shape[0]), int(shape[1])

    def look_up(x: Array, y: Array) -> Array:
        gx, gy = (x - np.float32(low[0])) / np.float32(cell), (y - np.float32(low[1])) / cell
        cx = np.clip(gx, 0, np.float32(rows - 1.001)).astype(np.float32)
        cy = np.clip(gy, 0, np.float32(columns - 1.001)).astype(np.float32)
        ix, iy = cx.astype(np.int32), cy.astype(np.int32)
        fx, fy = cx - ix, cy - iy
        at = ix * columns + iy
        near = table[at] + (table[at + 1] - table[at]) * fy
        at += columns
        far = table[at] + (table[at + 1] - table[at]) * fy
        d = near + (far - near) * fx
        beyond = np.abs(gx - cx) + np.abs(gy - cy)
        return (d + beyond * np.float32(cell * 0.7)).astype(np.float32)

    return look_up


def lathe(points: Sequence[Vector], smooth: bool = True, rounding: float = 0.0) -> Field:
    """Solid of revolution; `points` (radius, z) from the axis below to the axis above."""
    line = smooth_outline(points) if smooth else np.asarray(points, dtype=np.float64)
    line[:, 0] = np.maximum(line[:, 0], 0)
    # The mirrored half keeps the axis from counting as a face of the solid.
    outline = np.vstack([line, (line * [-1, 1])[::-1]])
    look_up = tabulate(outline, margin=0.25)

    def field(p: Array) -> Array:
        d = look_up(np.sqrt(p[0] * p[0] + p[1] * p[1]), p[2])
        return d - np.float32(rounding)

    return field


def vessel(points: Sequence[Vector], wall: float) -> Field:
    """Open hollow solid of revolution: outer line (radius, z) from the axis up to the rim."""
    rim = float(points[-1][1])
    line = smooth_outline(points)
    lean = (line[-1] - line[-2]) / max(line[-1][1] - line[-2][1], 1e-3) * 0.3
    top = line[-1] + lean
    solid = lathe([*line.tolist(), top.tolist(), [0.0, float(top[1])]], smooth=False)
    middle = np.float32(wall / 2)

    def field(p: Array) -> Array:
        shell = np.abs(solid(p) + middle) - middle
        return smooth_max(shell, p[2] - np.float32(rim), wall * 0.5)

    return field


def extrude(points: Sequence[Vector], half_height: float, rounding: float = 0.0) -> Field:
    """Closed outline (x, y) drawn out along z, edges rounded outwards by `rounding`."""
    look_up = tabulate(np.asarray(points, dtype=np.float64), margin=0.25)

    def field(p: Array) -> Array:
        a = look_up(p[0], p[1])
        b = np.abs(p[2]) - np.float32(half_height - rounding)
        outside = np.sqrt(np.maximum(a, 0) ** 2 + np.maximum(b, 0) ** 2)
        return outside + np.minimum(np.maximum(a, b), 0) - np.float32(rounding)

    return field


# --- operators ------------------------------------------------------------------------------


def smooth_min(a: Array, b: Array, k: float) -> Array:
    """Minimum of two distances with a fillet of width k."""
    h = np.maximum(np.float32(k) - np.abs(a - b), 0) / np.float32(k)
    return np.minimum(a, b) - h * h * np.float32(k / 4)


def smooth_max(a: Array, b: Array, k: float) -> Array:
    """Maximum of two distances with a rounded edge of width k."""
    return -smooth_min(-a, -b, k)


def union(*fields: Field, k: float = 0.0) -> Field:
    """All the solids together, blended over the width k where given."""

    def field(p: Array) -> Array:
        d = fields[0](p)
        for other in fields[1:]:
            e = other(p)
            d = smooth_min(d, e, k) if k else np.minimum(d, e)
        return d

    return field


def subtract(solid: Field, cut: Field, k: float = 0.0) -> Field:
    """The solid without the other, the cut's edge rounded over k where given."""
    if k:
        return lambda p: smooth_max(solid(p), -cut(p), k)
    return lambda p: np.maximum(solid(p), -cut(p))


def intersect(a: Field, b: Field, k: float = 0.0) -> Field:
    """What both solids share."""
    if k:
        return lambda p: smooth_max(a(p), b(p), k)
    return lambda p: np.maximum(a(p), b(p))


def moved(field: Field, offset: Vector, degrees: Vector = (0, 0, 0)) -> Field:
    """The solid turned about the origin, then shifted by `offset`."""
    o, back = column(offset), rotation(degrees).T
    if not any(degrees):
        return lambda p: field(p - o)
    return lambda p: field(back @ (p - o))


def stretched(field: Field, factors: Vector) -> Field:
    """The solid scaled along the axes; a bound of the distance."""
    f = column(factors)
    least = np.float32(min(factors))
    return lambda p: field(p / f) * least


def displaced(field: Field, height: Callable[[Array], Array]) -> Field:
    """The solid pushed out by a height (N,) that varies over space; a bound."""
    return lambda p: field(p) - height(p)


def around(field: Field, count: int) -> Field:
    """Copies of a solid that lies along +x, turned evenly about z."""
    sector = np.float32(2 * np.pi / count)

    def repeated(p: Array) -> Array:
        angle = np.arctan2(p[1], p[0])
        folded = angle - sector * np.round(angle / sector)
        r = np.sqrt(p[0] * p[0] + p[1] * p[1])
        return field(np.stack([r * np.cos(folded), r * np.sin(folded), p[2]]))

    return repeated
