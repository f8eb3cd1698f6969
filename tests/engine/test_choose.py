"""Which checkpoint "auto" loads, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from samdesk.engine import choose
from samdesk.engine.base import CancelToken
from samdesk.engine.hardware import Gpu, Hardware
from samdesk.engine.recommend import Preference
from samdesk.engine.sam import load
from samdesk.errors import EngineError
from tests.engine.tiny_sam import tiny_sam

GB = 1_000_000_000
MACHINE = Hardware(
    (
        Gpu("large", 80 * GB, 79 * GB, "cuda", "cuda:0"),
        Gpu("small", 6 * GB, 5 * GB, "cuda", "cuda:1"),
    ),
    "a CPU",
    8,
    16 * GB,
    8 * GB,
    None,
)


@pytest.mark.parametrize(
    ("device", "loaded"),
    [
        ("auto", ("vit_h", "cuda:0")),
        ("cuda", ("vit_h", "cuda")),
        ("cuda:1", ("vit_b", "cuda:1")),
        ("cpu", ("vit_b", "cpu")),
    ],
)
def test_the_checkpoint_suits_the_device_that_was_chosen(
    device: str, loaded: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(choose, "detect", lambda cache: MACHINE)
    monkeypatch.setattr(choose, "installed", lambda kind, folder: folder / kind)
    monkeypatch.setattr(choose, "require_installed", lambda kind, folder: folder / kind)

    def load_sam(path: Path, **how: Any) -> None:
        seen.append((path.name, how["device"]))

    monkeypatch.setattr(load, "load_sam", load_sam)
    preference = Preference(device=device)
    choice = choose.choose_engine("auto", Path("/x"), cache=Path("/x"), preference=preference)
    choice.load(CancelToken(), lambda fraction: None)
    assert seen == [loaded]


def test_the_reason_says_who_chose_the_cpu() -> None:
    assert "this device was chosen" in Preference(device="cpu").recommended(MACHINE).reason


@pytest.mark.parametrize("device", ["CPU", "gpu", "cuda:99", "mps:7"])
def test_a_device_that_is_not_there_is_told(
    device: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from samdesk.engine.checkpoint import checkpoint
    from samdesk.engine.sam import torch_runtime

    path = tmp_path / "tiny.pth"
    path.write_bytes(b"")
    model = tiny_sam(), checkpoint("vit_b")
    monkeypatch.setattr(torch_runtime, "read_model", lambda path: model[::-1])
    with pytest.raises(EngineError, match=f"The device {device} is not there"):
        load.load_sam(path, cache=tmp_path, device=device)
