"""Numbers of things in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

_tr = QCoreApplication.translate


def number(value: int) -> str:
    """A whole number in groups of three digits: "12,000"."""
    return f"{value:,}"


def decimal(value: float, digits: int) -> str:
    """A number with so many digits after the point."""
    return f"{value:,.{digits}f}"


def mask_count(count: int) -> str:
    """Such as "no masks", "1 mask", "12 masks"."""
    if not count:
        return _tr("words", "no masks")
    one, many = _tr("words", "1 mask"), _tr("words", "{0} masks")
    return one if count == 1 else many.format(f"{count:,}")


def annotation_count(count: int) -> str:
    """Such as "1 annotation", "12 annotations"."""
    one, many = _tr("words", "1 annotation"), _tr("words", "{0} annotations")
    return one if count == 1 else many.format(f"{count:,}")


def image_count(count: int) -> str:
    """Such as "1 image", "12 images"."""
    one, many = _tr("words", "1 image"), _tr("words", "{0} images")
    return one if count == 1 else many.format(f"{count:,}")


def box_count(count: int) -> str:
    """Such as "1 box", "12 boxes"."""
    one, many = _tr("words", "1 box"), _tr("words", "{0} boxes")
    return one if count == 1 else many.format(f"{count:,}")


def category_count(count: int) -> str:
    """Such as "1 category", "12 categories"."""
    one, many = _tr("words", "1 category"), _tr("words", "{0} categories")
    return one if count == 1 else many.format(f"{count:,}")


def doing(what: str) -> str:
    """What export, import or check is at, by its name in `samdesk.coco`."""
    return {
        "read": _tr("words", "Reading…"),
        "match": _tr("words", "Looking for images…"),
        "write": _tr("words", "Writing…"),
        "check": _tr("words", "Reading back and checking…"),
        "place": _tr("words", "Placing image files…"),
    }[what]


def size(count: int) -> str:
    """A number of bytes, decimal as on the box: "375 MB", "2.6 GB"."""
    if count >= 1_000_000_000:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:,.0f} MB" if count >= 1_000_000 else f"{count / 1e3:,.0f} kB"


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
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.0f} h"
