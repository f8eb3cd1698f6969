"""Light and dark: palettes, the style sheet, and icons in the colour of the text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget

from samdesk.resources import resource

GRID = 8  # pixels; every margin and gap is a multiple of half of it
_STROKE_OF_ICON_FILES = b"#808080"


@dataclass(frozen=True)
class Colours:
    """The roles that the program paints with. Greys are untinted: colour beside an image would
    falsify how the image is judged. `line` parts what needs no telling apart; `edge` is the border
    of what can be used."""

    window: str
    panel: str
    canvas: str
    raised: str
    hover: str
    line: str
    edge: str
    text: str
    quiet: str
    disabled: str
    accent: str
    on_accent: str
    warning: str


LIGHT = Colours(
    window="#ececec",
    panel="#f7f7f7",
    canvas="#c9c9c9",
    raised="#ffffff",
    hover="#e2e2e2",
    line="#d0d0d0",
    edge="#848484",
    text="#1c1c1c",
    quiet="#5c5c5c",
    disabled="#a0a0a0",
    accent="#0b62c4",
    on_accent="#ffffff",
    warning="#8a4b00",
)
DARK = Colours(
    window="#262626",
    panel="#2d2d2d",
    canvas="#1b1b1b",
    raised="#383838",
    hover="#434343",
    line="#454545",
    edge="#8a8a8a",
    text="#ededed",
    quiet="#b6b6b6",
    disabled="#727272",
    accent="#5aa9ff",
    on_accent="#10202f",
    warning="#ffb454",
)


def is_dark() -> bool:
    """Whether the program is shown dark now."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def colours() -> Colours:
    """The colours shown now."""
    return DARK if is_dark() else LIGHT


def apply(application: QApplication, theme: str) -> None:
    """Shows the program in a theme: "system", "light" or "dark"."""
    scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(theme)
    if scheme is None:
        scheme = application.styleHints().colorScheme()
    chosen = DARK if scheme == Qt.ColorScheme.Dark else LIGHT
    application.setStyle("Fusion")
    application.setPalette(_palette(chosen))
    application.setStyleSheet(_style_sheet(chosen))


def room(window: QWidget) -> QSize:
    """How large a window may be, with what the window manager adds around it on its screen."""
    return window.screen().availableSize() - QSize(2 * GRID, 6 * GRID)


@cache
def icon(name: str, on: str = "accent") -> QIcon:
    """A line icon of `resources/icons`, always in the colour of the text around it.

    Args:
        on: the role of `Colours` that it has while it is on.
    """
    return QIcon(_LineIcon(resource(f"icons/{name}.svg").read_bytes(), on))


def in_colour_of_text(icon: QIcon) -> QIcon:
    """An icon of the style with its shape kept and its colours replaced by those of text."""
    tinted = QIcon()
    shown = colours()
    for mode, colour in ((QIcon.Mode.Normal, shown.text), (QIcon.Mode.Disabled, shown.quiet)):
        pixmap = icon.pixmap(2 * GRID, 2 * GRID)
        painter = QPainter(pixmap)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(pixmap.rect(), QColor(colour))
        painter.end()
        tinted.addPixmap(pixmap, mode)
    return tinted


class _LineIcon(QIconEngine):
    def __init__(self, svg: bytes, on: str) -> None:
        super().__init__()
        self._svg = svg
        self._on = on

    def clone(self) -> QIconEngine:
        return _LineIcon(self._svg, self._on)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        shown = colours()
        colour = shown.text
        if mode == QIcon.Mode.Disabled:
            colour = shown.line if not is_dark() else "#6a6a6a"
        elif mode == QIcon.Mode.Selected:
            colour = shown.on_accent
        elif state == QIcon.State.On:
            colour = getattr(shown, self._on)
        svg = self._svg.replace(_STROKE_OF_ICON_FILES, colour.encode())
        QSvgRenderer(QByteArray(svg)).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap


