"""What an annotator with many categories does all day, with real events."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QMessageBox, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from samdesk.folders import Folders
from samdesk.settings import Settings, save
from samdesk.ui.dialogs.compare import CompareDialog
from samdesk.ui.dialogs.export import ExportDialog
from samdesk.ui.dialogs.finder import FinderDialog
from samdesk.ui.dialogs.keys import KeysDialog
from samdesk.ui.dialogs.merge import MergeDialog
from samdesk.ui.dialogs.settings import SettingsDialog
from samdesk.ui.panels.notices import Notice
from tests.ui.conftest import Started
from tests.ui.hand import Hand

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def language() -> str:
    return "en"


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot, language: str) -> Hand:
    save(Settings(language=language), Folders.find().config / "settings.json")
    return Hand(start(photos), qtbot)


def give(hand: Hand, *names: str) -> None:
    """Adds categories."""
    for name in names:
        hand.app.window.categorising.add(name)


def in_use(hand: Hand) -> str:
    category = hand.app.annotator.accepted.category
    return category.name if category is not None else ""


def roll(widget: QWidget) -> None:
    """One notch of the wheel towards the user, over the middle of a widget."""
    at = widget.mapTo(widget.window(), widget.rect().center())
    QTest.wheelEvent(widget.window().windowHandle(), QPointF(at), QPoint(0, -120))


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_theme_leaves_the_columns_as_they_are(hand: Hand) -> None:
    window = hand.app.window
    give(hand, *(f"a category with quite a long name of its own, number {n}" for n in range(40)))
    before = window.columns.sizes()
    fields = [window.images.choice.state.width(), window.images.choice.order.width()]
    for name in ("dark", "light", "dark"):
        window.actions_by_id[name].trigger()
        hand.qtbot.wait(50)
        assert window.columns.sizes() == before
        assert [
            window.images.choice.state.width(),
            window.images.choice.order.width(),
        ] == fields


def test_what_was_given_up_is_not_there_for_the_next_name(hand: Hand) -> None:
    window, accepted = hand.app.window, hand.app.annotator.accepted
    give(hand, "tv")
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(window.categories.entry, "zzzd")
    hand.key(Qt.Key.Key_Escape)
    assert window.categories.entry.text() == ""
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_C)
    hand.key(Qt.Key.Key_Return)
    assert [one.name for one in accepted.categories] == ["tv"]
    # Nor what was left with the mouse.
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(window.categories.entry, "zzze")
    window.canvas.setFocus()
    hand.key(Qt.Key.Key_C)
    assert window.categories.entry.text() == ""


def test_the_best_match_is_in_view(hand: Hand) -> None:
    panel = hand.app.window.categories
    give(hand, *(f"cat{n}" for n in range(60)))
    assert in_use(hand) == "cat59" and panel.list.verticalScrollBar().value() > 0
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(panel.entry, "cat")
    first = panel.list.model().index(0, 0)
    assert panel.list.viewport().rect().contains(panel.list.visualRect(first))
    hand.key(Qt.Key.Key_Escape)
    hand.qtbot.waitUntil(
        lambda: (
            panel.list.viewport()
            .rect()
            .contains(panel.list.visualRect(panel.list.currentIndex()).center())
        )
    )


def test_down_stays_at_the_last_match(hand: Hand) -> None:
    window = hand.app.window
    give(hand, "table", "tv")
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(window.categories.entry, "tab")
    hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Down)
    assert window.categories.list.currentIndex().data() == "table"
    hand.key(Qt.Key.Key_Return)
    assert in_use(hand) == "table"
    assert len(hand.app.annotator.accepted.categories) == 2


@pytest.mark.parametrize(
    ("language", "new", "listed", "empty"),
    [
        (
            "en",
            "<b>Enter</b> makes the new category <b>cat3</b> · <b>Down</b> takes <b>cat32</b>",
            "<b>Enter</b> chooses the category <b>cat32</b>",
            "<b>Type</b> the name of a category",
        ),
        (
            "de",
            "legt die neue Kategorie <b>cat3</b> an · <b>Herunter</b> nimmt <b>cat32</b>",
            "wählt die Kategorie <b>cat32</b>",
            "<b>Tippen</b> Sie den Namen einer Kategorie",
        ),
    ],
)
def test_the_hint_says_what_enter_and_down_do(
    hand: Hand, new: str, listed: str, empty: str
) -> None:
    window, label = hand.app.window, hand.app.window.draft_bar.label
    give(hand, "cat32", "tv")
    hand.key(Qt.Key.Key_C)
    assert empty in label.text()
    hand.qtbot.keyClicks(window.categories.entry, "cat3")
    assert new in label.text()
    hand.qtbot.keyClicks(window.categories.entry, "2")
    assert listed in label.text()
    hand.key(Qt.Key.Key_Return)
    assert in_use(hand) == "cat32"


def test_undo_gives_the_category_back_that_was_in_use(hand: Hand) -> None:
    window = hand.app.window
    give(hand, "chair", "tv", "table")
    hand.key(Qt.Key.Key_2)
    hand.click(50, 60)
    hand.wait_for_mask()
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_3)
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert hand.app.annotator.draft is not None and in_use(hand) == "tv"
    assert "<b>tv</b>" in window.draft_bar.label.text()
    hand.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert in_use(hand) == "table"
    # A name that is new takes the place of the one before, until it is undone.
    hand.key(Qt.Key.Key_1)
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(window.categories.entry, "lamp")
    hand.key(Qt.Key.Key_Return)
    assert in_use(hand) == "lamp"
    hand.key(Qt.Key.Key_Z, CONTROL)
    assert in_use(hand) == "chair"
    hand.key(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert in_use(hand) == "lamp"


def test_the_wheel_scrolls_the_settings_and_changes_none(hand: Hand) -> None:
    window = hand.app.window
    window.actions_by_id["settings"].trigger()
    dialog = window.findChild(SettingsDialog)
    assert dialog is not None
    hand.qtbot.waitExposed(dialog)
    dialog.resize(720, 400)
    before = hand.app.window._settings.now
    area = dialog.area.verticalScrollBar()
    fields = [one for one in dialog.controls.values() if isinstance(one, QComboBox | QSpinBox)]
    assert len(fields) > 2
    for field in fields:
        dialog.defaults.setFocus()
        dialog.area.ensureWidgetVisible(field)
        at = area.value()
        roll(field)
        assert hand.app.window._settings.now == before
        assert area.value() > at or at == area.maximum()
    number = next(one for one in fields if isinstance(one, QSpinBox) and one.value() > 1)
    number.setFocus()
    dialog.area.ensureWidgetVisible(number)
    value = number.value()
    roll(number)
    assert number.value() < value


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ("Delete with its 2 annotations", "Give its annotations to…")),
        ("de", ("Mit 2 Annotationen löschen", "Annotationen abgeben an …")),
    ],
)
def test_a_category_in_use_is_deleted_with_what_it_has_if_that_is_said(
    hand: Hand, texts: tuple[str, str]
) -> None:
    accepted, panel = hand.app.annotator.accepted, hand.app.window.categories
    project = hand.app.workspace.project
    assert project is not None
    give(hand, "disc", "ring")
    hand.key(Qt.Key.Key_1)
    for x, y in ((50, 60), (100, 20)):
        hand.click(x, y)
        hand.wait_for_mask()
        hand.key(Qt.Key.Key_Return)
    before, categories = list(project.annotations()), accepted.categories

    def asked() -> QMessageBox:
        panel._delete(categories[0])
        (box,) = (one for one in panel.findChildren(QMessageBox) if one.isVisible())
        return box

    # Enter does nothing dangerous.
    hand.qtbot.keyClick(asked(), Qt.Key.Key_Return)
    assert list(project.annotations()) == before and accepted.categories == categories

    def press(text: str) -> None:
        (button,) = (one for one in asked().buttons() if one.text() == text)
        hand.qtbot.mouseClick(button, LEFT)

    press(texts[1])
    dialog = panel.findChild(MergeDialog)
    assert dialog is not None and dialog.into.currentIndex() == -1
    hand.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert list(project.annotations()) == before and accepted.categories == categories
    press(texts[0])
    assert list(project.annotations()) == [] and accepted.categories == categories[1:]
    assert accepted.annotations == []
    hand.app.window.actions_by_id["undo"].trigger()
    assert list(project.annotations()) == before and accepted.categories == categories
    assert accepted.category_counts[categories[0].id] == 2 and in_use(hand) == "disc"


def test_a_long_name_is_cut_in_its_middle_and_whole_in_the_tip(hand: Hand) -> None:
    panel = hand.app.window.categories
    name = "a name so long that no list of the window has room for the whole of it, left"
    give(hand, name, name.replace("left", "right"))

    def drawn(row: int) -> QImage:
        view = panel.list
        index = view.model().index(row, 0)
        assert index.data(Qt.ItemDataRole.ToolTipRole) == index.data()
        # Their chips differ, and so do bold and regular.
        at = view.visualRect(index).adjusted(34, 0, 0, 0)
        return view.viewport().grab(at).toImage()

    accepted = hand.app.annotator.accepted
    accepted.use_category(accepted.categories[0].id)
    panel.list.clearSelection()
    left = drawn(0)
    accepted.use_category(accepted.categories[1].id)
    panel.list.clearSelection()
    assert left != drawn(1)


def test_the_offer_of_a_checkpoint_comes_after_what_is_told(hand: Hand) -> None:
    bar = hand.app.window.notices
    bar.clear()
    drafts = Notice("Drafts are there again.", is_warning=False, seconds=60.0)
    offer = Notice("There is a better one.", "Download", print, is_warning=False, gives_way=True)
    bar.tell(drafts)
    bar.tell(offer)
    assert bar.notice == drafts
    bar.close_notice()
    assert bar.notice == offer


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_texts_of_an_export_stay_whole(hand: Hand, theme: str, language: str) -> None:
    window = hand.app.window
    window.actions_by_id[theme].trigger()
    window.actions_by_id["export"].trigger()
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    hand.qtbot.waitExposed(dialog)

    def cut() -> list[str]:
        labels = (one for one in dialog.findChildren(QLabel) if one.isVisible())
        return [one.text() for one in labels if one.height() < one.heightForWidth(one.width())]

    assert cut() == []
    dialog.images.setCurrentIndex(2)
    dialog.split.setText("train=0.8,val=0.8")
    hand.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    hand.qtbot.waitUntil(lambda: dialog.message.isVisible())
    hand.qtbot.waitUntil(lambda: cut() == [])
    assert dialog.height() <= 720 - 6 * 8
    with hand.qtbot.waitSignal(dialog.destroyed):
        dialog.reject()


def test_the_keys_of_a_filter_reach_its_rows(hand: Hand) -> None:
    dialog = KeysDialog(hand.app.window.shortcuts, hand.app.window)
    dialog.open()
    hand.qtbot.waitExposed(dialog)
    hand.qtbot.keyClicks(dialog.filter, "undo")
    hand.qtbot.keyClick(dialog.filter, Qt.Key.Key_Down)
    assert dialog.focusWidget() is dialog.table and dialog.chosen == "undo"
    dialog.filter.setFocus()
    hand.qtbot.keyClicks(dialog.filter, "zzz")
    assert dialog._nothing.isVisible() and not dialog.table.isVisible()
    assert dialog.chosen is None and not dialog.edit.isEnabled()
    hand.qtbot.keyClick(dialog.filter, Qt.Key.Key_Down)
    assert dialog.focusWidget() is dialog.filter
    dialog.filter.clear()
    assert dialog.table.isVisible() and not dialog._nothing.isVisible()


@pytest.mark.parametrize(
    ("language", "typed", "button"),
    [("en", "Read folder again", "Read again (F5)"), ("de", "Ordner neu", "Neu lesen (F5)")],
)
def test_a_folder_and_an_image_are_read_again(
    hand: Hand, typed: str, button: str, photos: Path
) -> None:
    window, workspace = hand.app.window, hand.app.workspace
    count = len(workspace.records)
    shown = workspace.records[1]
    good = (photos / shown.path).read_bytes()
    hand.key(Qt.Key.Key_D)
    hand.wait_for_image(1)
    (photos / "zz_new.png").write_bytes(good)

    def find(text: str) -> None:
        window.actions_by_id["find"].trigger()
        (dialog,) = (one for one in window.findChildren(FinderDialog) if one.isVisible())
        hand.qtbot.keyClicks(dialog.entry, text)
        hand.qtbot.keyClick(dialog.entry, Qt.Key.Key_Return)

    hand.click(80, 50)
    hand.wait_for_mask()
    find(typed)
    hand.qtbot.waitUntil(lambda: len(workspace.records) == count + 1, timeout=20000)
    hand.wait_for_mask()
    hand.wait_for_image(1)
    assert workspace.record is not None and workspace.record.path == shown.path
    (photos / shown.path).write_bytes(b"broken")
    window.actions_by_id["reload"].trigger()
    again = window.welcome.read_again
    hand.qtbot.waitUntil(lambda: again.isVisible(), timeout=20000)
    assert again.text() == button
    (photos / shown.path).write_bytes(good)
    hand.qtbot.mouseClick(again, LEFT)
    hand.qtbot.waitUntil(lambda: workspace.picture is not None, timeout=20000)
    assert not again.isVisible()
    assert window.focusWidget() is window.canvas, "keys go on to the image, not into a field"


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_text_of_the_comparison_can_be_read(hand: Hand) -> None:
    hand.app.window.engine_menu.compare()
    (dialog,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, CompareDialog))
    hand.qtbot.waitExposed(dialog)
    dialog.resize(1240, dialog.height())
    table = dialog.table
    last = table.model().index(table.rowCount() - 1, table.columnCount() - 1)

    def is_whole() -> bool:
        cell = table.visualRect(last)
        text = table.fontMetrics().boundingRect(
            QRect(0, 0, cell.width() - 24, 1000), Qt.TextFlag.TextWordWrap, last.data()
        )
        return table.viewport().rect().contains(cell) and text.height() <= cell.height()

    hand.qtbot.waitUntil(is_whole)
