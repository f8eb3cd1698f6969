"""The window in other languages: every text translated, plurals and numbers as they are written."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from samdesk import settings
from samdesk.folders import Folders
from samdesk.resources import resource
from samdesk.settings import Settings
from samdesk.ui import translation, words
from samdesk.ui.actions import ACTIONS, MENUS
from tests.ui.conftest import Started

PACKAGE = Path(__file__).parent.parent.parent / "samdesk"
TRANSLATIONS = resource("translations")


@pytest.fixture
def in_german(qapp: QApplication) -> Iterator[None]:
    translation.apply(qapp, "de")
    yield
    translation.apply(qapp, "en")


@pytest.fixture(scope="module")
def update() -> ModuleType:
    """The script that collects texts."""
    spec = importlib.util.spec_from_file_location("update", TRANSLATIONS / "update.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def messages(path: Path) -> dict[tuple[str, str], ElementTree.Element]:
    """The messages of a .ts file by context and source text."""
    return {
        (str(context.findtext("name")), str(message.findtext("source"))): message
        for context in ElementTree.parse(path).getroot()
        for message in context.findall("message")
    }


def translated(message: ElementTree.Element) -> list[str]:
    found = message.find("translation")
    assert found is not None
    forms = [form.text or "" for form in found.findall("numerusform")]
    return forms or [found.text or ""]


@pytest.mark.parametrize("name", ["samdesk_de.ts", "samdesk_en.ts"])
def test_every_text_of_the_program_is_translated(
    update: ModuleType, name: str, tmp_path: Path
) -> None:
    for one in update.TS_FILES:
        shutil.copy(TRANSLATIONS / one, tmp_path)
    update.collect(tmp_path)
    kept, now = messages(TRANSLATIONS / name), messages(tmp_path / name)
    assert now.keys() == kept.keys(), "run python resources/translations/update.py"
    unfinished = [
        key
        for key, message in now.items()
        if message.find("translation").get("type") or not all(translated(message))  # type: ignore[union-attr]
    ]
    assert unfinished == []


@pytest.mark.parametrize("name", ["samdesk_de.ts", "samdesk_en.ts"])
def test_what_is_filled_in_is_the_same(name: str) -> None:
    for (_, source), message in messages(TRANSLATIONS / name).items():
        for text in translated(message):
            for pattern in (r"\{\d\}", r"%Ln", r"</?\w+>"):
                assert sorted(re.findall(pattern, text)) == sorted(re.findall(pattern, source)), (
                    text
                )
            assert (source[0] == " ", source[-1] == " ") == (text[0] == " ", text[-1] == " "), text


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_menu_has_a_letter_twice(language: str) -> None:
    known = messages(TRANSLATIONS / "samdesk_de.ts")
    menus = [list(MENUS.values())]
    menus += [[spec.text for spec in ACTIONS if spec.menu == menu] for menu in MENUS]
    for texts in menus:
        shown = texts if language == "en" else [translated(known["actions", t])[0] for t in texts]
        letters = [text[text.index("&") + 1].casefold() for text in shown if "&" in text]
        assert len(letters) == len(set(letters)), shown


def test_the_program_reads_what_was_translated(update: ModuleType, tmp_path: Path) -> None:
    update.release(TRANSLATIONS, tmp_path)
    for made in tmp_path.glob("*.qm"):
        assert made.read_bytes() == (TRANSLATIONS / made.name).read_bytes(), made.name


def test_no_text_escapes_the_collection() -> None:
    """Such as one within an f-string, where lupdate does not look."""
    known = {source for _, source in messages(TRANSLATIONS / "samdesk_de.ts")}
    for path in sorted((PACKAGE / "ui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place = {"tr": 0, "_tr": 1}.get(name)
            if place is not None and isinstance(node.args[place], ast.Constant):
                assert node.args[place].value in known, f"{path}: {node.args[place].value}"


@pytest.mark.usefixtures("in_german")
def test_plurals_and_numbers_are_german() -> None:
    assert words.mask_count(0) == "keine Masken"
    assert words.mask_count(1) == "1 Maske"
    assert words.image_count(12_000) == "12.000 Bilder"
    assert words.size(2_565_000_000) == "2,6 GB"
    assert words.duration(2.44) == "2,4 s"


def test_plurals_and_numbers_are_english(qapp: QApplication) -> None:
    translation.apply(qapp, "en")
    assert words.mask_count(0) == "no masks"
    assert words.mask_count(1) == "1 mask"
    assert words.image_count(12_000) == "12,000 images"
    assert words.category_count(1) == "1 category"
    assert words.size(2_565_000_000) == "2.6 GB"


def test_the_system_s_language_is_taken_where_there_is_one(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    for system, number in (
        ("de_CH", QLocale("de_CH").toString(12_000)),
        ("pt_BR", "12,000"),
        ("en_GB", "12,000"),
    ):
        monkeypatch.setattr(QLocale, "system", lambda name=system: QLocale(name))
        translation.apply(qapp, "system")
        assert words.number(12_000) == number
    monkeypatch.undo()
    translation.apply(qapp, "en")


def test_the_window_starts_in_the_language_that_is_set(
    start: Started, photos: Path, qtbot: QtBot, qapp: QApplication
) -> None:
    path = Folders.find().config / "settings.json"
    settings.save(replace(Settings(), language="de"), path)
    window = start(photos).window
    assert window.actions_by_id["undo"].text() == "&Rückgängig"
    assert window.images._summary.text() == "0 von 3 fertig"
    model = window.images.list.model()
    assert "keine Masken" not in model.index(0, 0).data()
    # Qt's own texts too.
    assert qapp.translate("QPlatformTheme", "Cancel") == "Abbrechen"
    translation.apply(qapp, "en")
