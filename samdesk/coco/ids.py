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
        self._images: dict[int, int] = {box.id: box.image_id for box in dataset.boxes}
        for one in dataset.annotations:
            self._images[one.id] = one.image_id
            self._ids[_hash(one.image_id, one.category_id, one.mask)].append(one.id)
            if one.provenance.prompt.box is not None:
                self._segmented[one.image_id, one.provenance.prompt.box.xyxy].append(one.id)
        for box in dataset.boxes:
            self._ids[_hash(box.image_id, box.category_id, box.box)].append(box.id)

    def take(self, image: int, category: int, shape: Mask | Box) -> int | None:
        """The id of what is the same in the project; None when there is nothing."""
        ids = self._ids.get(_hash(image, category, shape))
        if not ids and isinstance(shape, Box):
            # Maybe a mask was made of it since.
            ids = self._segmented.get((image, shape.xyxy))
        return ids.pop(0) if ids else None

    def has(self, identity: Any, image: int) -> bool:
        """Whether there is something on an image that has this id."""
        return type(identity) is int and self._images.get(identity) == image


def _hash(image: int, category: int, shape: Mask | Box) -> bytes:
    text = f"{image} {category} {shape!r}"
    return hashlib.blake2b(text.encode(), digest_size=12).digest()
