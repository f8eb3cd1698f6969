"""The categories of a source, as categories of the project."""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from samdesk.coco.ids import Ids
from samdesk.coco.merge.extras import as_text
from samdesk.coco.merge.plan import Import, Target
from samdesk.coco.merge.source_ids import with_source_ids
from samdesk.coco.sources.base import Source
from samdesk.core.dataset import Annotation, Category, Change, UnsegmentedBox
from samdesk.core.palette import next_colour
from samdesk.text import Text

_KEYS = {"id", "name"}


class Categories:
    """The categories that annotations of a source may have.

    Args:
        meant: by the source's ids, where its categories are the project's.
    """

    def __init__(
        self,
        source: Source,
        target: Target,
        plan: Import,
        meant: dict[Hashable, Category | Text] | None,
    ) -> None:
        self._source = source
        self._target = target
        self._plan = plan
        # By the source's ids; a text says why there is none.
        self._found: dict[Hashable, Category | Text] = meant or {}
        self._numbered: dict[str, Category] = {}  # new ones, by name
        if meant is None:
            self._merge()

    def of(self, entry: dict[str, Any]) -> Category | Text:
        """The category of an annotation of the source; or why there is none."""
        key = entry.get("category_id")
        if isinstance(key, Text):
            return key
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

    def leave_out_unused(self) -> None:
        """Takes new categories back of which nothing was imported, where only shapes name them."""
        if self._source.lists_categories:
            return
        records = [change.after for change in self._plan.changes]
        used = {one.category_id for one in records if isinstance(one, (Annotation, UnsegmentedBox))}
        self._plan.changes[:] = [
            change
            for change in self._plan.changes
            if not isinstance(change.after, Category)
            or change.before is not None
            or change.after.id in used
        ]
        self._plan.categories = sum(one.id in used for one in self._numbered.values())

    def _merge(self) -> None:
        before = {category.name: category for category in self._target.dataset.categories}
        known = dict(before)
        colours = [category.colour for category in self._target.dataset.categories]
        ids = Ids(self._target.last_id(Category))
        taken: dict[Hashable, str] = {}
        for where, entry in self._source.categories():
            if not isinstance(entry, dict):
                self._plan.refuse(where, Text("is not an object"))
                continue
            identity, name = entry.get("id"), entry.get("name")
            if not isinstance(identity, Hashable) or identity is None:
                self._plan.refuse(where, Text("has no id"))
            elif identity in self._found or identity in taken:
                self._plan.refuse(where, Text("id {id} occurs twice", id=identity))
            elif not isinstance(name, str) or not name.strip():
                self._plan.refuse(where, Text("has no name"))
                self._found[identity] = Text("its category, {where}, has no name", where=where)
            else:
                extras = {key: value for key, value in entry.items() if key not in _KEYS}
                if extras.get("supercategory") == "":
                    del extras["supercategory"]
                taken[identity] = name
                if name in known:
                    known[name] = self._with_more(where, known[name], extras)
                    continue
                colour = next_colour(colours)
                colours.append(colour)
                known[name] = Category(ids.keep(identity) or 0, name, colour, as_text(extras))
        known = {name: one if one.id else replace(one, id=ids.new()) for name, one in known.items()}
        if self._source.states_ids:
            self._plan.renumbered += sum(known[name].id != one for one, name in taken.items())
            known = with_source_ids(known, taken)
        self._found.update({identity: known[name] for identity, name in taken.items()})
        self._numbered = {name: one for name, one in known.items() if name not in before}
        self._plan.categories = len(self._numbered)
        for name, one in known.items():
            if before.get(name) != one:
                self._plan.changes.append(Change(before.get(name), one))

    def _with_more(self, where: str, known: Category, more: dict[str, Any]) -> Category:
        """A category with what is said of it beyond what is known; what is known stays."""
        extras = json.loads(known.extras or "{}")
        for key, value in more.items():
            if extras.setdefault(key, value) != value and key != "arr_coc":
                self._plan.refuse(
                    where,
                    Text(
                        "the {key} of {name} is another one here, and stays",
                        key=key,
                        name=known.name,
                    ),
                )
        text = as_text(extras)
        return known if extras == json.loads(known.extras or "{}") else replace(known, extras=text)

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
