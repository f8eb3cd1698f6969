"""How many pages a file has."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from samdesk.core.image import load_image
from samdesk.core.image.pages import page_count


def tiff(count: int, **options: object) -> bytes:
    stream = io.BytesIO()
    first, *others = [Image.new("RGB", (8, 6), (number, 0, 0)) for number in range(count)]
    first.save(stream, "TIFF", save_all=True, append_images=others, **options)
    return stream.getvalue()


@pytest.mark.parametrize("big", [False, True])
def test_pages_of_a_tiff_are_counted_and_the_first_is_shown(tmp_path: Path, big: bool) -> None:
    path = tmp_path / "scan.tif"
    path.write_bytes(tiff(12, big_tiff=big))
    image = load_image(path)
    assert image.pages == 12 and image.rgb[0, 0].tolist() == [0, 0, 0]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP"])
def test_other_formats_have_one(kind: str) -> None:
    stream = io.BytesIO()
    Image.new("L", (8, 6)).save(stream, kind)
    assert page_count(stream.getvalue()) == 1


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("tag", "value", "pages"), [(254, 1, 1), (254, 4, 1), (254, 2, 2), (255, 2, 1), (255, 3, 2)]
)
def test_smaller_copies_and_masks_are_no_pages(
    order: str, tag: int, value: int, pages: int
) -> None:
    def directory(tag: int, value: int, after: int) -> bytes:
        return struct.pack(order + "HHHIII", 1, tag, 4, 1, value, after)

    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    assert page_count(head + directory(256, 8, 26) + directory(tag, value, 0)) == pages


def test_what_is_damaged_is_counted_as_far_as_it_goes() -> None:
    whole = tiff(3)
    assert page_count(whole[:-1]) in (2, 3)
    assert [page_count(whole[:length]) for length in (0, 2, 4, 8)] == [1, 1, 1, 1]
    # A directory of more entries than there can be numbers of bytes.
    endless = b"II+\0" + struct.pack("<HHQQ", 8, 0, 16, 2**64 - 1)
    assert page_count(endless) == 1
    # The last directory leads back to the first.
    around = b"II*\0" + struct.pack("<IHHHIII", 8, 1, 256, 4, 1, 8, 8)
    assert page_count(around) == 1
