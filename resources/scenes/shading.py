"""Camera rays, ray marching, light and tone mapping.

Every ray set is marched through one thing at a time, inside its bounding box and in its own
frame, so that a thing costs only where it can be seen. Shadows are marched towards the key
light with Quilez' penumbra estimate ("soft shadows in raymarched SDFs", the variant that also
follows the ray inside), ambient light is gathered along six cones about the normal, highlights
are GGX (Walter et al. 2007) with Schlick's Fresnel term, the tone curve is Narkowicz' fit of
the ACES filmic curve.
"""

from dataclasses import dataclass

import numpy as np
from geometry import Array, column, length
from materials import Material
from numpy.typing import NDArray
from scene import Camera, Scene, Thing

Index = NDArray[np.int32]

TABLE, WALL = -1, -2  # surface numbers of the backdrop; things count from 0
HIT = np.float32(0.0006)
PRIMARY_STEPS, SHADOW_STEPS, MIRROR_STEPS = 96, 40, 40
TAPS = (0.06, 0.16, 0.36, 0.75)  # distances along an ambient cone, in units
CONE_SINE = np.float32(0.5)
AMBIENT_REACH = 1.0


@dataclass
class Surfaces:
    """What N rays struck: world points and normals (3, N), surface, material and part (N,)."""

    point: Array
    normal: Array
    thing: Index
    material: Index
    part: Index


def camera_rays(
    camera: Camera, size: tuple[int, int], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> tuple[Array, Array]:
    """Origin (3, 1) and unit directions (3, N) for picture places in pixels (N,)."""
    eye = np.asarray(camera.eye, dtype=np.float64)
    ahead = np.asarray(camera.target) - eye
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, (0, 0, 1))
    right /= np.linalg.norm(right)
    up = np.cross(right, ahead)
    scale = 2 * np.tan(np.radians(camera.view) / 2) / size[1]
    u = (columns - size[0] / 2) * scale
    v = (size[1] / 2 - rows) * scale
    d = ahead[:, None] + right[:, None] * u + up[:, None] * v
    d /= np.linalg.norm(d, axis=0)
    return column(camera.eye), d.astype(np.float32)


