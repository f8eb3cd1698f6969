from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("samdesk", deadline=None)
settings.load_profile("samdesk")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees or changes the settings of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("SAMDESK_HOME", str(home))
    return home


@pytest.fixture
def samples() -> Path:
    """The sample images and the truth about them."""
    return Path(__file__).parent.parent / "resources" / "samples"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with three small images, each of one bright disc on dark ground."""
    import numpy as np
    from PIL import Image

    folder = tmp_path / "photos"
    folder.mkdir()
    rows, columns = np.mgrid[:120, :160]
    for number, (x, y) in enumerate(((50, 60), (80, 50), (100, 70)), start=1):
        pixels = np.full((120, 160, 3), (30, 40, 60), np.uint8)
        pixels[(columns - x) ** 2 + (rows - y) ** 2 <= 25**2] = (230, 180, 40)
        Image.fromarray(pixels).save(folder / f"disc{number}.png")
    return folder
