"""What a source says that the project has no place for: kept as JSON, to be written back."""

from __future__ import annotations

import json
from typing import Any


def as_text(value: Any) -> str:
    """JSON, or "" for nothing."""
    return json.dumps(value, ensure_ascii=False) if value else ""


def without_stated(extras: dict[str, Any], taken: set[str]) -> dict[str, Any]:
    """Unknown keys, without those of `arr_coc` that have a place of their own."""
    stated = extras.get("arr_coc")
    if not isinstance(stated, dict):
        return extras
    beyond = {key: value for key, value in stated.items() if key not in taken}
    others = {key: value for key, value in extras.items() if key != "arr_coc"}
    return others | ({"arr_coc": beyond} if beyond else {})
