"""What has been done in a project, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Totals:
    """Sums over a project.

    Attributes:
        by_category: annotations of each category, by its id.
        seconds: by category id, what each mask that a person made took, from the first prompt to
            the acceptance.
        by_number: how many images have so many annotations; those without any are left out.
    """

    by_category: Mapping[int, int]
    seconds: Mapping[int, tuple[float, ...]]
    by_number: Mapping[int, int]

    @property
    def annotations(self) -> int:
        """How many annotations there are."""
        return sum(self.by_category.values())

    @property
    def annotated_images(self) -> int:
        """How many images have annotations."""
        return sum(self.by_number.values())

    @property
    def masks_per_image(self) -> float | None:
        """The mean over annotated images; None without any."""
        return self.annotations / self.annotated_images if self.by_number else None

    def seconds_per_mask(self, category_id: int | None = None) -> float | None:
        """The median over a category's masks, or all; None where none was timed."""
        if category_id is not None:
            timed = self.seconds.get(category_id, ())
        else:
            timed = tuple(one for several in self.seconds.values() for one in several)
        return median(timed) if timed else None
