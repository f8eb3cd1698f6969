"""The categories of a source, as categories of the project."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from samdesk.coco.ids import Ids
from samdesk.coco.merge.extras import as_text
from samdesk.coco.merge.plan import Import, Target
from samdesk.coco.sources.base import Source
from samdesk.core.dataset import Category, Change
from samdesk.core.palette import next_colour
from samdesk.text import Text

_KEYS = {"id", "name"}


class Categories:
    """The categories that annotations of a source may have."""

    def __init__(self, source: Source, target: Target, plan: Import) -> None:
        self._source = source
        self._target = target
        self._plan = plan
        # By the source's ids; a text says why there is none.
        self._found: dict[Hashable, Category | Text] = {}
        self._numbered: dict[str, Category] = {}  # new ones, by name
        if source.uses_ids_of_project:
            self._found = {one.id: one for one in target.dataset.categories}
        else:
            self._merge()

    def of(self, entry: dict[str, Any]) -> Category | Text:
        """The category of an annotation of the source; or why there is none."""
        key = entry.get("category_id")
        found = self._found.get(key) if isinstance(key, Hashable) else None
        if isinstance(found, Category):
            return found
        default = self._default() if "category_id" not in entry else None
        if default is not None:
            return default
        if found is not None:
            return found
        if key is None or not isinstance(key, Hashable):
            return Text("states no category")
        if self._source.uses_ids_of_project:
            return Text("this project has no category {id}", id=key)
        return Text("there is no category {id}", id=key)

    def _merge(self) -> None:
        by_name = {category.name: category for category in self._target.dataset.categories}
        colours = [category.colour for category in self._target.dataset.categories]
        ids = Ids(self._target.last_id(Category))
        new: list[tuple[Hashable, Category]] = []
        for where, entry in self._source.categories():
            if not isinstance(entry, dict):
                self._plan.refuse(where, Text("is not an object"))
                continue
            identity, name = entry.get("id"), entry.get("name")
            if not isinstance(identity, Hashable) or identity is None:
                self._plan.refuse(where, Text("has no id"))
            elif identity in self._found:
                self._plan.refuse(where, Text("id {id} occurs twice", id=identity))
            elif not isinstance(name, str) or not name.strip():
                self._plan.refuse(where, Text("has no name"))
                self._found[identity] = Text("its category, {where}, has no name", where=where)
            elif name in by_name:
                self._found[identity] = by_name[name]
            else:
                extras = {key: value for key, value in entry.items() if key not in _KEYS}
                if extras.get("supercategory") == "":
                    del extras["supercategory"]
                colour = next_colour(colours)
                colours.append(colour)
                category = Category(ids.keep(identity) or 0, name, colour, as_text(extras))
                by_name[name] = category
                self._found[identity] = category
                new.append((identity, category))
        for _, category in new:
            numbered = category if category.id else replace(category, id=ids.new())
            self._numbered[numbered.name] = numbered
            self._plan.changes.append(Change(None, numbered))
        self._plan.categories = len(new)
        for identity, found in self._found.items():
            if isinstance(found, Category):
                self._found[identity] = self._numbered.get(found.name, found)

    def _default(self) -> Category | None:
        """The category of annotations whose source knows none."""
        name = self._source.category
        if name is None:
            return None
        known = {category.name: category for category in self._target.dataset.categories}
        category = known.get(name) or self._numbered.get(name)
        if category is None:
            colours = [one.colour for one in (*known.values(), *self._numbered.values())]
            highest = max((one.id for one in self._numbered.values()), default=0)
            identity = max(self._target.last_id(Category), highest) + 1
            category = Category(identity, name, next_colour(colours))
            self._numbered[name] = category
            self._plan.changes.append(Change(None, category))
            self._plan.categories += 1
        return category
