"""The image decoder: every kind of file gives the right pixels, or an error with a reason."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import random
import re
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, UnidentifiedImageError

from samdesk.core.image import (
    DEFAULT_MAX_PIXELS,
    ImageSize,
    halves,
    list_images,
    load_image,
    load_thumbnail,
    read_size,
    scaled,
)
from samdesk.core.image import file as image_file
from samdesk.core.image.folder import _in_natural_order
from samdesk.core.image.location import location, shown_name
from samdesk.errors import ImageError

ORIENTATION = 0x0112


def upright() -> np.ndarray:
    """A picture of 48 x 32 pixels of which no turn or mirror image looks the same."""
    rgb = np.full((32, 48, 3), 255, np.uint8)
    rgb[:16, :16] = (255, 0, 0)
    rgb[:16, 16:32] = (0, 160, 0)
    rgb[16:, :16] = (0, 0, 255)
    return rgb


def stored(orientation: int) -> np.ndarray:
    """The pixels that a file with this orientation holds, for ``upright`` to be shown."""
    rgb = upright()
    return {
        1: rgb,
        2: rgb[:, ::-1],
        3: rgb[::-1, ::-1],
        4: rgb[::-1],
        5: rgb.transpose(1, 0, 2),
        6: np.rot90(rgb, 1),
        7: rgb[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(rgb, -1),
    }[orientation]


def save(path: Path, rgb: np.ndarray, orientation: int | None = None, **options: Any) -> Path:
    if orientation is not None:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        options["exif"] = exif
    Image.fromarray(np.ascontiguousarray(rgb)).save(path, **options)
    return path


def png(path: Path, header: bytes, *chunks: tuple[bytes, bytes]) -> Path:
    """Write a PNG file of exactly these chunks."""
    data = b"\x89PNG\r\n\x1a\n"
    for kind, body in ((b"IHDR", header), *chunks, (b"IEND", b"")):
        data += struct.pack(">I", len(body)) + kind + body
        data += struct.pack(">I", zlib.crc32(kind + body))
    path.write_bytes(data)
    return path


def exif_block(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return exif.tobytes().removeprefix(b"Exif\0\0")


def pixels(path: Path) -> np.ndarray:
    """Load an image, checking what holds of every image."""
    before = path.stat()
    data = path.read_bytes()
    image = load_image(path)
    assert image.rgb.dtype == np.uint8
    assert image.rgb.shape == (image.height, image.width, 3)
    assert image.rgb.flags.c_contiguous
    assert not image.rgb.flags.writeable
    assert image.nbytes == image.width * image.height * 3
    assert image.sha256 == hashlib.sha256(data).hexdigest()
    assert read_size(path) == ImageSize(image.width, image.height, image.orientation)
    assert path.read_bytes() == data
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    return image.rgb


def grey(path: Path) -> np.ndarray:
    rgb = pixels(path)
    assert (rgb == rgb[:, :, :1]).all()
    return rgb[:, :, 0]


def failure(path: Path, **options: Any) -> ImageError:
    with pytest.raises(ImageError) as caught:
        load_image(path, **options)
    assert caught.value.title.endswith(".")
    assert caught.value.hint
    assert str(path.parent) not in caught.value.title
    return caught.value


def same_failure(path: Path, **options: Any) -> ImageError:
    """Of ``load_image`` and ``read_size``."""
    error = failure(path, **options)
    with pytest.raises(ImageError) as caught:
        read_size(path, **options)
    assert (caught.value.title, caught.value.hint) == (error.title, error.hint)
    return error


# Orientation


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


# Depth


def ramp(low: float, high: float, dtype: str) -> np.ndarray:
    return np.linspace(low, high, 64 * 64).reshape(64, 64).astype(dtype)


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


# Colour


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


# Frames, formats and decoders


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


# Files


@pytest.mark.parametrize(
    "name",
    ["Überblick 図 🖼.png", "two\nlines.png", " space .png", "a'b\"c.png", "x" * 240 + ".png"],
)
def test_names(tmp_path: Path, name: str) -> None:
    if os.name == "nt":
        name = name.replace("\n", " ").replace('"', "'")
    assert (pixels(save(tmp_path / name, upright())) == upright()).all()


def test_long_path(tmp_path: Path) -> None:
    folder = location(tmp_path)
    for _ in range(8):
        folder = os.path.join(folder, "d" * 120)
        os.mkdir(folder)
    path = Path(folder) / "x.png"
    assert len(str(path)) > 900
    save(path, upright())
    assert load_image(path).width == 48
    assert [os.path.basename(found) for found in list_images(tmp_path)] == ["x.png"]


def test_path_longer_than_the_system_allows(tmp_path: Path) -> None:
    assert "cannot be read" in same_failure(tmp_path / ("x" * 400 + ".png")).title


def test_relative_path_and_str(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "x.png", upright())
    monkeypatch.chdir(tmp_path)
    assert load_image("x.png").width == 48


def test_windows_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samdesk.core.image.location.os.path.abspath", lambda path: path)
    monkeypatch.setattr("samdesk.core.image.location.os.name", "nt")
    assert location("C:\\a\\x.png") == "\\\\?\\C:\\a\\x.png"
    assert location("\\\\server\\share\\x.png") == "\\\\?\\UNC\\server\\share\\x.png"
    assert location("\\\\?\\C:\\x.png") == "\\\\?\\C:\\x.png"


def test_shown_name_is_one_printable_line() -> None:
    assert shown_name("/a/two\nlines\udcff.png") == "two\ufffdlines\ufffd.png"
    assert shown_name("/a/b/") == "b"


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


@pytest.mark.parametrize("kept", [0.99, 0.6, 0.2])
@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("jpg", {}),
        ("jpg", {"progressive": True}),
        ("png", {}),
        ("webp", {}),
        ("tif", {}),
        ("tif", {"compression": "tiff_lzw"}),
        ("gif", {}),
        ("bmp", {}),
        ("avif", {}),
        ("jp2", {}),
    ],
)
def test_truncated(tmp_path: Path, suffix: str, options: dict[str, Any], kept: float) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (90, 70, 3), np.uint8)
    path = save(tmp_path / f"x.{suffix}", noise, **options)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    error = failure(path)
    if suffix in ("jpg", "png", "gif", "bmp"):
        assert error.title == f"x.{suffix} is truncated: its end is missing."


def test_empty(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.touch()
    assert same_failure(path).title == "x.png is empty."


def test_missing(tmp_path: Path) -> None:
    assert same_failure(tmp_path / "x.png").title == "x.png does not exist."
    (tmp_path / "file").touch()
    assert "does not exist" in same_failure(tmp_path / "file" / "x.png").title


def test_null_byte_in_the_path(tmp_path: Path) -> None:
    assert "null" in same_failure(tmp_path / "x\0.png").title


def test_folder(tmp_path: Path) -> None:
    folder = tmp_path / "x.png"
    folder.mkdir()
    assert same_failure(folder).title == "x.png is a folder, not an image."


def test_device() -> None:
    assert "is not a regular file" in same_failure(Path(os.devnull)).title


@pytest.mark.parametrize(
    ("number", "words"), [(errno.EACCES, "may not be read"), (errno.EIO, "cannot be read")]
)
def test_file_that_the_system_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    path = save(tmp_path / "x.png", upright())
    monkeypatch.setattr(image_file, "open", refuse, raising=False)
    assert words in same_failure(path).title


def test_file_of_many_gigabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "x.png", upright())
    monkeypatch.setattr(image_file, "_MAX_FILE_BYTES", 10)
    assert "larger than 4 GiB" in same_failure(path).title


def test_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhaust(*_: object) -> None:
        raise MemoryError

    path = save(tmp_path / "x.png", upright())
    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", exhaust)
    assert "memory" in failure(path).title


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Some words.\n", "contains text"),
        ("<html>Größe</html>".encode(), "contains text"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "Git LFS pointer"),
        (bytes(range(200)), "not an image of a known format"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "contains text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "cannot be decoded"),
        (b"II*\0\x08\0\0\0\0\0" + bytes(9), "cannot be decoded"),
        (b"\xff\xd8\xff", "its header is damaged"),
    ],
)
def test_no_image(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(content)
    assert words in same_failure(path).title


def test_size_of_a_large_file_takes_few_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = 0

    class Counted(io.FileIO):
        def readinto(self, buffer: Any) -> int:
            nonlocal taken
            count = super().readinto(buffer)
            taken += count or 0
            return count or 0

    noise = np.random.default_rng(1).integers(0, 256, (1000, 1000, 3), np.uint8)
    paths = [save(tmp_path / f"x.{suffix}", noise, 6) for suffix in ("jpg", "png", "tif", "bmp")]
    monkeypatch.setattr(
        image_file,
        "open",
        lambda path, mode, buffering: io.BufferedReader(Counted(path), buffering),
        raising=False,
    )
    for path in paths:
        taken = 0
        assert read_size(path).width == 1000
        assert 0 < taken < 100_000 < path.stat().st_size


MAGIC = [b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"GIF89a", b"II*\0", b"MM\0*"]
MAGIC += [b"BM", b"RIFF\x40\0\0\0WEBPVP8L", b"\0\0\1\0\1\0", b"P6 3 3 255\n", b"PF\n3 3\n-1\n"]
MAGIC += [
    b"8BPS\0\1",
    b"qoif",
    b"\x01\xda",
    b"icns",
    b"DDS ",
    b"#?RADIANCE\n\n-Y 4 +X 4\n",
    b"P7\n",
]
MAGIC += [b"\0\0\0\x18ftypheic", b"\0\0\0\x18ftypavif", b"\0\0\0\x18ftypmif1", b"\x0a\5\1\x08"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(magic=st.sampled_from(MAGIC), rest=st.binary(max_size=400))
def test_any_bytes_give_an_image_or_an_error(tmp_path: Path, magic: bytes, rest: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(magic + rest)
    try:
        image = load_image(path, max_pixels=1_000_000)
    except ImageError:
        return
    assert read_size(path) == ImageSize(image.width, image.height, image.orientation)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    suffix=st.sampled_from(["jpg", "png", "gif", "tif", "webp", "bmp", "tga", "ico", "avif"]),
    changes=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), min_size=1, max_size=9),
)
def test_any_damage_gives_an_image_or_an_error(
    tmp_path: Path, suffix: str, changes: list[tuple[int, int]]
) -> None:
    path = save(tmp_path / f"x.{suffix}", upright(), 6)
    data = bytearray(path.read_bytes())
    for place, value in changes:
        data[place % len(data)] = value
    path.write_bytes(data)
    for read in (load_image, read_size):
        try:
            read(path, max_pixels=1_000_000)
        except ImageError as error:
            assert error.title and error.hint


def test_threads(tmp_path: Path) -> None:
    paths = [
        save(tmp_path / f"{i}.{suffix}", upright(), exif=b"Exif\0\0II*\0\x08\0\0\0\5\0garbage")
        for i in range(20)
        for suffix in ("jpg", "png", "webp")
    ]
    with ThreadPoolExecutor(8) as pool:
        assert {image.width for image in pool.map(load_image, paths)} == {48}


# Folders


def test_list_images(tmp_path: Path) -> None:
    names = ["img10.png", "img2.PNG", "Img1.jpg", "b/x.tif", "b/c/é.webp", "a b/1.HEIC", "z.hdr"]
    others = [
        "notes.txt",
        ".hidden.png",
        "._x.jpg",
        ".samdesk/x.png",
        "a.svg",
        "a.pdf",
        "png",
        "a.eps",
    ]
    for name in [*names, *others]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "broken.png").symlink_to("nowhere")
    assert list_images(tmp_path) == [
        "a b/1.HEIC",
        "b/c/é.webp",
        "b/x.tif",
        "Img1.jpg",
        "img2.PNG",
        "img10.png",
        "z.hdr",
    ]


@given(st.lists(st.text("aB1209._ é-/", min_size=1, max_size=9), max_size=30))
def test_natural_order(paths: list[str]) -> None:
    def natural(path: str) -> tuple[list[list[str | int]], str]:
        # Splitting at digits puts text at even and numbers at odd places, so like meets like.
        parts = (re.split(r"([0-9]+)", part.casefold()) for part in path.split("/"))
        return [[int(s) if i % 2 else s for i, s in enumerate(part)] for part in parts], path

    assert _in_natural_order(paths) == sorted(paths, key=natural)


def test_long_lists_are_in_natural_order_too() -> None:
    names = [f"frame {number}.jpg" for number in range(12_345)]
    shuffled = names.copy()
    random.Random(0).shuffle(shuffled)
    assert _in_natural_order(shuffled) == names


def test_list_images_leaves_out_what_cannot_be_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).touch()

    class Gone:
        """An entry whose file goes while the folder is read, where the listing tells no kinds."""

        name, path = "gone.png", str(tmp_path / "gone.png")

        def is_dir(self) -> bool:
            raise FileNotFoundError

    scandir = os.scandir

    def listing(path: str) -> Any:
        with scandir(path) as scan:
            return contextlib.nullcontext([*scan, Gone()])

    monkeypatch.setattr("samdesk.core.image.folder.os.scandir", listing)
    assert list_images(tmp_path) == ["a.png", "b.png"]


def test_list_images_follows_links_but_no_loops(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    (root / "real").mkdir(parents=True)
    elsewhere.mkdir()
    (root / "real" / "1.png").touch()
    (elsewhere / "2.png").touch()
    (root / "again").symlink_to(root / "real", target_is_directory=True)
    (root / "linked").symlink_to(elsewhere, target_is_directory=True)
    (root / "real" / "loop").symlink_to(root, target_is_directory=True)
    (elsewhere / "up").symlink_to(tmp_path, target_is_directory=True)
    (root / "self").symlink_to("self")
    assert list_images(root) == ["linked/2.png", "real/1.png"]


def test_list_images_skips_folders_it_may_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "x.png").touch()
    (tmp_path / "y.png").touch()
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if path.endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("samdesk.core.image.folder.os.scandir", refuse)
    assert list_images(tmp_path) == ["y.png"]
    with pytest.raises(ImageError, match="closed cannot be read: Permission denied"):
        list_images(tmp_path / "closed")


def test_list_images_of_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="The folder gone cannot be read"):
        list_images(tmp_path / "gone")


# Smaller copies


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_thumbnails_of_jpeg_files_are_upright(tmp_path: Path, orientation: int) -> None:
    ramp = np.zeros((600, 900, 3), np.uint8)
    ramp[:300] = (200, 30, 30)
    ramp[300:, :450] = (30, 200, 30)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    Image.fromarray(ramp).save(tmp_path / "x.jpg", exif=exif, quality=95)
    small = load_thumbnail(tmp_path / "x.jpg", 60)
    expected = scaled(load_image(tmp_path / "x.jpg").rgb, 60)
    assert small.shape == expected.shape
    assert small.flags.c_contiguous
    assert np.abs(small.astype(int) - expected).mean() < 3


def test_thumbnails_of_other_files(tmp_path: Path) -> None:
    clear = np.zeros((40, 80, 4), np.uint8)
    clear[:, :40] = 255
    Image.fromarray(clear).save(tmp_path / "clear.png")
    assert (load_thumbnail(tmp_path / "clear.png", 20) == 255).all()
    assert load_thumbnail(tmp_path / "clear.png", 500).shape == (40, 80, 3)
    Image.fromarray(np.full((40, 80), 30_000, np.uint16)).save(tmp_path / "deep.png")
    assert load_thumbnail(tmp_path / "deep.png", 20).shape == (10, 20, 3)
    with pytest.raises(ImageError, match="too large"):
        load_thumbnail(tmp_path / "clear.png", 20, max_pixels=100)
    (tmp_path / "text.jpg").write_text("no image")
    with pytest.raises(ImageError, match="contains text"):
        load_thumbnail(tmp_path / "text.jpg", 20)


def test_scaled() -> None:
    rgb = np.zeros((40, 100, 3), np.uint8)
    rgb[:, ::2] = 200
    small = scaled(rgb, 50)
    assert small.shape == (20, 50, 3)
    assert (small == 100).all()
    assert scaled(rgb, 100) is rgb
    assert scaled(rgb, 500) is rgb
    assert scaled(np.zeros((1, 1000, 3), np.uint8), 10).shape == (1, 10, 3)
    assert scaled(rgb[:, ::-1], 1).shape == (1, 1, 3)


def test_halves() -> None:
    rgb = np.zeros((301, 1000, 3), np.uint8)
    rgb[::2] = 100
    levels = halves(rgb, until=200)
    assert [level.shape for level in levels] == [(151, 500, 3), (76, 250, 3), (38, 125, 3)]
    assert (levels[0][:-1] == 50).all()
    assert (levels[0][-1] == 100).all()
    assert halves(rgb, until=1000) == ()
    assert halves(rgb, until=0)[-1].shape == (1, 1, 3)