def enter_box(thing: Thing, o: Array, d: Array, margin: float) -> tuple[Array, Array]:
    """Where rays in the thing's frame enter and leave its box (Kay and Kajiya's slabs): (N,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = 1 / np.where(np.abs(d) < 1e-9, np.float32(1e-9), d)
        a = (thing.model.bounds[:, :1] - np.float32(margin) - o) * inverse
        b = (thing.model.bounds[:, 1:] + np.float32(margin) - o) * inverse
    return np.minimum(a, b).max(axis=0), np.maximum(a, b).min(axis=0)


def march(
    things: list[Thing], origin: Array, direction: Array, limit: Array, start: float, steps: int
) -> tuple[Array, Index]:
    """Nearest hit up to `limit`: distance (N,) and thing (N,), TABLE where none was struck."""
    best = limit.astype(np.float32).copy()
    which = np.full(best.shape, TABLE, dtype=np.int32)
    for number, thing in enumerate(things):
        o = thing.to_local(origin)
        d = thing.turn.T @ direction  # unit length; local distances are world / size
        near, far = enter_box(thing, o, d, 0.0)
        near = np.maximum(near, np.float32(start) / thing.size)
        far = np.minimum(far, best / thing.size)
        at = np.flatnonzero(near < far)
        if not at.size:
            continue
        o_at, d_at = (o if o.shape[1] == 1 else o[:, at]), d[:, at]
        t, end = near[at], far[at]
        hit = HIT / thing.size
        stride = np.float32(thing.model.stride)
        for _ in range(steps):
            gap = thing.model.distance(o_at + d_at * t)
            struck = gap < hit
            if struck.any():
                best[at[struck]] = t[struck] * thing.size
                which[at[struck]] = number
            t = t + np.maximum(gap, hit) * stride
            alive = ~struck & (t < end)
            if not alive.all():
                at, d_at, t, end = at[alive], d_at[:, alive], t[alive], end[alive]
                if o_at.shape[1] > 1:
                    o_at = o_at[:, alive]
                if not at.size:
                    break
    return best, which


def backdrop_hit(scene: Scene, origin: Array, direction: Array) -> tuple[Array, Index]:
    """Distance (N,) and surface (N,) of table and wall; always something within 60 units."""
    dz = np.minimum(direction[2], np.float32(-1e-6))
    table = np.where(direction[2] < -1e-6, -origin[2] / dz, np.float32(60))
    dy = np.maximum(direction[1], np.float32(1e-6))
    wall = np.where(
        direction[1] > 1e-6, (np.float32(scene.backdrop.wall_y) - origin[1]) / dy, np.float32(60)
    )
    return (
        np.minimum(np.minimum(table, wall), np.float32(60)).astype(np.float32),
        np.where(table <= wall, TABLE, WALL).astype(np.int32),
    )


def strike(
    scene: Scene, things: list[Thing], origin: Array, direction: Array, start: float, steps: int
) -> Surfaces:
    """Follow rays to the surfaces they strike."""
    limit, ground = backdrop_hit(scene, origin, direction)
    t, which = march(things, origin, direction, limit, start, steps)
    point = origin + direction * t
    thing = np.where(which >= 0, which, ground).astype(np.int32)
    normal = np.zeros_like(point)
    normal[2, thing == TABLE] = 1
    normal[1, thing == WALL] = -1
    material = np.zeros(t.shape, dtype=np.int32)
    part = np.full(t.shape, -1, dtype=np.int32)
    for number in np.unique(thing[thing >= 0]):
        at = np.flatnonzero(thing == number)
        placed = things[number]
        local = placed.to_local(point[:, at])
        normal[:, at] = placed.turn @ placed.model.normal(local)
        material[at], part[at] = placed.model.classify(local)
    return Surfaces(point, normal, thing, material, part)


def light_direction(scene: Scene, point: Array) -> tuple[Array, Array]:
    """Unit directions (3, N) to the key light and distances (N,)."""
    to = column(scene.light.position) - point
    far = length(to)
    return to / far, far


def shadow(scene: Scene, things: list[Thing], point: Array, normal: Array) -> Array:
    """Share (N,) of the key light that arrives, 0 to 1."""
    start = point + normal * np.float32(0.012)
    toward, far = light_direction(scene, start)
    width = np.float32(scene.light.radius) / far
    # No cut at grazing light: the march into the thing itself fades its terminator softly.
    result = np.where((toward * normal).sum(axis=0) > -0.3, np.float32(1), np.float32(-1))
    for thing in things:
        o, d = thing.to_local(start), thing.turn.T @ toward
        # The cone to the light widens with distance; beyond the box it may still be grazed.
        margin = float(scene.light.radius / 9.0 * 1.6)
        near, leave = enter_box(thing, o, d, margin)
        near = np.maximum(near, np.float32(0.01))
        at = np.flatnonzero((near < leave) & (result > -0.99))
        if not at.size:
            continue
        o, d, t, end, w = o[:, at], d[:, at], near[at], leave[at], width[at]
        least = result[at].copy()
        index = np.arange(at.size)
        for _ in range(SHADOW_STEPS):
            gap = thing.model.distance(o + d * t)
            least[index] = np.minimum(least[index], gap / (w * t))
            t = t + np.clip(gap * np.float32(thing.model.stride), 0.012 + 0.02 * t, 0.6)
            alive = (t < end) & (least[index] > -1)
            if not alive.all():
                index, o, d, t, end, w = (
                    index[alive],
                    o[:, alive],
                    d[:, alive],
                    t[alive],
                    end[alive],
                    w[alive],
                )
                if not index.size:
                    break
        result[at] = np.minimum(result[at], least)
    r = np.clip(result, -1, 1)
    return (0.25 * (1 + r) ** 2 * (2 - r)).astype(np.float32)


def cone_directions(normal: Array) -> Array:
    """Six cone axes about each normal, (6, 3, N): one along it, five at 60 degrees.

    The tangent frame is the branchless one of Duff et al. 2017.
    """
    x, y, z = normal
    sign = np.where(z >= 0, np.float32(1), np.float32(-1))
    a = -1 / (sign + z)
    b = x * y * a
    tangent = np.stack([1 + sign * x * x * a, sign * b, -sign * x])
    other = np.stack([b, sign + y * y * a, -y])
    out = [normal]
    for k in range(5):
        turn = 2 * np.pi * (k + 0.25) / 5
        side = np.float32(np.cos(turn)) * tangent + np.float32(np.sin(turn)) * other
        out.append(np.float32(0.5) * normal + np.float32(0.866) * side)
    return np.stack(out)


CONE_WEIGHTS = np.array([0.25, 0.15, 0.15, 0.15, 0.15, 0.15], dtype=np.float32)


def surroundings(scene: Scene, tints: Array, direction: Array, height: Array) -> Array:
    """Light (3, N) from table, wall and room along directions (3, N) above height (N,)."""
    sky = column(scene.ambient)
    up = direction[2]
    # The side of the key light is brighter: the room that it lights shines back.
    key = column(scene.light.position)
    side = 0.75 + 0.45 * np.clip((direction * (key / length(key))).sum(axis=0), -0.5, 1)
    above = sky * side * (0.75 + 0.35 * np.clip(up, 0, 1))
    lit = column(scene.light.colour) * np.float32(0.5) + sky * np.float32(0.6)
    # Close to the table an object stands in its own shade.
    open_ = height / (height + np.float32(0.22))
    below = tints[:, :1] * lit * open_
    back = tints[:, 1:] * lit * np.float32(0.55)
    wall = np.clip(direction[1] * 1.4 - 0.2, 0, 1) * np.clip(1 - up, 0, 1) * 0.6
    above = above + (back - above) * wall
    share = np.clip(0.5 + 2.5 * up, 0, 1)
    return below + (above - below) * share


def ambient(
    scene: Scene, things: list[Thing], tints: Array, means: list[Array], s: Surfaces
) -> tuple[Array, Array]:
    """Irradiance (3, N) of the surroundings with occlusion, and the open share (N,)."""
    start = s.point + s.normal * np.float32(0.004)
    axes = cone_directions(s.normal)
    count = start.shape[1]
    seen = np.ones((6, count), dtype=np.float32)
    bleed = np.zeros((3, count), dtype=np.float32)
    for number, thing in enumerate(things):
        local = thing.to_local(start)
        at = np.flatnonzero(thing.box_distance(local) < AMBIENT_REACH)
        if not at.size:
            continue
        mine = s.thing[at] == number
        blocked_sum = np.zeros(at.size, dtype=np.float32)
        for k in range(6):
            d = thing.turn.T @ axes[k][:, at]
            open_ = np.ones(at.size, dtype=np.float32)
            for tap in TAPS:
                reach = np.float32(tap) / thing.size
                gap = thing.model.distance(local[:, at] + d * reach)
                fade = np.float32(1 - 0.35 * tap / TAPS[-1])
                open_ = np.minimum(open_, 1 - fade * (1 - np.clip(gap / (reach * CONE_SINE), 0, 1)))
            seen[k, at] = np.minimum(seen[k, at], open_)
            blocked_sum += CONE_WEIGHTS[k] * (1 - open_)
        bleed[:, at] += means[number] * (blocked_sum * np.where(mine, 0.8, 1.0))
    lit = column(scene.light.colour) * np.float32(0.28) + column(scene.ambient) * np.float32(0.4)
    total = np.zeros((3, count), dtype=np.float32)
    for k in range(6):
        total += CONE_WEIGHTS[k] * seen[k] * surroundings(scene, tints, axes[k], start[2])
    open_share = CONE_WEIGHTS @ seen
    return total + bleed * lit * np.float32(0.55), open_share


def material_groups(
    scene: Scene, things: list[Thing], s: Surfaces
) -> list[tuple[NDArray[np.intp], Material, Thing | None]]:
    """Points of each material: indices, the material, and the thing whose frame it is in."""
    groups: list[tuple[NDArray[np.intp], Material, Thing | None]] = []
    for number in np.unique(s.thing):
        at = np.flatnonzero(s.thing == number)
        if number < 0:
            groups.append(
                (at, scene.backdrop.table if number == TABLE else scene.backdrop.wall, None)
            )
            continue
        thing = things[number]
        for m in np.unique(s.material[at]):
            groups.append((at[s.material[at] == m], thing.model.materials[m], thing))
    return groups


def bumped(material: Material, local: Array, normal: Array) -> Array:
    """Normal (3, N) in the pattern's frame, tilted against the gradient of the bump."""
    if material.bump is None:
        return normal
    h = np.float32(material.bump_step)
    here = material.bump(local)
    slope = (
        np.stack(
            [
                material.bump(local + h * np.eye(3, dtype=np.float32)[:, k : k + 1]) - here
                for k in range(3)
            ]
        )
        / h
    )
    tilted = normal - (slope - normal * (slope * normal).sum(axis=0))
    return tilted / np.maximum(length(tilted), 1e-6)


