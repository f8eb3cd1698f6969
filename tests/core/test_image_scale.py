"""Smaller copies: thumbnails, and images at half their size."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from samdesk.core.image import (
    halves,
    load_image,
    load_thumbnail,
    scaled,
)
from samdesk.errors import ImageError
from tests.core.image_files import ORIENTATION


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
