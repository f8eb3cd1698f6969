"""Which keys belong to which action: the table's defaults, and what the user made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from string import Formatter

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

from samdesk.ui.actions import ACTIONS, FIXED_KEYS, plain, translated

_PORTABLE = QKeySequence.SequenceFormat.PortableText
_NATIVE = QKeySequence.SequenceFormat.NativeText
_BY_ID = {spec.id: spec for spec in ACTIONS}


class Shortcuts(QObject):
    """The keys of every action.

    Attributes:
        own: the user's keys by action, as the settings keep them: as QKeySequence writes a list in
            portable text, "" for none. A key that is given to an action is no other's default.
    """

    changed = Signal()

    def __init__(self, own: Mapping[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        # What another version called an action, or what cannot be a key, is left out.
        self.own = {
            name: keys
            for name, keys in own.items()
            if name in _BY_ID and all(_is_free(key) for key in _listed(keys))
        }

    def keys(self, name: str) -> list[QKeySequence]:
        """The keys of an action; the first one is shown."""
        if name in self.own:
            return _listed(self.own[name])
        given = {key.toString(_PORTABLE) for keys in self.own.values() for key in _listed(keys)}
        defaults = [QKeySequence(key) for key in _BY_ID[name].keys]
        return [key for key in defaults if key.toString(_PORTABLE) not in given]

    def text(self, name: str) -> str:
        """The keys of an action as this platform writes them; empty for none."""
        return ", ".join(key.toString(_NATIVE) for key in self.keys(name))

    def fill(self, text: str, *arguments: str, rich: bool = False) -> str:
        """A text with the present keys in it.

        Args:
            text: has ids of actions in braces where their keys shall stand, as in "{accept}
                accepts", and {0}, {1} for the arguments. An action without a key is named instead.
            rich: the text is HTML, as the arguments have to be.
        """
        return Formatter().vformat(text, arguments, _Named(self, rich))

    def named(self, name: str) -> str:
        """The first key of an action as this platform writes it, else what the action is called."""
        keys = self.keys(name)
        return keys[0].toString(_NATIVE) if keys else f"“{plain(translated(_BY_ID[name].text))}”"

    def owner(self, key: QKeySequence) -> str | None:
        """The action that has a key."""
        return next((name for name in _BY_ID if key in self.keys(name)), None)

    def is_free(self, key: QKeySequence) -> bool:
        """Whether a key may be given to an action: some belong to the canvas for good."""
        return _is_free(key)

    def give(self, name: str, key: QKeySequence) -> None:
        """Makes this the only key of an action, taking it from whichever has it; empty: none."""
        holder = None if key.isEmpty() else self.owner(key)
        if holder is not None and holder in self.own and holder != name:
            left = [one for one in self.keys(holder) if one != key]
            self.own[holder] = QKeySequence.listToString(left, _PORTABLE)
        self.own[name] = key.toString(_PORTABLE)
        self.changed.emit()

    def reset(self, name: str | None = None) -> None:
        """Gives an action, or all, the default keys again, taking them from whichever has them."""
        if name is None:
            self.own.clear()
        else:
            self.own.pop(name, None)
            wanted = [QKeySequence(key) for key in _BY_ID[name].keys]
            for other, keys in list(self.own.items()):
                left = [key for key in _listed(keys) if key not in wanted]
                self.own[other] = QKeySequence.listToString(left, _PORTABLE)
        self.changed.emit()

    def apply(self, actions: Mapping[str, QAction], *, is_typing: bool) -> None:
        """Puts the keys on actions; while text is typed, keys are text."""
        for name, spec in _BY_ID.items():
            action = actions[name]
            action.setShortcuts([] if is_typing and not spec.typing else self.keys(name))
            text = plain(action.text())
            keys = self.keys(name)
            tip = f"{text}  ({keys[0].toString(_NATIVE)})" if keys else text
            action.setToolTip(f"{tip}\n{translated(spec.purpose)}" if spec.purpose else tip)


class _Named(Mapping[str, str]):
    """Keys by the ids of actions."""

    def __init__(self, shortcuts: Shortcuts, rich: bool) -> None:
        self._shortcuts = shortcuts
        self._rich = rich

    def __getitem__(self, name: str) -> str:
        named = self._shortcuts.named(name)
        return escape(named) if self._rich else named

    def __iter__(self) -> Iterator[str]:
        return iter(_BY_ID)

    def __len__(self) -> int:
        return len(_BY_ID)


def _listed(keys: str) -> list[QKeySequence]:
    return [key for key in QKeySequence.listFromString(keys, _PORTABLE) if not key.isEmpty()]


def _is_free(key: QKeySequence) -> bool:
    return key.toString(_PORTABLE) not in FIXED_KEYS
