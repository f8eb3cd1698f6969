"""What is in a picture, as data: items, light, camera, backdrop; and how items come to rest.

World frame: x to the right, y away from the camera, z up, one unit is 10 cm, the table is the
plane z = 0.
"""

from dataclasses import dataclass, field
from typing import Any

import fruits
import numpy as np
import playthings
import ware
from geometry import Array, column, length, rotation
from materials import Material
from model import Model

BUILDERS = {
    name: getattr(module, name)
    for module, names in (
        (
            fruits,
            "apple pear orange lemon banana grapes tomato pumpkin mushroom acorn leaf stone cactus",
        ),
        (ware, "mug cup teapot bottle vase bowl plate egg book candle pencil donut gift"),
        (
            playthings,
            "block solid_block die ball tennis_ball ring ring_tower puzzle_cube "
            "coins chessman marble_ball skittle star peg rod",
        ),
    )
    for name in names.split()
}


@dataclass(frozen=True)
class Item:
    """One object of a scene: a builder's name, where it is, and the builder's options.

    `turn` in degrees about x, y, z in this order; without `z` the item comes to rest on what
    stands there already, in the order of the scene's list.
    """

    kind: str
    at: tuple[float, float]
    turn: tuple[float, float, float] = (0, 0, 0)
    size: float = 1.0
    z: float | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Light:
    """Round area light: position and radius in units, linear RGB irradiance at the origin."""

    position: tuple[float, float, float] = (-5, -4, 9)
    radius: float = 1.3
    colour: tuple[float, float, float] = (2.6, 2.4, 2.1)


@dataclass(frozen=True)
class Camera:
    """Pinhole camera looking from `eye` to `target`; `view` is the vertical angle in degrees."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    view: float = 28.0


@dataclass(frozen=True)
class Backdrop:
    """Table at z = 0 and a wall at y = `wall_y`."""

    table: Material
    wall: Material
    wall_y: float = 5.0


@dataclass(frozen=True)
class Scene:
    """A still life and how it is photographed.

    `ambient` is the light of the surroundings from above (linear RGB), `exposure` multiplies
    everything before tone mapping, `blur` is the background's blur in thousandths of the
    picture's longer side.
    """

    name: str
    size: tuple[int, int]
    camera: Camera
    backdrop: Backdrop
    items: tuple[Item, ...]
    light: Light = Light()
    ambient: tuple[float, float, float] = (0.55, 0.6, 0.68)
    exposure: float = 1.0
    blur: float = 1.5


class Thing:
    """A model put into the world by a rotation, a scale and a shift."""

    def __init__(
        self,
        model: Model,
        at: tuple[float, float, float],
        turn: tuple[float, float, float],
        size: float,
    ) -> None:
        self.model = model
        self.turn = rotation(turn)
        self.size = np.float32(size)
        self.place = column(at)

    def to_local(self, p: Array) -> Array:
        """World points (3, N) in the model's frame."""
        return (self.turn.T @ (p - self.place)) / self.size

    def to_world(self, p: Array) -> Array:
        """Model points (3, N) in the world."""
        return self.turn @ (p * self.size) + self.place

    def distance(self, p: Array) -> Array:
        """Distance (N,) in world units of world points (3, N)."""
        return self.model.distance(self.to_local(p)) * self.size

    def box_distance(self, local: Array) -> Array:
        """Distance (N,) in world units from the model's bounding box; points in its frame."""
        low, high = self.model.bounds[:, :1], self.model.bounds[:, 1:]
        return length(np.maximum(np.maximum(low - local, local - high), 0)) * self.size


def drop(thing: Thing, others: list[Thing], tolerance: float = 0.003) -> None:
    """Lower a thing until it touches the table or another thing.

    Sphere tracing turned round: a fall by the least gap can never pass through anything.
    """
    thing.place[2] = 8.0
    own = thing.to_world(thing.model.surface)
    low, high = own.min(axis=1), own.max(axis=1)
    near = [(o, o.to_world(o.model.surface)) for o in others]
    near = [
        (o, s)
        for o, s in near
        if (s.max(axis=1) > low - 0.05)[:2].all() and (s.min(axis=1) < high + 0.05)[:2].all()
    ]
    for _ in range(400):
        own = thing.to_world(thing.model.surface)
        gap = float(own[2].min())
        for other, surface in near:
            gap = min(gap, float(other.distance(own).min()), float(thing.distance(surface).min()))
        if gap < tolerance:
            break
        thing.place[2] -= np.float32(max(gap * 0.9, tolerance))


def arrange(scene: Scene) -> list[Thing]:
    """Build all items of a scene and bring them to rest, in the order of the list."""
    things: list[Thing] = []
    for item in scene.items:
        model = BUILDERS[item.kind](**item.options)
        thing = Thing(model, (*item.at, item.z or 0.0), item.turn, item.size)
        if item.z is None:
            drop(thing, things)
        things.append(thing)
    return things
