"""Drafts that were not accepted yet, kept beside a project's database for the next time.

They are in a file of their own, because they change with every click: nobody must wait for them,
and nothing that reads what was accepted may meet them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samdesk.core.mask import Mask
from samdesk.core.prompt import Prompt
from samdesk.errors import ProjectError
from samdesk.json_file import write_json
from samdesk.reason import reason_of
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
        answer: "engine", an object; "chosen", which of its candidates was shown; "score" and
            "stability_score" of that where they are known. Empty where no engine answered.
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
        # Fails where the folder was moved away: it is not to be made again.
        path.parent.stat()
        if raw:
            write_json({"drafts": raw}, path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise ProjectError(
            Text(
                "Drafts could not be kept in {path}: {reason}.", path=path, reason=reason_of(error)
            ),
            "What was accepted is safe. Check the space and the rights there.",
        ) from error


def read_drafts(database: Path) -> tuple[list[KeptDraft], list[Text]]:
    """The drafts that are kept for the project of this database, and what is to be told of them.

    What cannot be understood is left out; a copy of the file is set aside before that.

    Raises:
        ProjectError: the file cannot be read, now.
    """
    path = _file(database)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return [], []
    except OSError as error:
        raise ProjectError(
            Text(
                "The drafts in {path} cannot be read: {reason}.", path=path, reason=reason_of(error)
            ),
            "What was accepted is safe; drafts are not kept until the folder is opened again.",
        ) from error
    drafts, damage = [], None
    try:
        entries = json.loads(content)["drafts"]
        for entry in entries:
            try:
                drafts.append(_read(entry))
            except _MISREAD as error:
                damage = error
    except _MISREAD as error:
        damage = error
    if damage is None:
        return drafts, []
    aside = path.with_name("drafts.damaged.json")
    # Where that cannot be written, neither can what would take the file's place.
    with suppress(OSError):
        aside.write_bytes(content)
    return drafts, [
        Text(
            "Drafts in {path} cannot be understood ({reason}) and are left out. What was accepted "
            "is safe; the file is kept as {aside}.",
            path=path,
            reason=damage,
            aside=aside.name,
        )
    ]


_MISREAD = (KeyError, TypeError, ValueError, OverflowError, RecursionError)


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
    if raw["answer"]:
        values["answer"] = _answer(raw["answer"])
    for name, kind in (("path", str), ("width", int), ("height", int), ("clicks", int)):
        if not isinstance(raw[name], kind):
            raise TypeError(f"{name} is {raw[name]!r}")
    values["seconds"] = float(raw["seconds"])
    return KeptDraft(**values)


def _answer(raw: dict[str, Any]) -> dict[str, Any]:
    answer = {"engine": dict(raw["engine"]), "chosen": max(0, int(raw["chosen"]))}
    if "score" in raw:
        stability = raw["stability_score"]
        answer["score"] = float(raw["score"])
        answer["stability_score"] = None if stability is None else float(stability)
    return answer
