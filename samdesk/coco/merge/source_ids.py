"""The ids that images and categories had in the files they came from, where they are others here.

A results file names images and categories by ids alone: those of this project, as its exports have
them, or those of a file that was imported into it.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar

from samdesk.coco.document import KeepGoing
from samdesk.coco.ids import LARGEST_ID
from samdesk.coco.merge.extras import as_text
from samdesk.coco.sources.base import Source
from samdesk.core.dataset import Category, Dataset, ImageRecord
from samdesk.text import Text

# Among the extras of the ARR-COC profile, so that plain COCO does not have it.
_KEY = "source_ids"

_R = TypeVar("_R", ImageRecord, Category)


def with_source_ids(records: Mapping[str, _R], ids: Mapping[Hashable, str]) -> dict[str, _R]:
    """The records with their ids in a source, unless all of them have just these.

    Args:
        records: by what the values of `ids` are.
        ids: of the source, and whose they are.
    """
    noted = dict(records)
    if all(records[name].id == identity for identity, name in ids.items()):
        return noted
    for identity, name in ids.items():
        if type(identity) is str or (type(identity) is int and abs(identity) < LARGEST_ID):
            noted[name] = _with_source_id(noted[name], identity)
    return noted


def _with_source_id(record: _R, identity: Hashable) -> _R:
    known: list[Any] = _source_ids(record)
    if identity in known:
        return record
    extras = json.loads(record.extras or "{}")
    extras["arr_coc"] = {**_arr_coc(extras), _KEY: [*known, identity]}
    return replace(record, extras=as_text(extras))


def _source_ids(record: ImageRecord | Category) -> list[Any]:
    if _KEY not in record.extras:
        return []
    known: Any = _arr_coc(json.loads(record.extras)).get(_KEY)
    return known if isinstance(known, list) else []


def _arr_coc(extras: dict[str, Any]) -> dict[str, Any]:
    stated = extras.get("arr_coc")
    return stated if isinstance(stated, dict) else {}


def meant_by_results(
    source: Source, dataset: Dataset, keep_going: KeepGoing
) -> tuple[dict[Hashable, ImageRecord | Text], dict[Hashable, Category | Text]]:
    """The images and categories that the ids of a results file mean; a text where that is not
    clear."""
    images, categories = _Ids(dataset.images), _Ids(dataset.categories)
    if images.has_others or categories.has_others:
        for number, (_, entry) in enumerate(source.annotations()):
            keep_going("match", number, source.count)
            if isinstance(entry, dict):
                images.use(entry.get("image_id"))
                categories.use(entry.get("category_id"))
    both = (images, categories)
    if all(one.fit_source for one in both) and not all(one.fit_project for one in both):
        return images.of_source(), categories.of_source()
    if any(one.differ for one in both):
        return images.agreed(), categories.agreed()
    return images.of_project(), categories.of_project()


class _Ids(Generic[_R]):
    """The two meanings of ids."""

    def __init__(self, records: Sequence[_R]) -> None:
        self._own: dict[Hashable, _R] = {one.id: one for one in records}
        self._stated: dict[Hashable, _R | None] = {}
        for one in records:
            for identity in _source_ids(one):
                if isinstance(identity, (int, str)):
                    # Files that were imported may have said different things.
                    self._stated[identity] = None if identity in self._stated else one
        self._used: set[Hashable] = set()

    @property
    def has_others(self) -> bool:
        return bool(self._stated)

    def use(self, identity: Any) -> None:
        if isinstance(identity, Hashable):
            self._used.add(identity)

    @property
    def fit_project(self) -> bool:
        return self._used <= self._own.keys()

    @property
    def fit_source(self) -> bool:
        known: Iterable[Hashable] = self._stated or self._own
        return self._used.issubset(known)

    @property
    def differ(self) -> bool:
        """Whether an id that is used means one thing in the project and another in a source."""
        return any(
            identity in self._stated and self._stated[identity] is not self._own.get(identity)
            for identity in self._used
        )

    def of_project(self) -> dict[Hashable, _R | Text]:
        return {**self._own}

    def of_source(self) -> dict[Hashable, _R | Text]:
        if not self._stated:
            return self.of_project()
        return {
            identity: one if one is not None else _unclear(identity)
            for identity, one in self._stated.items()
        }

    def agreed(self) -> dict[Hashable, _R | Text]:
        if not self._stated:
            return self.of_project()
        return {
            identity: one if self._stated.get(identity) is one else _unclear(identity)
            for identity, one in self._own.items()
        }


def _unclear(identity: Hashable) -> Text:
    return Text(
        "id {id} may be meant as in this project or as in a file that was imported into it; import "
        "that file and this one into a folder that SAMDesk has not opened yet",
        id=identity,
    )
