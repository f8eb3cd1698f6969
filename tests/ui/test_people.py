"""The window for everybody: names, keys, contrast, large type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QGraphicsView,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from samdesk.folders import Folders
from samdesk.settings import Settings, save
from samdesk.ui.dialogs.crash import CrashDialog
from samdesk.ui.dialogs.export import ExportDialog
from samdesk.ui.dialogs.merge import MergeDialog
from samdesk.ui.theme import DARK, LIGHT, Colours
from tests.ui.conftest import Started
from tests.ui.hand import Hand

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QKeySequenceEdit,
    QLineEdit,
    QProgressBar,
)
# Qt knows no role for these; screen readers say their names.
WITHOUT_ROLE = (QGraphicsView, QKeySequenceEdit)
NO_ROLE = {QAccessible.Role.NoRole, QAccessible.Role.Client}


def ask_to_delete(hand: Hand) -> None:
    """Asks what becomes of the annotations of a category."""
    (category,) = hand.app.annotator.accepted.categories
    hand.app.annotator.accepted.category_counts[category.id] = 2
    hand.app.window.categories._delete(category)


DIALOGS: dict[str, Callable[[Hand], object]] = {
    "window": lambda hand: None,
    "crash": lambda hand: CrashDialog("details", hand.app.window).open(),
    "export": lambda hand: hand.app.window.actions_by_id["export"].trigger(),
    "import": lambda hand: hand.app.window.actions_by_id["import"].trigger(),
    "finder": lambda hand: hand.app.window.actions_by_id["find"].trigger(),
    "keys": lambda hand: hand.app.window.actions_by_id["keys"].trigger(),
    "settings": lambda hand: hand.app.window.actions_by_id["settings"].trigger(),
    "overview": lambda hand: hand.app.window.actions_by_id["overview"].trigger(),
    "compare": lambda hand: hand.app.window.engine_menu.compare(),
    "delete": ask_to_delete,
    "merge": lambda hand: MergeDialog(
        "disc has 2 annotations. Which category takes its place?",
        hand.app.annotator.accepted.categories,
        print,
        hand.app.window,
    ).open(),
}


@pytest.fixture
def language() -> str:
    return "en"


@pytest.fixture
def hand(start: Started, photos: Path, qtbot: QtBot, language: str) -> Hand:
    save(Settings(language=language), Folders.find().config / "settings.json")
    hand = Hand(start(photos), qtbot)
    hand.app.window.categorising.add("disc")
    return hand


@pytest.fixture
def large_type(qapp: QApplication) -> Iterator[None]:
    """Type at 150 % of its size."""
    usual = qapp.font()
    large = qapp.font()
    large.setPointSizeF(1.5 * usual.pointSizeF())
    qapp.setFont(large)
    yield
    qapp.setFont(usual)


def opened(hand: Hand, name: str) -> QWidget:
    """The window, or a dialog of it."""
    DIALOGS[name](hand)
    if name == "window":
        return hand.app.window
    dialogs = [one for one in hand.app.window.findChildren(QDialog) if one.isVisible()]
    (dialog,) = dialogs
    hand.qtbot.addWidget(dialog)
    return dialog


def widgets(root: QWidget) -> list[QWidget]:
    """A widget and all within, but what Qt builds for itself and what is a window of its own."""
    found = [root]
    for child in root.children():
        if not isinstance(child, QWidget) or child.isWindow():
            continue
        is_inner = isinstance(child, (QScrollBar, QHeaderView)) or child.objectName().startswith(
            "qt_"
        )
        if not is_inner:
            found += widgets(child)
    return found


def is_own(widget: QWidget) -> bool:
    """Whether a control is the program's, and not a part of a control of Qt's."""
    parent = widget.parentWidget()
    if isinstance(parent, QAbstractScrollArea) and widget is parent.viewport():
        return False
    return not isinstance(parent, (QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView))


@pytest.mark.parametrize("name", DIALOGS)
def test_every_control_has_a_name_and_a_role(hand: Hand, name: str) -> None:
    nameless = []
    for widget in filter(is_own, widgets(opened(hand, name))):
        if isinstance(widget, CONTROLS) or widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            # Some are named after what they will do, when there is something to do.
            if isinstance(widget, QAbstractButton) and not widget.isVisible():
                continue
            interface = QAccessible.queryAccessibleInterface(widget)
            is_named = interface.text(QAccessible.Text.Name).strip()
            has_role = isinstance(widget, WITHOUT_ROLE) or interface.role() not in NO_ROLE
            if not is_named or not has_role:
                nameless.append((type(widget).__name__, widget.parent(), widget.objectName()))
    assert nameless == []


@pytest.mark.parametrize("name", DIALOGS)
def test_tab_reaches_every_control_and_comes_back(hand: Hand, name: str) -> None:
    root = opened(hand, name)
    wanted = {
        widget
        for widget in filter(is_own, widgets(root))
        if isinstance(widget, CONTROLS)
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    }
    seen, at = set(), root.nextInFocusChain()
    while at is not root:
        seen.add(at)
        at = at.nextInFocusChain()
    assert wanted <= seen
    # What can be clicked can be reached, or its action has a key or a menu.
    for widget in widgets(root):
        if isinstance(widget, QAbstractButton) and is_own(widget) and widget.isVisible():
            is_reached = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
            assert is_reached or widget.objectName() == "candidate", widget.accessibleName()


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", DIALOGS)
@pytest.mark.usefixtures("large_type")
def test_large_type_is_not_cut_off(hand: Hand, name: str) -> None:
    root = opened(hand, name)

    def check() -> None:
        assert cut_off(root) == []

    # Texts that change are laid out a moment later.
    hand.qtbot.waitUntil(check)


def cut_off(root: QWidget) -> list[tuple[str, int, int]]:
    """What is smaller than its text, with the size that it needs and the one it has."""
    cut = []
    for widget in widgets(root):
        if not widget.isVisible() or not isinstance(widget, (QLabel, QAbstractButton, QComboBox)):
            continue
        name, hint = widget.accessibleName() or str(widget.property("text")), widget.sizeHint()
        if isinstance(widget, QLabel) and widget.wordWrap():
            needed = widget.heightForWidth(widget.width())
            if needed > widget.height():
                cut.append((name, needed, widget.height()))
        elif is_own(widget):
            if hint.width() > widget.width():
                cut.append((name, hint.width(), widget.width()))
            if hint.height() > widget.height():
                cut.append((name, hint.height(), widget.height()))
    return cut


@pytest.mark.usefixtures("large_type")
def test_rows_grow_with_the_type(hand: Hand) -> None:
    window = hand.app.window
    line = window.fontMetrics().height()
    assert window.images.list.rowHeight(0) >= 2 * line + 8
    index = window.categories.list.model().index(0, 0)
    assert window.categories.list.visualRect(index).height() >= line + 4


def ratio(one: str, other: str) -> float:
    """Contrast of two colours "#rrggbb" (WCAG 2.2, contrast ratio)."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_that_of_the_standard() -> None:
    assert ratio("#ffffff", "#000000") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_have_the_contrast_that_wcag_aa_asks_for(colours: Colours) -> None:
    text = product(
        (colours.text, colours.quiet),
        (colours.window, colours.panel, colours.raised, colours.hover),
    )
    on_accent = (colours.on_accent, colours.accent)
    for front, back in (*text, on_accent, (colours.text, colours.canvas)):
        assert ratio(front, back) >= 4.5, (front, back)
    # Edges of controls, marks and the ring around what has the focus.
    grounds = (colours.window, colours.panel, colours.raised)
    for front, back in product((colours.accent, colours.edge, colours.warning), grounds):
        assert ratio(front, back) >= 3.0, (front, back)
    assert ratio(colours.accent, colours.canvas) >= 3.0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_can_be_seen(hand: Hand, scheme: str) -> None:
    window = hand.app.window
    window.actions_by_id[scheme].trigger()
    for widget in widgets(window):
        if not widget.isVisible() or not isinstance(widget, CONTROLS) or not is_own(widget):
            continue
        if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus or not widget.isEnabled():
            continue
        window.canvas.setFocus()
        without = widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        assert widget.hasFocus()
        assert widget.grab().toImage() != without, widget.accessibleName()


