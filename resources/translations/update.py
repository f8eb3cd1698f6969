"""Brings the translations up to date: python resources/translations/update.py

Collects all texts of the window into the .ts files, where Qt Linguist (pyside6-linguist) or any
editor translates what is new, and makes the .qm files that the program reads.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import PySide6

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TS_FILES = ("samdesk_de.ts", "samdesk_en.ts")


def table_texts() -> Iterator[tuple[str, str]]:
    """The texts that stand in tables, where lupdate does not see them, with their contexts."""
    from typing import get_args

    from samdesk.core.dataset import Status
    from samdesk.engine.builtin import NAME
    from samdesk.settings import described
    from samdesk.ui.actions import ACTIONS, GESTURES, MENUS
    from samdesk.ui.workspace import Encoding

    for text in (*MENUS.values(), *chain(*((one.text, one.purpose) for one in ACTIONS))):
        if text:
            yield "actions", text
    for heading, gestures in GESTURES.items():
        for text in (heading, *chain(*gestures)):
            yield "actions", text
    for _, about in described():
        names = (name for _, name in about.choices)
        for text in (about.label, about.help, about.unit, about.zero, *names):
            if text:
                yield "settings", text
    for _, said in texts_below():
        if isinstance(said, ast.Constant) and said.value:
            yield "messages", said.value
    yield "messages", NAME
    for text in table_of_models():
        yield "messages", text
    for text in (*get_args(Status), *(state.value for state in Encoding)):
        yield "ImagesModel", text


# What people are told from below the window; the commands' own errors never reach it.
LAYERS_BELOW = ("core", "engine", "store", "coco", "runtime")
_SPEAKS = re.compile(r"\w*Error|EngineLost|OutOfMemory|Problem")
_NEVER_SHOWN = {"ValueError", "OSError", "TypeError", "JSONDecodeError"}
_NEVER_SHOWN |= {"DatabaseError", "OperationalError"}


def texts_below() -> Iterator[tuple[Path, ast.expr]]:
    """What is said in `Text` and in errors below the window, where in the source it stands."""
    package = ROOT / "samdesk"
    paths = [path for layer in LAYERS_BELOW for path in sorted((package / layer).rglob("*.py"))]
    for path in (package / "settings.py", package / "reason.py", *paths):
        # The findings of `samdesk check` are printed only, but for what an export passes on.
        is_printed = path in [package / "coco" / f"{one}.py" for one in ("check", "entries")]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name == "Text":
                yield path, node.args[0]
            elif not is_printed and _SPEAKS.fullmatch(name) and name not in _NEVER_SHOWN:
                yield from ((path, argument) for argument in node.args[:2])


def table_of_models() -> Iterator[str]:
    """What is published of models, where that is words."""
    import json

    tables = json.loads((ROOT / "resources" / "checkpoints.json").read_text("utf-8"))
    for known in tables["checkpoints"]:
        yield from known["published"].values()
    for other in tables["others"]:
        yield other["note"]


def collect(folder: Path) -> None:
    """Updates the .ts files of a folder with the texts of the program."""
    sources = [ROOT / "samdesk" / "app.py", *sorted((ROOT / "samdesk" / "ui").rglob("*.py"))]
    with tempfile.TemporaryDirectory() as scratch:
        tables = Path(scratch) / "tables.py"
        lines = (f"translate({context!r}, {text!r})" for context, text in table_texts())
        tables.write_text("\n".join(dict.fromkeys(lines)), "utf-8")
        for name in TS_FILES:
            only_plurals = ["-pluralonly"] if name == "samdesk_en.ts" else []
            _run(
                "lupdate",
                *map(str, sources),
                str(tables),
                *("-locations", "none", "-no-obsolete", "-tr-function-alias", "translate+=_tr"),
                *only_plurals,
                *("-ts", str(folder / name)),
            )


def release(folder: Path, target: Path) -> None:
    """Makes the .qm files of a folder's .ts files."""
    for name in TS_FILES:
        compiled = (target / name).with_suffix(".qm")
        _run("lrelease", "-silent", str(folder / name), "-qm", str(compiled))


def _run(tool: str, *arguments: str) -> None:
    program = Path(PySide6.__path__[0]) / tool
    subprocess.run([str(program), *arguments], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    collect(HERE)
    release(HERE, HERE)