def _palette(c: Colours) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for target, value in {
        role.Window: c.window,
        role.WindowText: c.text,
        role.Base: c.panel,
        role.AlternateBase: c.hover,
        role.Text: c.text,
        role.Button: c.raised,
        role.ButtonText: c.text,
        role.ToolTipBase: c.raised,
        role.ToolTipText: c.text,
        role.Highlight: c.accent,
        role.HighlightedText: c.on_accent,
        role.PlaceholderText: c.quiet,
        role.Link: c.accent,
        role.Mid: c.line,
        role.Accent: c.accent,
    }.items():
        palette.setColor(target, QColor(value))
    for target in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(c.quiet))
    return palette


def _file(name: str) -> str:
    """An icon as style sheets take it; its grey can be seen on both themes' controls."""
    return resource(f"icons/{name}.svg").as_posix()


def _style_sheet(c: Colours) -> str:
    # On the accent, its grey could not be seen.
    tick = "tick-dark" if c is DARK else "tick-light"
    return f"""
    QMenuBar {{ background: {c.window}; padding: 2px 4px; border: none; }}
    QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {c.hover}; }}
    QMenu {{ background: {c.raised}; border: 1px solid {c.line}; padding: 4px; }}
    QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {c.hover}; }}
    QMenu::item:disabled {{ color: {c.quiet}; }}
    QMenu::separator {{ height: 1px; background: {c.line}; margin: 4px 8px; }}
    QMenu::icon {{ padding-left: 8px; }}
    QSplitter::handle {{ background: {c.line}; }}
    QToolTip {{ border: 1px solid {c.line}; padding: 4px; background: {c.raised};
                color: {c.text}; }}
    QToolButton {{ border: none; border-radius: 4px; padding: 4px; }}
    QToolButton:hover {{ background: {c.hover}; }}
    QToolButton:checked {{ background: {c.hover}; }}
    QToolButton#framed {{ border: 1px solid {c.edge}; padding: 3px 2px 3px 8px;
                          background: {c.raised}; }}
    QToolButton#framed:hover {{ background: {c.hover}; }}
    QToolButton#framed:disabled {{ background: transparent; border-color: {c.line}; }}
    QToolButton#framed:checked {{ background: {c.accent}; color: {c.on_accent};
                                  border-color: {c.accent}; }}
    QToolButton#framed:focus {{ border-color: {c.accent}; }}
    QToolButton#framed:checked:focus {{ border-color: {c.text}; }}
    QToolButton:focus, QPushButton:focus {{ outline: none; border: 1px solid {c.accent}; }}
    QPushButton {{ border: 1px solid {c.edge}; border-radius: 4px; padding: 5px 12px;
                   background: {c.raised}; }}
    QPushButton:hover {{ background: {c.hover}; }}
    QPushButton:default, QPushButton#primary {{ background: {c.accent}; color: {c.on_accent};
                           border-color: {c.accent}; }}
    QPushButton#primary:focus {{ border-color: {c.text}; }}
    QPushButton:disabled {{ background: {c.window}; color: {c.disabled}; border-color: {c.line}; }}
    QLineEdit {{ border: 1px solid {c.edge}; border-radius: 4px; padding: 4px 6px;
                 background: {c.raised}; selection-background-color: {c.accent}; }}
    QLineEdit:focus {{ border-color: {c.accent}; }}
    QComboBox, QAbstractSpinBox {{ border: 1px solid {c.edge}; border-radius: 4px; padding: 4px 8px;
                           background: {c.raised}; selection-background-color: {c.accent};
                           selection-color: {c.on_accent}; }}
    QAbstractSpinBox {{ padding: 3px 8px 2px 8px; }}
    QComboBox {{ padding: 4px 0 4px 8px; }}
    QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {{
        background: {c.window}; color: {c.disabled}; border-color: {c.line}; }}
    QComboBox:hover {{ background: {c.hover}; }}
    QComboBox:focus, QAbstractSpinBox:focus {{ border-color: {c.accent}; }}
    QComboBox::drop-down {{ border: none; width: 20px; }}
    QAbstractSpinBox QLineEdit {{ border: none; padding: 0; background: transparent; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; width: 20px; }}
    QComboBox::down-arrow, QAbstractSpinBox::down-arrow {{ image: url("{_file("chevron")}");
                                                   width: 12px; height: 12px; }}
    QAbstractSpinBox::up-arrow {{ image: url("{_file("chevron-up")}"); width: 12px; height: 12px; }}
    QHeaderView {{ background: {c.panel}; }}
    QHeaderView::section {{ background: {c.panel}; color: {c.quiet}; border: none;
                            border-bottom: 1px solid {c.line}; padding: 4px 8px 4px 11px;
                            font-weight: normal; }}
    QTableWidget::item {{ padding: 4px 8px; }}
    QComboBox QAbstractItemView {{ border: 1px solid {c.line}; background: {c.raised};
                                   selection-background-color: {c.hover};
                                   selection-color: {c.text}; }}
    QCheckBox {{ spacing: 8px; border: 1px solid transparent; border-radius: 4px; padding: 2px; }}
    QCheckBox:focus, QRadioButton:focus {{ border: 1px solid {c.accent}; border-radius: 4px; }}
    QListView, QTableView, QTreeView {{ border: 1px solid transparent; border-radius: 4px;
                            background: {c.panel}; outline: none; }}
    QListView:focus, QTableView:focus, QTreeView:focus {{ border-color: {c.accent}; }}
    QTableView#images {{ selection-background-color: transparent; }}
    QPlainTextEdit {{ border: 1px solid {c.line}; border-radius: 4px; background: {c.panel};
                      padding: 4px; }}
    QPlainTextEdit:focus {{ border-color: {c.accent}; }}
    QWidget#panel {{ background: {c.panel}; }}
    QRadioButton {{ spacing: 8px; }}
    QRadioButton::indicator {{ width: 12px; height: 12px; border-radius: 7px;
                               border: 1px solid {c.quiet}; background: {c.raised}; }}
    QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 4px solid {c.accent};
                                       background: {c.on_accent}; }}
    QCheckBox::indicator {{ width: 12px; height: 12px; border-radius: 3px;
                            border: 1px solid {c.quiet}; background: {c.raised}; }}
    QCheckBox::indicator:checked {{ border-color: {c.accent}; background: {c.accent};
                                    image: url("{_file(tick)}"); }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QLabel#heading {{ font-weight: 600; }}
    QLabel#quiet {{ color: {c.quiet}; }}
    QWidget#strip {{ background: {c.window}; border-right: 1px solid {c.line}; }}
    QWidget#header {{ background: {c.window}; border-bottom: 1px solid {c.line}; }}
    QWidget#notice {{ background: {c.raised}; border-bottom: 1px solid {c.line}; }}
    QWidget#draftbar {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 8px; }}
    QToolButton#candidate {{ padding: 3px 10px; border: 1px solid {c.line}; }}
    QToolButton#candidate:checked {{ background: {c.accent}; color: {c.on_accent};
                                     border-color: {c.accent}; }}
    QStatusBar {{ background: {c.window}; border-top: 1px solid {c.line}; }}
    QStatusBar::item {{ border: none; }}
    QStatusBar QLabel, QStatusBar QToolButton {{ padding: 2px 8px; }}
    QStatusBar QToolButton {{ padding-right: 12px; }}
    QStatusBar QToolButton::menu-indicator {{ image: url("{_file("chevron")}"); width: 12px;
        height: 12px; subcontrol-origin: padding; subcontrol-position: right center; right: 8px; }}
    QProgressBar {{ border: none; border-radius: 2px; background: {c.line}; }}
    QProgressBar::chunk {{ border-radius: 2px; background: {c.accent}; }}
    QFrame#card {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 8px; }}
    QScrollBar:vertical {{ width: 12px; background: transparent; }}
    QScrollBar:horizontal {{ height: 12px; background: transparent; }}
    QScrollBar::handle {{ background: {c.line}; border-radius: 4px; margin: 2px; min-height: 24px;
                          min-width: 24px; }}
    QScrollBar::handle:hover {{ background: {c.quiet}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    """
