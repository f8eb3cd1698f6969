"""What every source gives: the entries of a COCO file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, TypeAlias

from samdesk.text import Text

Entries: TypeAlias = Iterator[tuple[str, Any]]
"""Each with where it stands, such as "annotations[3]"; it may be of any type and hold anything.
Where a source is no COCO file, a `Text` as "file_name" or "category_id" says why there is none."""


class Source(Protocol):
    """Entries as COCO files have them; nothing is promised of them.

    Attributes:
        kind: for people, such as "COCO".
        category: the name of the category of annotations that state none; None where they must.
        uses_ids_of_project: whether images and categories are those of the project it goes to.
        states_ids: whether its ids stand in it; others only tell its images and categories apart.
        lists_categories: whether its categories are stated apart from its annotations.
        count: how many annotations there are, as far as that is known.
    """

    kind: str
    category: str | None
    uses_ids_of_project: bool
    states_ids: bool
    lists_categories: bool
    count: int

    def images(self) -> Entries:
        """Entries of COCO's "images"."""
        ...

    def categories(self) -> Entries:
        """Entries of COCO's "categories"."""
        ...

    def annotations(self) -> Entries:
        """Entries of COCO's "annotations"; read anew at every call, not held in memory."""
        ...

    def section(self, name: str) -> Any:
        """ "info", "licenses" and what else there is; None where there is no such section."""
        ...

    def lacks(self) -> list[tuple[str, Text]]:
        """Sections that should be there or cannot be kept, and what is wrong with each."""
        ...

    def other_sections(self) -> list[str]:
        """The names of sections that COCO does not know."""
        ...


class WithoutSections:
    """Of a source that is no COCO file, and so has none of its sections."""

    def section(self, name: str) -> Any:
        """See `Source.section`."""
        return None

    def lacks(self) -> list[tuple[str, Text]]:
        """See `Source.lacks`."""
        return []

    def other_sections(self) -> list[str]:
        """See `Source.other_sections`."""
        return []
