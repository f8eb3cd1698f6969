"""Numbers of things in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

_tr = QCoreApplication.translate


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
