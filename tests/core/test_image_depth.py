"""Samples of other depths than 8 bits become shades that can be seen."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.core.image_files import grey, pixels, png, ramp, save


@pytest.mark.parametrize("suffix", ["png", "tif", "jp2", "pgm"])
def test_full_range_16_bits_are_divided_by_257(tmp_path: Path, suffix: str) -> None:
    values = ramp(0, 60000, "uint16")
    path = tmp_path / f"x.{suffix}"
    cv2.imwrite(str(path), values, [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, 1000])
    assert np.abs(grey(path) - np.rint(values / 257)).max() <= (1 if suffix == "jp2" else 0)


@pytest.mark.parametrize(("low", "high"), [(0, 255), (0, 4095), (29000, 31000)])
def test_narrow_16_bits_are_stretched(tmp_path: Path, low: int, high: int) -> None:
    path = save(tmp_path / "x.png", ramp(low, high, "uint16"))
    shown = grey(path)
    assert (shown.min(), shown.max()) == (0, 255)
    assert 120 < shown.mean() < 135


def test_big_endian_16_bits(tmp_path: Path) -> None:
    values = ramp(0, 65535, "uint16")
    entries = [(256, 64), (257, 64), (258, 16), (259, 1), (262, 1), (273, 110), (278, 64)]
    entries += [(277, 1)]
    head = b"MM\0*" + struct.pack(">IH", 8, len(entries))
    for tag, value in sorted(entries):
        head += struct.pack(">HHIHH", tag, 3, 1, value, 0)
    path = tmp_path / "x.tif"
    path.write_bytes(head.ljust(110, b"\0") + values.astype(">u2").tobytes())
    with Image.open(path) as picture:
        assert picture.mode == "I;16B"
    assert (grey(path) == np.rint(values / 257)).all()


def test_few_bright_pixels_in_16_bits_are_seen(tmp_path: Path) -> None:
    values = np.zeros((64, 64), np.uint16)
    values[5, 7] = 1
    shown = grey(save(tmp_path / "x.png", values))
    assert shown[5, 7] == 255
    assert shown.sum() == 255


@pytest.mark.parametrize(("value", "shade"), [(0, 0), (2570, 10), (65535, 255)])
def test_one_16_bit_value(tmp_path: Path, value: int, shade: int) -> None:
    assert (grey(save(tmp_path / "x.png", np.full((9, 9), value, np.uint16))) == shade).all()


@pytest.mark.parametrize(("dtype", "high"), [("int32", 3_000_000), ("float32", 10.0)])
def test_other_ranges_are_stretched(tmp_path: Path, dtype: str, high: float) -> None:
    shown = grey(save(tmp_path / "x.tif", ramp(-high, high, dtype)))
    assert (shown.min(), shown.max()) == (0, 255)
    assert abs(int(shown[32, 0]) - 128) <= 2


def test_floats_from_0_to_1_are_multiplied(tmp_path: Path) -> None:
    values = ramp(0, 0.5, "float32")
    assert (grey(save(tmp_path / "x.tif", values)) == np.rint(values.astype(float) * 255)).all()


def test_nan_and_infinity_are_black(tmp_path: Path) -> None:
    values = ramp(0.25, 1, "float32")
    values[0, :3] = np.nan, np.inf, -np.inf
    shown = grey(save(tmp_path / "x.tif", values))
    assert shown[0].tolist()[:3] == [0, 0, 0]
    assert shown[0, 3] == 64
    assert shown[-1, -1] == 255


def test_nothing_but_nan(tmp_path: Path) -> None:
    assert not grey(save(tmp_path / "x.tif", np.full((4, 4), np.nan, np.float32))).any()


@pytest.mark.parametrize("channels", [3, 4])
def test_colour_of_16_bits(tmp_path: Path, channels: int) -> None:
    values = np.full((8, 8, channels), 65535, np.uint16)
    values[:, :, 0] = 257 * 7
    path = tmp_path / "x.png"
    cv2.imwrite(str(path), values)
    assert pixels(path)[0, 0].tolist() == [255, 255, 7]


def test_16_bit_transparent_value_is_white(tmp_path: Path) -> None:
    rows = b"".join(b"\0" + struct.pack(">3H", 0, 1000, 60000) for _ in range(3))
    header = struct.pack(">IIBBBBB", 3, 3, 16, 0, 0, 0, 0)
    transparent = (b"tRNS", struct.pack(">H", 1000))
    path = png(tmp_path / "x.png", header, transparent, (b"IDAT", zlib.compress(rows)))
    assert grey(path)[0].tolist() == [0, 255, 233]