def ggx(normal: Array, view: Array, toward: Array, rough: float, f0: Array | float) -> Array:
    """Highlight times cosine, (N,) or (3, N): GGX distribution, Schlick-Smith visibility."""
    half = view + toward
    half = half / np.maximum(length(half), 1e-6)
    nl = np.clip((normal * toward).sum(axis=0), 0, 1)
    nv = np.clip((normal * view).sum(axis=0), 1e-3, 1)
    nh = np.clip((normal * half).sum(axis=0), 0, 1)
    vh = np.clip((view * half).sum(axis=0), 0, 1)
    a2 = np.float32(rough**4)
    spread = a2 / (np.pi * (nh * nh * (a2 - 1) + 1) ** 2)
    k = np.float32((rough + 1) ** 2 / 8)
    visible = 1 / (4 * (nl * (1 - k) + k) * (nv * (1 - k) + k))
    fresnel = f0 + (1 - f0) * (1 - vh) ** 5
    return spread * visible * fresnel * nl


def window(scene: Scene, direction: Array, rough: float) -> Array:
    """Mirror image (3, N) of the key light as a window of four panes, blurred by roughness."""
    key = np.asarray(scene.light.position, dtype=np.float64)
    key = key / np.linalg.norm(key)
    right = np.cross(key, (0, 0, 1))
    right /= np.linalg.norm(right)
    up = np.cross(right, key)
    ahead = (direction * column(key)).sum(axis=0)
    u = (direction * column(right)).sum(axis=0) / np.maximum(ahead, 0.05)
    v = (direction * column(up)).sum(axis=0) / np.maximum(ahead, 0.05)
    soft = np.float32(0.02 + 0.6 * rough)

    def slab(x: Array, half: float) -> Array:
        return np.clip((half - np.abs(x)) / soft + 0.5, 0, 1)

    panes = slab(u, 0.24) * slab(v, 0.3)
    if rough < 0.2:
        panes = panes * (1 - 0.85 * slab(u, 0.018)) * (1 - 0.85 * slab(v, 0.018))
    strength = np.float32(4.5 * 0.24 * 0.3 / ((0.24 + soft / 2) * (0.3 + soft / 2)))
    return column(scene.light.colour) * (panes * (ahead > 0.05) * strength)


