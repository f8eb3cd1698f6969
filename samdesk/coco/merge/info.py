"""What a source says about itself, and its licences."""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from samdesk.coco.ids import LARGEST_ID
from samdesk.coco.merge.extras import as_text
from samdesk.coco.merge.plan import Import, Target
from samdesk.coco.sources.base import Source
from samdesk.core.dataset import Change, DatasetInfo

AUTO_KEY = "samdesk_auto"  # of what `samdesk auto --shards` keeps for itself
_INFO_KEYS = {"year", "date_created", "arr_coc", AUTO_KEY}


def merge_info(source: Source, target: Target, plan: Import) -> dict[Hashable, int]:
    """Adds what the project does not know yet.

    Returns:
        The project's ids of licences, by the source's, where they are others.
    """
    before = target.dataset.info
    licenses, ids = _licenses(before, source.section("licenses"))
    info = _object(source.section("info"))
    info = {key: value for key, value in info.items() if key not in _INFO_KEYS}
    written = {"description": "", "version": "1.0"}
    info = {key: value for key, value in info.items() if written.get(key) != value}
    if str(info.get("contributor", "")).startswith("SAMDesk "):
        del info["contributor"]
    extras = {name: source.section(name) for name in source.other_sections()}
    after = replace(
        before,
        info=_with_more(before.info, info),
        licenses=as_text(licenses),
        extras=_with_more(before.extras, extras),
    )
    if after != before:
        is_new = before == DatasetInfo()
        plan.changes.append(Change(None if is_new else before, after))
    return ids


def _licenses(before: DatasetInfo, stated: Any) -> tuple[list[Any], dict[Hashable, int]]:
    """The project's licences with those of the source, which may get new ids."""
    kept: list[Any] = json.loads(before.licenses or "[]")
    used = {one["id"] for one in kept}
    ids: dict[Hashable, int] = {}
    new: list[dict[str, Any]] = []
    for licence in stated if isinstance(stated, list) else []:
        if not isinstance(licence, dict) or licence in kept:
            continue
        identity = licence.get("id")
        if type(identity) is not int or not 0 < identity < LARGEST_ID or identity in used:
            new.append(licence)
            continue
        used.add(identity)
        kept.append(licence)
    for licence in new:
        number = max(used, default=0) + 1
        alike = {**licence, "id": number}
        same = next((one for one in kept if {**one, "id": number} == alike), None)
        if same is None:
            used.add(number)
            kept.append(alike)
            same = alike
        if isinstance(licence.get("id"), Hashable):
            ids[licence.get("id")] = same["id"]
    return kept, ids


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _with_more(text: str, more: dict[str, Any]) -> str:
    """A JSON object with the keys of another that it lacks."""
    known = json.loads(text or "{}")
    return as_text(known | {key: value for key, value in more.items() if key not in known})
