"""What a file seems to be that is not JSON, for whoever chose it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from samdesk.core.image import formats
from samdesk.core.image.file import is_text
from samdesk.errors import CocoError
from samdesk.text import Text

_HEAD = 4096  # bytes
_READ_AGAIN = 50_000_000  # bytes; of larger files the place of the damage is not looked for
_COMPRESSED = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_OTHER_FILE = Text("Choose a COCO, results, SA-1B or LabelMe file.")
_COPY_AGAIN = Text("It may be half-written; write or copy it again.")


def not_json(path: Path) -> CocoError:
    """The error about a file that is not JSON.

    Raises:
        OSError: it cannot be read any more.
    """
    name = path.name
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
        is_image = not is_text(head) and _is_image(stream)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return CocoError(Text("{name} is empty.", name=name), _COPY_AGAIN)
    if is_image:
        return CocoError(
            Text("{name} is an image, and no file of annotations.", name=name), _OTHER_FILE
        )
    if head.startswith(_COMPRESSED):
        return CocoError(
            Text("{name} is compressed.", name=name), "Unpack it, and choose what was in it."
        )
    if head.startswith(_UTF_16):
        return CocoError(Text("{name} is text in UTF-16.", name=name), "Save it in UTF-8.")
    if not is_text(head):
        return CocoError(Text("{name} is no text, and so no JSON.", name=name), _OTHER_FILE)
    if start[:64].lower().startswith((b"<!doctype html", b"<html")):
        return CocoError(
            Text("{name} is a web page.", name=name),
            "A failed download can leave one under the file's name; download it again.",
        )
    if start.startswith(b"<"):
        return CocoError(
            Text("{name} is XML, not JSON.", name=name),
            "Export it as COCO with the program that wrote it.",
        )
    if not start.startswith((b"{", b"[")):
        return CocoError(
            Text("{name} is text, but not JSON.", name=name),
            "Choose a COCO, results or LabelMe file. Of YOLO, choose the folder.",
        )
    return _damaged(path)


def _damaged(path: Path) -> CocoError:
    """The error about a file that begins as JSON."""
    name = path.name
    if path.stat().st_size > _READ_AGAIN:
        return CocoError(Text("{name} is damaged, or its end is missing.", name=name), _COPY_AGAIN)
    content = path.read_bytes().decode("utf-8-sig", errors="replace").rstrip()
    lines = content.count("\n") + 1
    try:
        json.loads(content, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        # A text that never ends is told where it begins.
        is_cut_off = error.pos >= len(content) or error.msg.startswith("Unterminated string")
        if not is_cut_off:
            return CocoError(
                Text("{name} is damaged at line {line}.", name=name, line=error.lineno),
                _COPY_AGAIN,
            )
    except (ValueError, RecursionError):
        return CocoError(
            Text("{name} has what is not allowed in JSON, such as NaN.", name=name),
            "Write it again with numbers in place of them.",
        )
    return CocoError(
        Text("{name} is cut off: its end is missing, after line {line}.", name=name, line=lines),
        _COPY_AGAIN,
    )


def _is_image(stream: Any) -> bool:
    try:
        formats.identify(stream)
    except formats.Unidentified:
        return False
    return True


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