def illuminate(
    scene: Scene,
    things: list[Thing],
    tints: Array,
    means: list[Array],
    eye: Array,
    s: Surfaces,
    sun: Array,
    sky: Array,
    open_share: Array,
    mirror: bool,
) -> Array:
    """Light (3, N) sent to the eye from surfaces with known shadow and ambient light."""
    out = np.zeros_like(s.point)
    for at, material, thing in material_groups(scene, things, s):
        world = s.point[:, at]
        normal = s.normal[:, at]
        local = world if thing is None else thing.to_local(world)
        frame = np.eye(3, dtype=np.float32) if thing is None else thing.turn
        if material.bump is not None:
            normal = frame @ bumped(material, local, frame.T @ normal)
        albedo = np.broadcast_to(material.colour(local), world.shape)
        if material.glow:
            out[:, at] = albedo * np.float32(material.glow)
            continue
        toward, far = light_direction(scene, world)
        fall = (float(np.linalg.norm(scene.light.position)) / far) ** 2
        view = eye - world
        view = view / length(view)
        cosine = (normal * toward).sum(axis=0)
        w = np.float32(material.wrap)
        diffuse = np.clip((cosine + w) / (1 + w), 0, 1) ** (1 + w)
        key = column(scene.light.colour) * (diffuse * sun[at] * fall)
        rough = material.roughness
        if material.metal:
            f0: Array | float = albedo
            body = np.zeros_like(albedo)
        else:
            f0 = material.reflectance
            body = albedo * (key + sky[:, at])
        nv = np.clip((normal * view).sum(axis=0), 0, 1)
        fresnel = f0 + (1 - f0) * (1 - nv) ** 5 * np.float32((1 - rough) ** 2)
        bounce = 2 * normal * nv - view
        seen = surroundings(scene, tints, bounce, world[2])
        if mirror and rough < 0.36 and thing is not None:
            seen = reflected(scene, things, tints, means, world, normal, bounce, seen)
        occluded = np.clip(open_share[at] * 1.3, 0, 1)
        if rough < 0.3:
            sheen = window(scene, bounce, rough) * sun[at]
        else:
            sheen = (
                column(scene.light.colour)
                * np.float32(np.pi)
                * ggx(normal, view, toward, min(rough + 0.06, 1.0), 1.0)
                * sun[at]
            )
        out[:, at] = body + fresnel * (seen * occluded + sheen)
    return out


