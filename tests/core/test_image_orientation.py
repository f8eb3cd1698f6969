"""EXIF orientation is applied once, wherever a file states it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from samdesk.core.image import (
    ImageSize,
    load_image,
    read_size,
)
from tests.core.image_files import ORIENTATION, pixels, png, save, stored, upright


def exif_block(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return exif.tobytes().removeprefix(b"Exif\0\0")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("jpg", {"quality": 95, "subsampling": 0}),
        ("png", {}),
        ("webp", {"lossless": True}),
        ("tif", {}),
        ("tif", {"compression": "tiff_deflate"}),
        ("avif", {"quality": 95, "subsampling": "4:4:4"}),
    ],
)
def test_orientation_is_applied_once(
    tmp_path: Path, suffix: str, options: dict[str, Any], orientation: int
) -> None:
    path = save(tmp_path / f"x.{suffix}", stored(orientation), orientation, **options)
    assert np.abs(pixels(path).astype(int) - upright()).max() < 25
    assert load_image(path).orientation == orientation
    assert read_size(path) == ImageSize(48, 32, orientation)


@pytest.mark.parametrize("orientation", [0, 9, 255, 65535])
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_orientation_out_of_range_is_none(tmp_path: Path, suffix: str, orientation: int) -> None:
    path = save(tmp_path / f"x.{suffix}", upright(), orientation)
    assert pixels(path).shape == (32, 48, 3)
    assert load_image(path).orientation == 1


@pytest.mark.parametrize("before_pixels", [True, False])
@pytest.mark.parametrize("kind", ["exif", "xmp", "raw"])
def test_png_orientation_wherever_it_is(tmp_path: Path, kind: str, before_pixels: bool) -> None:
    block = exif_block(6)
    raw = f"\nexif\n{len(block) + 6:8}\n{(b'Exif' + bytes(2) + block).hex()}\n".encode()
    chunk = {
        "exif": (b"eXIf", block),
        "xmp": (
            b"iTXt",
            b"XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation='1' tiff:Orientation=\"6\"/>",
        ),
        "raw": (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw)),
    }[kind]
    rows = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(stored(6)))
    data = (b"IDAT", zlib.compress(rows))
    header = struct.pack(">IIBBBBB", 32, 48, 8, 2, 0, 0, 0)
    path = png(tmp_path / "x.png", header, *((chunk, data) if before_pixels else (data, chunk)))
    assert (pixels(path) == upright()).all()
    assert load_image(path).orientation == 6


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(block=st.binary(max_size=200), start=st.sampled_from([b"", b"II*\0\x08\0\0\0", b"MM\0*"]))
def test_broken_exif_leaves_the_picture(tmp_path: Path, block: bytes, start: bytes) -> None:
    for suffix in ("jpg", "png", "webp"):
        path = tmp_path / f"x.{suffix}"
        save(path, upright(), exif=b"Exif\0\0" + start + block)
        assert {*pixels(path).shape} == {32, 48, 3}


def test_broken_raw_profile_leaves_the_picture(tmp_path: Path) -> None:
    rows = (b"IDAT", zlib.compress(bytes(2)))
    text = (b"tEXt", b"Raw profile type exif\0\nexif\n 8\nnot hexadecimal")
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    assert pixels(png(tmp_path / "x.png", header, text, rows)).shape == (1, 1, 3)


def test_tiff_turned_by_opencv(tmp_path: Path) -> None:
    data = cv2.imencode(".tiff", stored(6)[:, :, ::-1].astype(np.float64) / 255)[1].tobytes()
    start = struct.unpack("<I", data[4:8])[0]
    count = struct.unpack("<H", data[start : start + 2])[0]
    entries = [data[start + 2 + 12 * i : start + 14 + 12 * i] for i in range(count)]
    entries = sorted(
        [e for e in entries if e[:2] != struct.pack("<H", ORIENTATION)]
        + [struct.pack("<HHIHH", ORIENTATION, 3, 1, 6, 0)],
        key=lambda entry: struct.unpack("<H", entry[:2]),
    )
    body = data[:4] + struct.pack("<I", len(data)) + data[8:]
    path = tmp_path / "x.tif"
    path.write_bytes(body + struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4))
    assert (pixels(path) == upright()).all()
    assert load_image(path).orientation == 6
