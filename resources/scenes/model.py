"""What an object is: solids with materials, painted regions and named parts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from geometry import Array, Field
from materials import Material
from numpy.typing import NDArray

Region = Callable[[Array], NDArray[np.bool_]]

PROBE_CELLS = 40  # grid that finds a model's extents and its surface points


@dataclass(frozen=True)
class Paint:
    """A region of a solid's surface with its own material, and perhaps a part of its own."""

    region: Region
    material: Material
    part: str | None = None


@dataclass(frozen=True)
class Solid:
    """One signed distance field with a material; `part` names the annotation it belongs to.

    Parts of one model with equal names are one annotation; "ring#1" and "ring#2" are two of
    the category "ring".
    """

    field: Field
    material: Material
    part: str | None = None
    paints: tuple[Paint, ...] = ()


@dataclass(frozen=True)
class Model:
    """An object in its own frame.

    `reach` is the half extent of a cube about the origin that surely holds it; `stride` the
    share of the distance that a ray may advance by (below 1 where a field is only a bound).
    """

    category: str
    solids: tuple[Solid, ...]
    reach: float = 1.5
    stride: float = 0.95

    def distance(self, p: Array) -> Array:
        """Distance (N,) to the nearest solid."""
        d = self.solids[0].field(p)
        for solid in self.solids[1:]:
            d = np.minimum(d, solid.field(p))
        return d

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts, in order of first mention."""
        names: list[str] = []
        for solid in self.solids:
            names += [n for n in (solid.part, *(paint.part for paint in solid.paints)) if n]
        return tuple(dict.fromkeys(names))

    @cached_property
    def materials(self) -> tuple[Material, ...]:
        """All materials, in the order `classify` numbers them."""
        return tuple(
            m
            for solid in self.solids
            for m in (solid.material, *(paint.material for paint in solid.paints))
        )

    def classify(self, p: Array) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """For surface points (3, N): index of the material, and of the part (-1 for none)."""
        nearest = np.argmin(np.stack([solid.field(p) for solid in self.solids]), axis=0)
        material = np.zeros(p.shape[1], dtype=np.int32)
        part = np.full(p.shape[1], -1, dtype=np.int32)
        number = 0
        for i, solid in enumerate(self.solids):
            mine = np.flatnonzero(nearest == i)
            material[mine] = number
            if solid.part:
                part[mine] = self.parts.index(solid.part)
            number += 1
            for paint in solid.paints:
                if mine.size:
                    painted = mine[paint.region(p[:, mine])]
                    material[painted] = number
                    if paint.part:
                        part[painted] = self.parts.index(paint.part)
                number += 1
        return material, part

    @cached_property
    def _probe(self) -> tuple[Array, Array]:
        axis = np.linspace(-self.reach, self.reach, PROBE_CELLS, dtype=np.float32)
        points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij")).reshape(3, -1)
        cell = float(axis[1] - axis[0])
        close = points[:, np.abs(self.distance(points)) < cell]
        if not close.size:
            raise ValueError(f"{self.category}: no surface within {self.reach}")
        surface = close - self.normal(close) * self.distance(close)
        surface = surface - self.normal(surface) * self.distance(surface)
        surface = surface[:, np.abs(self.distance(surface)) < 0.25 * cell]
        low, high = surface.min(axis=1), surface.max(axis=1)
        return np.stack([low - 0.6 * cell, high + 0.6 * cell], axis=1), surface

    @property
    def bounds(self) -> Array:
        """Low and high corner of a box that holds the model: (3, 2), float32."""
        return self._probe[0]

    @property
    def surface(self) -> Array:
        """Points spread over the surface: (3, K), float32."""
        return self._probe[1]

    def normal(self, p: Array, h: float = 0.009) -> Array:
        """Unit normals (3, N) by differences over a tetrahedron (Quilez, "normals for an SDF")."""
        total = np.zeros_like(p)
        for corner in ((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)):
            c = np.asarray(corner, dtype=np.float32).reshape(3, 1)
            total += c * self.distance(p + c * np.float32(h))
        return total / np.maximum(np.sqrt((total * total).sum(axis=0)), 1e-9)