def test_the_whole_job_by_keys_alone(hand: Hand) -> None:
    annotator, window, workspace = hand.app.annotator, hand.app.window, hand.app.workspace
    window.canvas.setFocus()
    hand.key(Qt.Key.Key_C)
    hand.qtbot.keyClicks(QApplication.focusWidget(), "ring")
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_1)
    assert annotator.accepted.category is not None and annotator.accepted.category.name == "disc"
    point_at(hand, 50, 60)
    hand.key(Qt.Key.Key_J)
    hand.wait_for_mask()
    point_at(hand, 5, 5)
    hand.key(Qt.Key.Key_J, Qt.KeyboardModifier.ShiftModifier)
    hand.wait_for_mask()
    assert annotator.draft is not None
    assert [one.positive for one in annotator.draft.prompt.points] == [True, False]
    hand.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    hand.wait_for_image(1)
    assert workspace.records[0].status == "done"
    hand.key(Qt.Key.Key_A)
    hand.wait_for_image(0)
    (accepted,) = annotator.accepted.annotations
    assert accepted.mask.contains(50, 60)
    assert not accepted.mask.contains(5, 5)
    window.annotations.list.setFocus(Qt.FocusReason.TabFocusReason)
    hand.key(Qt.Key.Key_Down)
    assert annotator.selection.last == accepted
    hand.key(Qt.Key.Key_2)
    assert annotator.accepted.annotations[0].category_id == annotator.accepted.categories[1].id
    hand.key(Qt.Key.Key_Delete)
    assert annotator.accepted.annotations == []
    hand.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(annotator.accepted.annotations) == 1
    hand.key(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    dialog.reject()


def point_at(hand: Hand, x: int, y: int) -> None:
    """Moves the crosshair to a pixel with the arrow keys, coarsely and then finely."""
    window = hand.app.window
    for _ in range(200):
        crosshair = window.crosshair
        at = crosshair.pixel
        if at is None:
            hand.key(Qt.Key.Key_Right)
            continue
        if at == (x, y):
            return
        across, down = x - at[0], y - at[1]
        far = max(abs(across), abs(down))
        if abs(across) == far:
            key = Qt.Key.Key_Right if across > 0 else Qt.Key.Key_Left
        else:
            key = Qt.Key.Key_Down if down > 0 else Qt.Key.Key_Up
        is_coarse = far >= crosshair.step
        fine = Qt.KeyboardModifier.ShiftModifier
        hand.key(key, Qt.KeyboardModifier.NoModifier if is_coarse else fine)
    raise AssertionError(f"the crosshair is at {hand.app.window.crosshair.pixel}")