def reflected(
    scene: Scene,
    things: list[Thing],
    tints: Array,
    means: list[Array],
    point: Array,
    normal: Array,
    bounce: Array,
    room: Array,
) -> Array:
    """What a mirror would show (3, N): things in plain light, else the room already computed."""
    start = point + normal * np.float32(0.02)
    limit = np.where(bounce[2] < -1e-4, -start[2] / np.minimum(bounce[2], -1e-4), 4.0)
    t, which = march(things, start, bounce, np.minimum(limit, 4.0), 0.01, MIRROR_STEPS)
    struck = np.flatnonzero(which >= 0)
    if not struck.size:
        return room
    room = room.copy()
    p = start[:, struck] + bounce[:, struck] * t[struck]
    lit = column(scene.light.colour)
    for number in np.unique(which[struck]):
        mine = which[struck] == number
        q = p[:, mine]
        thing = things[number]
        local = thing.to_local(q)
        n = thing.turn @ thing.model.normal(local)
        toward, _ = light_direction(scene, q)
        cosine = np.clip((n * toward).sum(axis=0), 0, 1)
        kinds, _ = thing.model.classify(local)
        albedo = np.empty_like(q)
        for m in np.unique(kinds):
            albedo[:, kinds == m] = thing.model.materials[m].colour(local[:, kinds == m])
        room[:, struck[mine]] = albedo * (lit * cosine * 0.8 + column(scene.ambient) * 0.45)
    return room


def mean_colours(scene: Scene, things: list[Thing]) -> tuple[Array, list[Array]]:
    """Mean albedo of table and wall, (3, 2), and of each thing, (3, 1), for indirect light."""
    grid = np.random.default_rng(1).uniform(-2, 2, (3, 500)).astype(np.float32)
    tints = np.stack(
        [
            np.broadcast_to(m.colour(grid * column((1, 1, 0))), grid.shape).mean(axis=1)
            for m in (scene.backdrop.table, scene.backdrop.wall)
        ],
        axis=1,
    )
    means = []
    for thing in things:
        points = thing.model.surface[:, ::7]
        means.append(
            np.broadcast_to(thing.model.solids[0].material.colour(points), points.shape).mean(
                axis=1, keepdims=True
            )
        )
    return tints.astype(np.float32), means


def tone_map(light: Array) -> Array:
    """Linear light to display values in [0, 1]: Narkowicz' ACES fit, then the sRGB curve."""
    x = light * np.float32(0.6)
    x = np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)
