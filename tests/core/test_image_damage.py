"""Files that are damaged, missing or no images give an error with a reason."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samdesk.core.image import (
    ImageSize,
    load_image,
    read_size,
)
from samdesk.core.image import file as image_file
from samdesk.errors import ImageError
from tests.core.image_files import failure, same_failure, save, upright


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
