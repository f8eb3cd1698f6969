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
from samdesk.coco.check import check_data
from samdesk.coco.merge import Unused
from samdesk.core.image import load_image
from samdesk.errors import ImageError
from samdesk.folders import Folders
from samdesk.resources import resource
from samdesk.settings import Settings
from samdesk.text import Text
from samdesk.ui import translation, words
from samdesk.ui.actions import ACTIONS, GESTURES, MENUS
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
            for pattern in (r"\{[^}]*\}", r"%Ln", r"</?\w+>"):
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


def test_no_text_names_a_key_that_may_be_changed() -> None:
    """The table of keys says them, and `Shortcuts.fill`, which knows the present ones."""
    fixed = {text for pairs in GESTURES.values() for pair in pairs for text in pair}
    named = re.compile(r"(Ctrl|Shift|Alt)\s?\+|\b(Enter|Return|Esc|Del|Tab|F\d+)\b")
    letters = re.compile(r"<b>.</b>")
    for _, source in messages(TRANSLATIONS / "samdesk_de.ts"):
        if source not in fixed:
            assert not named.search(source) and not letters.search(source), source


def test_what_is_said_below_the_window_can_be_translated(update: ModuleType) -> None:
    """An f-string or a sum could not be collected, and would stay English without being missed."""
    said = list(update.texts_below())
    assert len(said) > 150
    for path, node in said:
        where = f"{path}:{node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.Call):
            assert getattr(node.func, "id", "") in ("Text", "unpacked"), where
        elif isinstance(node, ast.Constant):
            assert isinstance(node.value, str), where
        else:
            # What was made elsewhere, and is a Text there.
            assert isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)), where


@pytest.mark.usefixtures("in_german")
def test_errors_are_german(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.jpg"
    with pytest.raises(ImageError) as refused:
        load_image(missing)
    assert words.explained(refused.value) == (
        "nowhere.jpg gibt es nicht. Prüfen Sie, ob sie verschoben oder umbenannt wurde."
    )
    assert str(refused.value).startswith("nowhere.jpg does not exist.")
    size = Text("{size:g} GB", size=1.4)
    text = Text("it needs {needed} of memory and {free} are free", needed=size, free=size)
    assert words.translated(text) == "er braucht 1,4 GB Speicher, und 1,4 GB sind frei"
    bound = Text(
        "Embeddings are not kept: {folder} may hold {bound:,.0f} MB.", folder="x,y.z", bound=2e4
    )
    assert words.translated(bound).endswith("x,y.z darf 20.000 MB fassen.")
    assert words.translated("no text of ours {0}") == "no text of ours {0}"


@pytest.mark.usefixtures("in_german")
def test_what_an_import_leaves_out_and_a_check_advises_is_german() -> None:
    unused = Unused(Text("annotation {id}", id=12), Text("there is no category {id}", id=7))
    assert words.translated(unused.text) == "Annotation 12: es gibt keine Kategorie 7"
    assert str(unused) == "annotation 12: there is no category 7"
    square = {"size": [4, 4], "counts": [0, 16]}
    entry = {"image_id": 1, "category_id": 1, "segmentation": square, "area": 16}
    entry |= {"bbox": [0, 0, 4, 4], "iscrowd": 0}
    data = {
        "info": {},
        "licenses": [],
        "images": [{"id": 1, "file_name": "a.png", "width": 4, "height": 4}],
        "categories": [{"id": 1, "name": "thing"}],
        "annotations": [{"id": 1, **entry}, {"id": 2, **entry}],
    }
    (advice,) = check_data(data)
    assert words.translated(advice.text) == (
        "annotations[1]: hat Maske und Kategorie von annotations[0]"
    )


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
