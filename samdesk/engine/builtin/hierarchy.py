"""Superpixels merged two by two, the weakest boundary first, until the window is one region.

The regions around a node, each within the next, are what a click there may mean: a surface, a
part, a thing, things that touch. As in Arbelaez et al., "Contour Detection and Hierarchical Image
Segmentation" (2011), a boundary between regions is as strong as what it consists of on average.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Bitmap = npt.NDArray[np.bool_]

# Small regions merge earlier, so that specks do not stay to the end.
_SIZE_POWER = 0.3


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """The merges of N nodes, first to last.

    Attributes:
        pairs: (M, 2) what was merged; the result of merge m is called N + m.
        heights: (M,) how strong the boundary between the two was, c^2 on average.
        nodes: N.
    """

    pairs: npt.NDArray[np.int32]
    heights: npt.NDArray[np.float32]
    nodes: int

    @classmethod
    def of(
        cls,
        ends: npt.NDArray[np.int32],
        length: npt.NDArray[np.float32],
        strength: npt.NDArray[np.float32],
        area: npt.NDArray[np.float32],
    ) -> Hierarchy:
        """Merges along E boundaries.

        Args:
            ends: (E, 2) nodes.
            length, strength: (E,) of the boundaries.
            area: (N,) of the nodes.
        """
        nodes = len(area)
        sizes = [float(size) for size in area]
        # Of every region: its neighbours, with the boundary's length and its summed strength.
        near: list[dict[int, tuple[float, float]]] = [{} for _ in range(nodes)]
        heap: list[tuple[float, int, int]] = []
        rows = zip(ends.tolist(), length.tolist(), strength.tolist(), strict=True)
        for (i, j), long, strong in rows:
            near[i][j] = near[j][i] = (long, long * strong)
            heap.append((strong * min(sizes[i], sizes[j]) ** _SIZE_POWER, i, j))
        heapq.heapify(heap)
        gone: set[int] = set()
        pairs, heights = [], []
        while heap:
            _, i, j = heapq.heappop(heap)
            if i in gone or j in gone:
                continue
            gone.update((i, j))
            long, summed = near[i].pop(j)
            del near[j][i]
            pairs.append((i, j))
            heights.append(summed / long)
            merged = len(near)
            sizes.append(sizes[i] + sizes[j])
            around, fewer = (
                (near[i], near[j]) if len(near[i]) > len(near[j]) else (near[j], near[i])
            )
            for other, (long, summed) in fewer.items():
                known = around.get(other, (0.0, 0.0))
                around[other] = (known[0] + long, known[1] + summed)
            near.append(around)
            for other, found in around.items():
                theirs = near[other]
                theirs.pop(i, None)
                theirs.pop(j, None)
                theirs[merged] = found
                size = min(sizes[merged], sizes[other])
                heapq.heappush(heap, (found[1] / found[0] * size**_SIZE_POWER, merged, other))
        return cls(np.array(pairs, np.int32).reshape(-1, 2), np.array(heights, np.float32), nodes)

    def around(self, node: int) -> list[tuple[Bitmap, float, float]]:
        """The regions that hold a node, from itself outwards.

        Returns:
            (N,) bool with the strength of the last boundary within the region and of the next one
            around it; 0 within a single node, infinite around the last region.
        """
        parent = {int(k): n for n, pair in enumerate(self.pairs) for k in pair}
        region = np.zeros(self.nodes, bool)
        region[node] = True
        found = []
        now, within = node, 0.0
        while now in parent:
            merge = parent[now]
            height = float(self.heights[merge])
            found.append((region, within, height))
            first, second = self.pairs[merge]
            region = region.copy()
            region[self._leaves(int(second if first == now else first))] = True
            now, within = self.nodes + merge, max(within, height)
        found.append((region, within, float("inf")))
        return found

    def joins(self, chosen: Bitmap) -> npt.NDArray[np.float32]:
        """(N,): the height at which a node merges with any that is chosen; 0 for the chosen."""
        holds = self.gathered(chosen, np.logical_or).tolist()
        found = [0.0] * len(holds)
        for merge in range(len(self.pairs) - 1, -1, -1):
            region = self.nodes + merge
            here = float(self.heights[merge]) if holds[region] else found[region]
            for part in self.pairs[merge].tolist():
                found[part] = 0.0 if holds[part] else here
        return np.array(found[: self.nodes], np.float32)

    def gathered(self, values: npt.NDArray[Any], how: np.ufunc) -> npt.NDArray[Any]:
        """(N + M, ...): of every region its nodes' values (N, ...) taken together."""
        found = np.concatenate(
            [values, np.zeros((len(self.pairs), *values.shape[1:]), values.dtype)]
        )
        for merge, (first, second) in enumerate(self.pairs.tolist()):
            found[self.nodes + merge] = how(found[first], found[second])
        return found

    def most_around(self, values: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float32]:
        """(N,): the largest value (N + M,) of the regions that hold a node, and of itself."""
        found = values.tolist()
        for merge in range(len(self.pairs) - 1, -1, -1):
            here = found[self.nodes + merge]
            for part in self.pairs[merge].tolist():
                found[part] = max(found[part], here)
        return np.array(found[: self.nodes], np.float32)

    def _leaves(self, region: int) -> list[int]:
        open_, found = [region], []
        while open_:
            now = open_.pop()
            if now < self.nodes:
                found.append(now)
            else:
                open_ += self.pairs[now - self.nodes].tolist()
        return found
