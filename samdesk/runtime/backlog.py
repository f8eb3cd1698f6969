"""Which images of a folder are encoded, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class State(IntEnum):
    """How far an image is: to be encoded, its embedding kept, or not to be tried (again)."""

    TO_DO = 0
    READY = 1
    LEFT = 2


class Backlog:
    """The state of each image, and the next one to do from anywhere.

    A byte for each image: a folder of 100,000 is searched in microseconds, so nothing has to be
    sorted or kept in order while people move about.
    """

    def __init__(self, images: Iterable[str] = ()) -> None:
        self._images = list(dict.fromkeys(images))
        self._places = {image: place for place, image in enumerate(self._images)}
        self.reset()

    def __contains__(self, image: str) -> bool:
        return image in self._places

    @property
    def ready(self) -> int:
        """How many images are ready."""
        return self._counts[State.READY]

    @property
    def total(self) -> int:
        """How many images are ready or can be."""
        return len(self._images) - self._counts[State.LEFT]

    def is_ready(self, image: str) -> bool:
        """Whether this image is known and ready."""
        place = self._places.get(image)
        return place is not None and self._states[place] == State.READY

    def mark(self, image: str, state: State) -> None:
        """Changes an image's state; does nothing for an image of another folder."""
        place = self._places.get(image)
        if place is not None:
            self._counts[self._states[place]] -= 1
            self._counts[state] += 1
            self._states[place] = state

    def next(self, image: str | None, direction: int) -> str | None:
        """The nearest image to do from this one on in a direction (1, -1), then from the other end.

        None when nothing is left. From an image of another folder, or None, the first one counts.
        """
        start = 0 if image is None else self._places.get(image, 0)
        if direction > 0:
            place = self._states.find(State.TO_DO, start)
            if place < 0:
                place = self._states.find(State.TO_DO)
        else:
            place = self._states.rfind(State.TO_DO, 0, start + 1)
            if place < 0:
                place = self._states.rfind(State.TO_DO)
        return None if place < 0 else self._images[place]

    def reset(self) -> None:
        """Makes every image one to do."""
        self._states = bytearray(len(self._images))
        self._counts = [len(self._images), 0, 0]  # by State
