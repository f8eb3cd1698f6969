"""Which ids imported things get, and which of them the project has already."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import Any

from samdesk.core.dataset import Dataset
from samdesk.core.mask import Mask
from samdesk.core.prompt import Box

LARGEST_ID = 1 << 53  # larger integers are not exact in every program that reads JSON


class Ids:
    """Gives ids: those of the source where they are free, else new ones."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._taken: set[int] = set()

    def keep(self, wanted: Any) -> int | None:
        """The wanted id, now taken; None when it is none, or not free."""
        if type(wanted) is not int or not self._last < wanted < LARGEST_ID:
            return None
        if wanted in self._taken:
            return None
        self._taken.add(wanted)
        return wanted

    def new(self) -> int:
        """An id above all that are taken; to be asked for when none will be kept any more."""
        if self._taken:
            self._last = max(self._last, max(self._taken))
            self._taken.clear()
        self._last += 1
        return self._last


class Known:
    """What the project holds already: each annotation and box can be recognised once."""

    def __init__(self, dataset: Dataset) -> None:
        self._ids: dict[bytes, list[int]] = defaultdict(list)
        self._segmented: dict[tuple[int, tuple[float, ...]], list[int]] = defaultdict(list)
        self._places: dict[int, tuple[int, int]] = {}
        for one in dataset.annotations:
            self._places[one.id] = one.image_id, one.category_id
            self._ids[_hash(one.image_id, one.category_id, one.mask)].append(one.id)
            if one.provenance.prompt.box is not None:
                self._segmented[one.image_id, one.provenance.prompt.box.xyxy].append(one.id)
        for box in dataset.boxes:
            self._places[box.id] = box.image_id, box.category_id
            self._ids[_hash(box.image_id, box.category_id, box.box)].append(box.id)

    def take(self, image: int, category: int, shape: Mask | Box) -> int | None:
        """The id of what is the same in the project; None when there is nothing."""
        ids = self._ids.get(_hash(image, category, shape))
        if not ids and isinstance(shape, Box):
            # Maybe a mask was made of it since.
            ids = self._segmented.get((image, shape.xyxy))
        return ids.pop(0) if ids else None

    def take_recategorised(self, image: int, shape: Mask | Box, identity: Any) -> bool:
        """Whether there is just this with this id, in whatever category."""
        if not self.has(identity, image):
            return False
        ids = self._ids.get(_hash(image, self._places[identity][1], shape), [])
        if identity not in ids:
            return False
        ids.remove(identity)
        return True

    def has(self, identity: Any, image: int) -> bool:
        """Whether there is something on an image that has this id."""
        place = self._places.get(identity) if type(identity) is int else None
        return place is not None and place[0] == image


def _hash(image: int, category: int, shape: Mask | Box) -> bytes:
    text = f"{image} {category} {shape!r}"
    return hashlib.blake2b(text.encode(), digest_size=12).digest()
