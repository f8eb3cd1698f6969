"""Numbers of things in words, as the user's language writes them."""

from __future__ import annotations

import string
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale, QObject

from samdesk.errors import SamdeskError
from samdesk.text import Text

_tr = QCoreApplication.translate


def number(value: int) -> str:
    """A whole number as the user's language groups its digits: "12,000"."""
    return QLocale().toString(value)


def decimal(value: float, digits: int) -> str:
    """A number with so many digits after the user's decimal sign."""
    return QLocale().toString(value, "f", digits)


class _Count(QObject):
    """Things with their number: Qt finds the plurals of a text only in methods called `tr`."""

    def masks(self, count: int) -> str:
        return self.tr("%Ln mask(s)", "", count)

    def annotations(self, count: int) -> str:
        return self.tr("%Ln annotation(s)", "", count)

    def images(self, count: int) -> str:
        return self.tr("%Ln image(s)", "", count)

    def boxes(self, count: int) -> str:
        return self.tr("%Ln box(es)", "", count)

    def proposals(self, count: int) -> str:
        return self.tr("%Ln proposal(s)", "", count)

    def categories(self, count: int) -> str:
        return self.tr("%Ln categories", "", count)


_count = _Count()


def mask_count(count: int) -> str:
    """Such as "no masks", "1 mask", "12 masks"."""
    return _count.masks(count) if count else _tr("words", "no masks")


def annotation_count(count: int) -> str:
    """Such as "1 annotation", "12 annotations"."""
    return _count.annotations(count)


def image_count(count: int) -> str:
    """Such as "1 image", "12 images"."""
    return _count.images(count)


def box_count(count: int) -> str:
    """Such as "1 box", "12 boxes"."""
    return _count.boxes(count)


def proposal_count(count: int) -> str:
    """Such as "1 proposal", "12 proposals"."""
    return _count.proposals(count)


def category_count(count: int) -> str:
    """Such as "1 category", "12 categories"."""
    return _count.categories(count)


def doing(what: str) -> str:
    """What export, import or check is at, by its name in `samdesk.coco`; "store" is the project."""
    return {
        "read": _tr("words", "Reading…"),
        "match": _tr("words", "Looking for images…"),
        "write": _tr("words", "Writing…"),
        "check": _tr("words", "Reading back and checking…"),
        "store": _tr("words", "Storing…"),
        "place": _tr("words", "Placing image files…"),
    }[what]


def size(count: int) -> str:
    """A number of bytes, decimal as on the box: "375 MB", "2.6 GB"."""
    if count >= 1_000_000_000:
        return f"{decimal(count / 1e9, 1)} GB"
    if count >= 1_000_000:
        return f"{decimal(count / 1e6, 0)} MB"
    return f"{decimal(count / 1e3, 0)} kB"


def time_left(seconds: float) -> str:
    """Such as "less than a minute left", "about 12 min left"; coarse, so that it stands still."""
    minutes = seconds / 60
    if minutes < 1:
        return _tr("words", "less than a minute left")
    if minutes < 90:
        step = 1 if minutes < 10 else 5
        return _tr("words", "about {0} min left").format(step * round(minutes / step))
    hours = minutes / 60
    if hours < 48:
        return _tr("words", "about {0} h left").format(round(hours))
    return _tr("words", "about {0} days left").format(round(hours / 24))


def duration(seconds: float) -> str:
    """Such as "80 ms", "2.4 s", "11 min", "5 h"."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{decimal(seconds, 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.0f} h"


class _Local(string.Formatter):
    """Fills a text in as the user's language writes numbers."""

    def format_field(self, value: Any, format_spec: str) -> str:
        shown = str(super().format_field(value, format_spec))
        if not format_spec or not isinstance(value, (int, float)):
            return shown
        local = QLocale()
        signs = {",": local.groupSeparator(), ".": local.decimalPoint()}
        return "".join(signs.get(sign, sign) for sign in shown)


def translated(text: str) -> str:
    """What the layers below the window say, in the user's language."""
    if not isinstance(text, Text):
        return _tr("messages", text)
    values = {
        name: translated(value) if isinstance(value, Text) else value
        for name, value in text.values.items()
    }
    return _Local().format(_tr("messages", text.template), **values)


def explained(error: Exception) -> str:
    """What happened and what to do about it."""
    return translated(error.text) if isinstance(error, SamdeskError) else str(error)
