"""Finding an action, its keys, and the settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QMessageBox, QSpinBox
from pytestqt.qtbot import QtBot

from samdesk.settings import Settings, described
from samdesk.ui.actions import ACTIONS
from samdesk.ui.dialogs.finder import FinderDialog
from samdesk.ui.dialogs.keys import KeysDialog
from samdesk.ui.dialogs.settings import SettingsDialog
from samdesk.ui.shortcuts import Shortcuts
from samdesk.ui.theme import is_dark
from tests.ui.conftest import Started
from tests.ui.hand import Hand

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot) -> Hand:
    return Hand(start(photos), qtbot)


def find(hand: Hand, text: str) -> FinderDialog:
    hand.key(Qt.Key.Key_K, CONTROL)
    finder = hand.app.window.findChild(FinderDialog)
    assert finder is not None
    hand.qtbot.keyClicks(finder.entry, text)
    return finder


def shown(finder: FinderDialog) -> list[tuple[str, str, str]]:
    items = [finder.list.topLevelItem(row) for row in range(finder.list.topLevelItemCount())]
    return [(item.text(0), item.text(1), item.text(2)) for item in items]


def test_an_action_is_found_by_its_name_and_done(hand: Hand) -> None:
    finder = find(hand, "next image")
    assert shown(finder)[:2] == [
        ("Next image", "Image", "D"),
        ("Next image without annotation", "Image", "N"),
    ]
    hand.qtbot.keyClick(finder.entry, Qt.Key.Key_Return)
    hand.wait_for_image(1)


def test_the_arrows_choose_and_every_action_is_there(hand: Hand) -> None:
    finder = find(hand, "")
    names = {row[0] for row in shown(finder)}
    assert {"Select tool", "Export COCO", "Compare", "Exact (float32)"} <= names
    assert len(shown(finder)) > len(ACTIONS)
    hand.qtbot.keyClicks(finder.entry, "theme")
    hand.qtbot.keyClick(finder.entry, Qt.Key.Key_Down)
    hand.qtbot.keyClick(finder.entry, Qt.Key.Key_Down)
    hand.qtbot.keyClick(finder.entry, Qt.Key.Key_Return)
    assert hand.app.settings.theme == "dark"


def test_what_makes_no_sense_now_is_last_and_not_done(hand: Hand) -> None:
    finder = find(hand, "accept mask")
    hand.qtbot.keyClick(finder.entry, Qt.Key.Key_Return)
    assert finder.isVisible()
    finder.entry.setText("no such action")
    assert shown(finder) == []
    hand.qtbot.keyClick(finder.entry, Qt.Key.Key_Return)
    assert finder.isVisible()
    finder.reject()


def test_no_two_actions_share_a_default_key() -> None:
    keys = [QKeySequence(key).toString() for spec in ACTIONS for key in spec.keys]
    assert len(keys) == len(set(keys))
    assert all(Shortcuts({}).is_free(QKeySequence(key)) for key in keys)


def test_a_key_that_is_given_is_taken_from_whoever_has_it() -> None:
    keys = Shortcuts({})
    keys.give("previous", QKeySequence("D"))
    assert keys.text("previous") == "D"
    assert keys.text("next") == ""
    keys.give("fit", QKeySequence("D"))
    assert keys.text("previous") == ""
    assert Shortcuts(keys.own).text("fit") == "D"
    keys.reset("next")
    assert keys.text("next") == "D"
    assert keys.text("fit") == ""
    keys.reset()
    assert keys.own == {}
    assert keys.text("accept") == "Enter, Return"


def test_texts_name_the_keys_of_now() -> None:
    keys = Shortcuts({})
    text = "<b>{accept}</b> accepts as {0}, {drop} drops"
    assert keys.fill(text, "{fit} & Co") == "<b>Enter</b> accepts as {fit} & Co, Esc drops"
    keys.give("accept", QKeySequence("<"))
    keys.give("drop", QKeySequence())
    assert keys.fill("{accept} {drop}") == "< “Drop draft, or deselect”"
    assert keys.fill("{accept}", rich=True) == "&lt;"


def test_what_the_window_says_follows_the_keys(hand: Hand) -> None:
    window = hand.app.window
    window.shortcuts.give("accept", QKeySequence("Ctrl+M"))
    assert "press Ctrl+M." in window.annotations._empty.text()
    hand.click(80, 60)
    hand.wait_for_mask()
    assert "<b>Ctrl+M</b> accepts as" in window.draft_bar.label.text()
    window.shortcuts.give("accept", QKeySequence("Ctrl+J"))
    assert "<b>Ctrl+J</b> accepts as" in window.draft_bar.label.text()


def test_keys_that_mean_nothing_here_are_left_out() -> None:
    assert Shortcuts({"hologram": "Y", "fit": "7", "next": "Ctrl+J"}).own == {"next": "Ctrl+J"}


def test_keys_are_changed_in_the_table_and_kept(hand: Hand, home: Path) -> None:
    window = hand.app.window
    hand.key(Qt.Key.Key_F1)
    dialog = window.findChild(KeysDialog)
    assert dialog is not None
    dialog.select("next")
    hand.qtbot.keyClick(dialog.edit, Qt.Key.Key_A)
    assert "Previous image" in dialog.note.text()
    hand.qtbot.keyClick(dialog.edit, Qt.Key.Key_1)
    assert not dialog.give.isEnabled()
    hand.qtbot.keyClick(dialog.edit, Qt.Key.Key_Y)
    dialog.give.click()
    assert dialog.table.item(dialog.table.currentRow(), 1).text() == "Y"
    dialog.reject()
    hand.qtbot.waitUntil(lambda: window.findChild(KeysDialog) is None)
    window.activateWindow()
    hand.qtbot.waitUntil(window.isActiveWindow)
    window.canvas.setFocus()
    hand.key(Qt.Key.Key_Y)
    hand.wait_for_image(1)
    assert "(Y)" in window.actions_by_id["next"].toolTip()
    stored = json.loads((home / "config" / "settings.json").read_text("utf-8"))
    assert stored["shortcuts"] == {"next": "Y"}


def test_settings_apply_at_once_or_say_when(hand: Hand, home: Path) -> None:
    window, app = hand.app.window, hand.app
    hand.key(Qt.Key.Key_Comma, CONTROL)
    dialog = window.findChild(SettingsDialog)
    assert dialog is not None
    assert set(dialog.controls) == {known.name for known, _ in described()}
    theme, background = dialog.controls["theme"], dialog.controls["background"]
    prefetch, memory = dialog.controls["prefetch"], dialog.controls["embedding_memory_mb"]
    folder = dialog.controls["cache_folder"]
    assert isinstance(theme, QComboBox) and isinstance(background, QCheckBox)
    assert isinstance(prefetch, QSpinBox) and isinstance(memory, QSpinBox)
    assert isinstance(folder, QLineEdit)
    # Before anything is chosen, each says beside it whether it waits.
    said = [label.text() for label in dialog.findChildren(QLabel)]
    waiting = [about for _, about in described() if about.restart]
    assert sum("Takes effect at the next start." in text for text in said) == len(waiting) > 1
    theme.setFocus()
    hand.qtbot.keyClick(theme, Qt.Key.Key_End)
    assert is_dark()
    assert window.actions_by_id["dark"].isChecked()
    hand.qtbot.keyClick(background, Qt.Key.Key_Space)
    assert app.background.is_paused
    prefetch.setValue(7)
    assert app.settings.prefetch == 7
    assert not dialog.note.isVisible()
    memory.setValue(500)
    assert dialog.note.isVisible()
    dialog.activateWindow()
    hand.qtbot.waitUntil(dialog.isActiveWindow)
    folder.setFocus()
    folder.setText(str(home / "shared"))
    hand.qtbot.keyClick(folder, Qt.Key.Key_Tab)
    stored = json.loads((home / "config" / "settings.json").read_text("utf-8"))
    assert stored["embedding_memory_mb"] == 500
    assert stored["cache_folder"] == str(home / "shared")
    dialog.defaults.click()
    assert {getattr(app.settings, known.name) for known, _ in described()} == {
        getattr(Settings(), known.name) for known, _ in described()
    }
    assert prefetch.value() == 200
    assert not app.background.is_paused
    # What was pressed by mistake is undone with the same button.
    assert dialog.defaults.text() == "Undo defaults" and "can be undone" in dialog.note.text()
    hand.qtbot.mouseClick(dialog.defaults, Qt.MouseButton.LeftButton)
    assert prefetch.value() == app.settings.prefetch == 7
    assert app.settings.embedding_memory_mb == 500 and app.background.is_paused
    assert app.settings.cache_folder == folder.text() == str(home / "shared")
    assert app.settings.theme == "dark" and window.actions_by_id["dark"].isChecked()
    assert dialog.defaults.text() == "All defaults" and dialog.defaults.isEnabled()
    # After something else was changed it is too late for that.
    dialog.defaults.click()
    assert not app.background.is_paused
    prefetch.setValue(8)
    assert dialog.defaults.text() == "All defaults"
    dialog.defaults.click()
    assert app.settings.prefetch == 200
    dialog.reject()
    window.actions_by_id["settings"].trigger()
    again = window.findChildren(SettingsDialog)[-1]
    assert not again.defaults.isEnabled(), "there is nothing to set"
    again.reject()


def test_the_table_of_keys_begins_with_the_mouse_and_shows_all_of_each_text(
    hand: Hand, qtbot: QtBot
) -> None:
    hand.key(Qt.Key.Key_F1)
    dialog = hand.app.window.findChild(KeysDialog)
    assert dialog is not None
    table = dialog.table
    assert [table.item(row, 0).text() for row in (0, 1)] == [
        "Mouse",
        "A point inside the object; on a proposal: chooses it",
    ]
    assert table.currentRow() == 1
    qtbot.waitUntil(lambda: table.columnWidth(0) > 200)
    for row in range(table.rowCount()):
        for column in range(2):
            item = table.item(row, column)
            if item is None or table.columnSpan(row, column) > 1:
                continue
            room = table.visualItemRect(item)
            flags = int(Qt.TextFlag.TextWordWrap)
            needed = table.fontMetrics().boundingRect(
                QRect(0, 0, room.width() - 16, 1000), flags, item.text()
            )
            assert needed.height() <= room.height(), item.text()
    qtbot.keyClick(table, Qt.Key.Key_End)
    assert dialog.chosen == "about"
    qtbot.keyClick(table, Qt.Key.Key_Home)
    assert table.currentRow() == 1
    dialog.reject()


def test_the_table_of_keys_is_narrowed_by_names_and_keys(hand: Hand, qtbot: QtBot) -> None:
    hand.key(Qt.Key.Key_F1)
    dialog = hand.app.window.findChild(KeysDialog)
    assert dialog is not None
    qtbot.keyClicks(dialog.filter, "crosshair")
    table = dialog.table
    shown_rows = [row for row in range(table.rowCount()) if not table.isRowHidden(row)]
    texts = [table.item(row, 0).text() for row in shown_rows]
    assert texts[0] == "Keyboard"
    assert len(texts) == 3
    assert dialog.chosen is None
    dialog.filter.setText("ctrl+o")
    assert dialog.chosen == "open"
    dialog.filter.setText("no such key")
    assert all(table.isRowHidden(row) for row in range(table.rowCount()))
    dialog.reject()


def test_own_keys_go_only_when_that_is_confirmed(hand: Hand) -> None:
    shortcuts = hand.app.window.shortcuts
    hand.key(Qt.Key.Key_F1)
    dialog = hand.app.window.findChild(KeysDialog)
    assert dialog is not None and not dialog.reset_all.isEnabled()
    shortcuts.give("next", QKeySequence("Ctrl+J"))
    assert dialog.reset_all.isEnabled()
    for text, kept in (("Cancel", {"next": "Ctrl+J"}), ("All defaults", {})):
        dialog.reset_all.click()
        box = dialog.findChild(QMessageBox)
        assert box is not None and box.isVisible()
        button = next(one for one in box.buttons() if one.text().replace("&", "") == text)
        button.click()
        hand.qtbot.waitUntil(lambda: dialog.findChild(QMessageBox) is None)
        assert shortcuts.own == kept
    dialog.reject()
