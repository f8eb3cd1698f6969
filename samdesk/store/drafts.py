"""Drafts that were not accepted yet, kept beside a project's database for the next time.

They are in a file of their own, because they change with every click: nobody must wait for them,
and nothing that reads what was accepted may meet them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samdesk.core.mask import Mask
from samdesk.core.prompt import Prompt
from samdesk.errors import ProjectError
from samdesk.json_file import write_json
from samdesk.store import prompts
from samdesk.text import Text


@dataclass(frozen=True)
class KeptDraft:
    """What was drafted on an image, as far as it can be gone on with.

    Attributes:
        path: of the image, relative to the folder.
        width, height: of the image in pixels; on another size the draft means nothing.
        prompt: what the engine was asked, without a prior.
        drawn: the mask, where it was drawn or corrected by hand.
        outline: of a polygon, (x, y) in pixels from the image's corner.
        correction: what it does to which annotation: "add" or "subtract", and the id; None for a
            draft of a new one.
        answer: which of the engine's candidates was shown, how good it was, and the engine, as
            its owner reads them; empty where no engine answered.
        clicks, seconds: what it has cost so far.
    """

    path: str
    width: int
    height: int
    prompt: Prompt = field(default_factory=Prompt)
    drawn: Mask | None = None
    outline: tuple[tuple[float, float], ...] = ()
    correction: tuple[str, int] | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    clicks: int = 0
    seconds: float = 0.0


def write_drafts(database: Path, drafts: Iterable[KeptDraft]) -> None:
    """Keeps these drafts, and no others, for the project of this database.

    Raises:
        ProjectError: they could not be written; those of before are still there.
    """
    path = _file(database)
    try:
        raw = [_written(draft) for draft in drafts]
        if raw:
            write_json({"drafts": raw}, path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise ProjectError(
            Text("Drafts could not be kept in {path}: {reason}.", path=path, reason=error),
            "What was accepted is safe. Check the space and the rights there.",
        ) from error


def read_drafts(database: Path) -> list[KeptDraft]:
    """The drafts that are kept for the project of this database.

    Raises:
        ProjectError: the file cannot be read, or is none of this program.
    """
    path = _file(database)
    try:
        raw = json.loads(path.read_text("utf-8"))
        return [_read(one) for one in raw["drafts"]]
    except FileNotFoundError:
        return []
    except (OSError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ProjectError(
            Text("The drafts in {path} cannot be read: {reason}.", path=path, reason=error),
            "What was accepted is safe; the next draft takes their place.",
        ) from error


def _file(database: Path) -> Path:
    return database.with_name("drafts.json")


def _written(draft: KeptDraft) -> dict[str, Any]:
    return {
        **vars(draft),
        "prompt": prompts.written(draft.prompt),
        "drawn": draft.drawn.rle() if draft.drawn is not None else None,
    }


def _read(raw: dict[str, Any]) -> KeptDraft:
    values = dict(raw)
    values["prompt"] = prompts.read(raw["prompt"])
    values["drawn"] = Mask.from_rle(raw["drawn"]) if raw["drawn"] else None
    values["outline"] = tuple((float(x), float(y)) for x, y in raw["outline"])
    if raw["correction"]:
        mode, identity = raw["correction"]
        values["correction"] = (str(mode), int(identity))
    return KeptDraft(**values)
