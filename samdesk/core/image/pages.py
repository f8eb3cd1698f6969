"""How many pages an image file has, of which the first is the image."""

from __future__ import annotations

import struct

_NEW_SUBFILE_TYPE, _SUBFILE_TYPE = 254, 255
_REDUCED_OR_MASK = 0b101  # of the former
_REDUCED = 2  # of the latter
_SHORT = 3


def page_count(data: bytes) -> int:
    """The number of pages of a TIFF file; 1 for every other format.

    Smaller copies of a page and its transparency mask, which pyramids have, are no pages. Each page
    has a directory that says where the next one is (TIFF revision 6.0, section 2; BigTIFF has the
    same with 64-bit numbers).

    Args:
        data: the whole file, which may be damaged.
    """
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or data[2:4] not in (b"*\0", b"\0*", b"+\0", b"\0+"):
        return 1
    is_big = b"+" in data[2:4]
    entry_bytes, count_format, offset_format = (20, "Q", "Q") if is_big else (12, "H", "I")
    pages, seen = 0, set()
    try:
        (offset,) = struct.unpack_from(order + offset_format, data, 8 if is_big else 4)
        # A damaged file may lead back to where it came from.
        while offset and offset not in seen:
            seen.add(offset)
            (entries,) = struct.unpack_from(order + count_format, data, offset)
            first = offset + struct.calcsize(count_format)
            after = first + entries * entry_bytes
            pages += _is_page(data[first:after], order, entry_bytes)
            (offset,) = struct.unpack_from(order + offset_format, data, after)
    except (struct.error, OverflowError, IndexError):
        pass  # the directories end with the file
    return max(pages, 1)


def _is_page(directory: bytes, order: str, entry_bytes: int) -> bool:
    for start in range(0, len(directory) - entry_bytes + 1, entry_bytes):
        tag, kind = struct.unpack_from(order + "HH", directory, start)
        if tag > _SUBFILE_TYPE:
            break  # they are in ascending order
        if tag in (_NEW_SUBFILE_TYPE, _SUBFILE_TYPE):
            (value,) = struct.unpack_from(
                order + ("H" if kind == _SHORT else "I"),
                directory,
                start + (12 if entry_bytes == 20 else 8),
            )
            if (value & _REDUCED_OR_MASK) if tag == _NEW_SUBFILE_TYPE else value == _REDUCED:
                return False
    return True
