"""The rules of the architecture, read off the source."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "samdesk"
LAYERS = ("core", "engine", "store", "coco", "runtime", "ui")
BELOW = {
    "core": set(),
    "engine": {"core"},
    "store": {"core"},
    "coco": {"core"},
    "runtime": {"core", "engine", "store"},
    "ui": {"core", "engine", "store", "coco", "runtime"},
}
QT, TORCH = {"PySide6"}, {"torch", "torchvision", "segment_anything"}
FORBIDDEN = {
    "core": QT | TORCH | {"sqlite3", "threading"},
    "engine": QT | {"sqlite3"},
    "store": QT | TORCH,
    "coco": QT | TORCH | {"sqlite3", "threading"},
    "runtime": QT | TORCH | {"sqlite3"},
    "ui": TORCH | {"sqlite3", "cv2"},
}


def imported(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def files(layer: str) -> list[Path]:
    found = sorted((PACKAGE / layer).rglob("*.py"))
    assert found
    return found


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_look_only_down(layer: str) -> None:
    allowed = {layer, *BELOW[layer]}
    for path in files(layer):
        for name in imported(path):
            parts = name.split(".")
            if parts[0] == "samdesk" and len(parts) > 1 and parts[1] in LAYERS:
                assert parts[1] in allowed, f"{path} imports {name}"


@pytest.mark.parametrize("layer", LAYERS)
def test_layers_stay_clear_of_what_is_not_theirs(layer: str) -> None:
    for path in files(layer):
        roots = {name.split(".")[0] for name in imported(path)}
        assert not roots & FORBIDDEN[layer], f"{path} imports {roots & FORBIDDEN[layer]}"


def test_what_is_accepted_knows_nothing_of_drafts_or_undo() -> None:
    parts = ("annotator", "accepting", "draft", "drafts", "timeline", "undoing")
    drafting = {f"samdesk.ui.{name}" for name in parts}
    for name in ("accepted", "selection"):
        assert not imported(PACKAGE / "ui" / f"{name}.py") & drafting


def test_only_the_composition_roots_see_all_layers() -> None:
    for path in PACKAGE.glob("*.py"):
        seen = {name.split(".")[1] for name in imported(path) if name.startswith("samdesk.")}
        if path.name not in {"app.py", "cli.py"}:
            assert "ui" not in seen, f"{path} imports the window"


def test_only_the_benchmark_of_the_program_sees_the_window() -> None:
    for path in files("bench"):
        if path.name not in {"program.py", "canvas.py", "flow.py"}:
            for name in imported(path):
                assert not name.startswith(("PySide6", "samdesk.ui", "samdesk.app")), path


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_command_line_works_without_qt() -> None:
    code = (
        "import sys; sys.modules['PySide6'] = None\n"
        "import samdesk.cli\n"
        "print(samdesk.cli.main(['check', '/nowhere.json']))"
    )
    assert run(code) == "1"


@pytest.mark.parametrize("module", ["samdesk.app", "samdesk.cli"])
def test_nothing_slow_is_imported_before_it_is_needed(module: str) -> None:
    slow = "{'torch', 'cv2', 'segment_anything', 'skimage', 'scipy', 'httpx'}"
    assert run(f"import sys, {module}; print(sorted({slow} & set(sys.modules)))") == "[]"
