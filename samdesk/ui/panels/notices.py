"""One thin bar for what the user should know; never a dialog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from samdesk.ui import theme


@dataclass(frozen=True)
class Notice:
    """What happened and what to do.

    Attributes:
        text: both, in a sentence or two.
        button: a verb that does it; empty when there is nothing to press.
        action: what the button does.
        is_warning: whether something went wrong.
        seconds: how long it is shown; None until it is closed or no longer true.
        comes_second: whether another warning that is shown stays above it.
        gives_way: whether it does not come back once another notice was shown.
        declined: called when the user closes it instead of pressing the button.
    """

    text: str
    button: str = ""
    action: Callable[[], object] | None = None
    is_warning: bool = True
    seconds: float | None = None
    comes_second: bool = False
    gives_way: bool = False
    declined: Callable[[], object] | None = None


class NoticeBar(QWidget):
    """Shows the newest notice, as a rule; those before it come back when it is closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Notices"))
        self._notices: list[Notice] = []
        self._icon = QLabel()
        self._icon.setFixedSize(18, 18)
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._button = QPushButton()
        self._button.clicked.connect(self._act)
        close = QToolButton()
        close.setIcon(theme.icon("close"))
        close.setToolTip(self.tr("Close"))
        close.setAccessibleName(self.tr("Close this notice"))
        close.clicked.connect(self.close_notice)
        for button in (self._button, close):
            # A click must not take the keyboard from the canvas.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.GRID + 4, 4, theme.GRID, 4)
        layout.setSpacing(theme.GRID)
        layout.addWidget(self._icon)
        layout.addWidget(self.label, 1)
        layout.addWidget(self._button)
        layout.addWidget(close)
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """The notice shown."""
        return self._notices[-1] if self._notices else None

    def tell(self, notice: Notice) -> None:
        """Shows a notice; one that says the same is not shown twice."""
        self._notices = [
            one for one in self._notices if one.text != notice.text and not one.gives_way
        ]
        above, place = self.notice, len(self._notices)
        if notice.gives_way:
            # What is shown is read first; this is still there after it.
            place -= above is not None
        elif notice.comes_second and above is not None:
            place -= above.is_warning and not above.comes_second
        self._notices.insert(place, notice)
        if notice.seconds is not None:
            QTimer.singleShot(round(notice.seconds * 1000), self, lambda: self._expire(notice))
        self._show()

    def withdraw(self, text: str) -> None:
        """Takes a notice back that is no longer true."""
        self._notices = [one for one in self._notices if one.text != text]
        self._show()

    def clear(self) -> None:
        """Takes back everything that went wrong or was done; offers stay."""
        self._notices = [one for one in self._notices if one.button and one.seconds is None]
        self._show()

    def close_notice(self) -> None:
        """Closes the notice shown."""
        notice = self._pop()
        if notice is not None and notice.declined is not None:
            notice.declined()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._show()

    def _expire(self, notice: Notice) -> None:
        if notice in self._notices:
            self._notices.remove(notice)
            self._show()

    def _act(self) -> None:
        notice = self._pop()
        if notice is not None and notice.action is not None:
            notice.action()

    def _pop(self) -> Notice | None:
        notice = self._notices.pop() if self._notices else None
        self._show()
        return notice

    def _show(self) -> None:
        notice = self.notice
        if notice is None:
            self.hide()
            return
        name = "warning" if notice.is_warning else "info"
        self._icon.setPixmap(theme.icon(name).pixmap(18, 18))
        self.label.setText(notice.text)
        self.label.setAccessibleName(notice.text)
        self._button.setText(notice.button)
        self._button.setVisible(bool(notice.button))
        self.show()
