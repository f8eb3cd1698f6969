"""The image decoder: colours, frames, formats and limits of every kind of file."""

from __future__ import annotations

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, UnidentifiedImageError

from samdesk.core.image import (
    DEFAULT_MAX_PIXELS,
    load_image,
    read_size,
)
from tests.core.image_files import failure, grey, pixels, png, same_failure, save, stored, upright


def test_one_bit(tmp_path: Path) -> None:
    values = np.zeros((8, 9), bool)
    values[:, 4] = True
    for suffix in ("png", "tif", "bmp"):
        path = tmp_path / f"x.{suffix}"
        Image.fromarray(values).save(path)
        assert (grey(path) == values * 255).all()


def test_palette_and_its_transparency(tmp_path: Path) -> None:
    picture = Image.new("P", (3, 2))
    picture.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    picture.putdata([0, 1, 2, 0, 1, 2])
    picture.save(tmp_path / "x.png")
    assert pixels(tmp_path / "x.png")[0].tolist() == [[10, 20, 30], [40, 50, 60], [70, 80, 90]]
    picture.save(tmp_path / "x.gif", transparency=1)
    picture.save(tmp_path / "y.png", transparency=1)
    for name in ("x.gif", "y.png"):
        assert pixels(tmp_path / name)[1].tolist() == [[10, 20, 30], [255] * 3, [70, 80, 90]]


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_alpha_is_over_white(tmp_path: Path, mode: str) -> None:
    picture = Image.new(mode, (3, 1))
    for x, alpha in enumerate((0, 128, 255)):
        picture.putpixel((x, 0), (100, alpha) if mode == "LA" else (100, 100, 100, alpha))
    path = tmp_path / "x.png"
    picture.save(path)
    assert grey(path)[0].tolist() == [255, 177, 100]


def test_alpha_of_nothing_but_0_is_ignored(tmp_path: Path) -> None:
    Image.new("RGBA", (3, 2), (1, 2, 3, 0)).save(tmp_path / "x.tga")
    assert (pixels(tmp_path / "x.tga") == (1, 2, 3)).all()


@pytest.mark.parametrize(
    ("mode", "suffix"), [("CMYK", "jpg"), ("CMYK", "tif"), ("YCbCr", "tif"), ("LAB", "tif")]
)
def test_colour_spaces(tmp_path: Path, mode: str, suffix: str) -> None:
    rgb = Image.new("RGB", (16, 16), (200, 100, 50))
    if mode == "LAB":
        from PIL import ImageCms

        profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        picture = ImageCms.profileToProfile(rgb, *profiles, outputMode="LAB")
        assert picture is not None
    else:
        picture = rgb.convert(mode)
    path = tmp_path / f"x.{suffix}"
    # Pillow 12.3 cannot read back the YCbCr TIFF that it writes without compression.
    picture.save(path, **({"compression": "tiff_lzw"} if mode == "YCbCr" else {}))
    assert np.abs(pixels(path).astype(int) - (200, 100, 50)).max() <= 4


@pytest.mark.parametrize("suffix", ["gif", "png", "webp", "tif", "avif"])
def test_first_frame(tmp_path: Path, suffix: str) -> None:
    first, second = Image.new("RGB", (16, 16), "red"), Image.new("RGB", (16, 16), "blue")
    path = tmp_path / f"x.{suffix}"
    first.save(path, save_all=True, append_images=[second])
    assert np.abs(pixels(path).astype(int) - (255, 0, 0)).max() <= 3


@pytest.mark.parametrize("suffix", ["bmp", "ico", "icns", "jp2", "pcx", "ppm", "qoi", "sgi", "tga"])
def test_other_formats(tmp_path: Path, suffix: str) -> None:
    Image.new("RGB", (64, 64), (9, 99, 199)).save(tmp_path / f"x.{suffix}")
    assert (pixels(tmp_path / f"x.{suffix}") == (9, 99, 199)).all()


def test_icon_that_is_larger_than_its_directory_says(tmp_path: Path) -> None:
    inner = io.BytesIO()
    Image.new("RGBA", (40, 30), "red").save(inner, "PNG")
    entry = struct.pack("<4B2H2I", 16, 16, 0, 0, 1, 32, len(inner.getvalue()), 22)
    path = tmp_path / "x.ico"
    path.write_bytes(struct.pack("<3H", 0, 1, 1) + entry + inner.getvalue())
    assert pixels(path).shape == (30, 40, 3)


@pytest.mark.parametrize("suffix", ["hdr", "pic", "pfm", "pam", "tiff"])
def test_formats_that_only_opencv_reads(tmp_path: Path, suffix: str) -> None:
    rgb = upright().astype(np.float32) / 255
    path = tmp_path / f"x.{suffix}"
    values = upright() if suffix == "pam" else rgb
    path.write_bytes(cv2.imencode(f".{suffix}", values[:, :, ::-1])[1].tobytes())
    with path.open("rb") as file, pytest.raises(UnidentifiedImageError):
        Image.open(file)
    shown = pixels(path)
    assert np.abs(shown.astype(int) - upright()).max() <= (60 if suffix in ("hdr", "pic") else 0)
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] if suffix != "tiff" else whole[: len(whole) // 2])
    failure(path)


def test_tiff_above_the_limit_of_pillow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "x.tif", stored(8), 8)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert (pixels(path) == upright()).all()
    assert load_image(path).orientation == 8


@pytest.mark.parametrize("suffix", ["jpg", "png", "bmp"])
def test_limit_of_pillow_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    path = save(tmp_path / f"x.{suffix}", upright())
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert pixels(path).shape == (32, 48, 3)


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_limit_is_checked_before_decoding(tmp_path: Path, width: int, height: int) -> None:
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    path = png(tmp_path / "huge.png", header, (b"IDAT", zlib.compress(bytes(100))))
    error = same_failure(path)
    assert "huge.png is too large" in error.title
    assert f"{width * height / 1e6:,.1f} megapixels" in error.title
    assert f"{DEFAULT_MAX_PIXELS / 1e6:.1f}" in error.title
    assert "settings" in error.hint


@pytest.mark.parametrize(
    "suffix", ["jpg", "png", "tif", "gif", "webp", "avif", "bmp", "pfm", "ico"]
)
def test_limit_of_every_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"x.{suffix}"
    if suffix == "pfm":
        path.write_bytes(b"PF\n48 32\n-1\n" + bytes(48 * 32 * 12))
    else:
        save(path, upright())
    limit = read_size(path).width * read_size(path).height
    assert load_image(path, max_pixels=limit).rgb.size == 3 * limit
    assert "too large" in same_failure(path, max_pixels=limit - 1).title


def test_threads(tmp_path: Path) -> None:
    paths = [
        save(tmp_path / f"{i}.{suffix}", upright(), exif=b"Exif\0\0II*\0\x08\0\0\0\5\0garbage")
        for i in range(20)
        for suffix in ("jpg", "png", "webp")
    ]
    with ThreadPoolExecutor(8) as pool:
        assert {image.width for image in pool.map(load_image, paths)} == {48}
