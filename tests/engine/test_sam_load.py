"""Loading a real checkpoint file: converted once, on torch where that cannot be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from segment_anything import SamPredictor, sam_model_registry

from samdesk.core.prompt import Box, Point, Prompt
from samdesk.engine.base import Cancelled, CancelToken
from samdesk.engine.sam import convert, load
from samdesk.engine.sam.convert import convert_checkpoint, find_converted, write_converted
from samdesk.engine.sam.load import load_sam
from samdesk.errors import CheckpointError, EngineError
from tests.engine.test_sam import assert_equal_to_oracle, picture
from tests.engine.tiny_sam import tiny_sam

PROMPT = Prompt((Point(600, 300), Point(30, 30, positive=False)), Box(300, 100, 900, 700))


@pytest.fixture(scope="module")
def vit_b(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A file of random weights in the real shapes, and the model."""
    torch.manual_seed(0)
    model = sam_model_registry["vit_b"]().eval()
    for name, parameter in model.named_parameters():
        if "rel_pos" in name or "pos_embed" in name:
            torch.nn.init.normal_(parameter, std=0.05)
    path = tmp_path_factory.mktemp("weights") / "any name.bin"
    torch.save(model.state_dict(), path)
    return path, model


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def test_the_real_vit_b_shape_equals_sam_predictor(vit_b: tuple[Path, Any], cache: Path) -> None:
    path, model = vit_b
    told: list[float] = []
    conversions: list[float] = []
    segmenter = load_sam(
        path,
        cache=cache,
        precision="exact",
        progress=told.append,
        converting=lambda: conversions.append(told[-1]),
    )
    assert conversions == [0.05]
    assert told == sorted(told) and told[-1] == 1.0 and len(told) > 6
    assert (segmenter.info.name, segmenter.info.device) == ("ViT-B", "CPU")
    assert (segmenter.info.precision, segmenter.info.remark) == ("float32", "")
    image = picture((768, 1200))
    assert_equal_to_oracle(segmenter, model, image, PROMPT)
    predictor = SamPredictor(model)
    predictor.set_image(image)
    expected = predictor.get_image_embedding().numpy()
    found = np.asarray(segmenter.embed(image, token=CancelToken()).data)
    assert np.linalg.norm(found - expected) <= 1e-5 * np.linalg.norm(expected)


def test_automatic_precision_is_close_in_the_real_shape(
    vit_b: tuple[Path, Any], cache: Path
) -> None:
    segmenter = load_sam(vit_b[0], cache=cache)
    image = picture((768, 1200))
    predictor = SamPredictor(vit_b[1])
    predictor.set_image(image)
    expected = predictor.get_image_embedding().numpy()
    found = np.asarray(segmenter.embed(image, token=CancelToken()).data, np.float32)
    assert segmenter.info.precision in ("bfloat16", "float32")
    assert np.isfinite(found).all()
    assert np.linalg.norm(found - expected) <= 2e-2 * np.linalg.norm(expected)


def test_a_long_encode_stops_when_it_is_cancelled(vit_b: tuple[Path, Any], cache: Path) -> None:
    segmenter = load_sam(vit_b[0], cache=cache, precision="exact")
    token, seen = CancelToken(), list[float]()

    def progress(fraction: float) -> None:
        seen.append(fraction)
        if fraction > 0:
            token.cancel()

    with pytest.raises(Cancelled):
        segmenter.embed(picture((768, 1200)), token=token, progress=progress)
    assert seen[-1] < 1
    assert_equal_to_oracle(segmenter, vit_b[1], picture((768, 1200)), PROMPT)


def test_once_converted_neither_torch_nor_segment_anything_is_imported(
    vit_b: tuple[Path, Any], cache: Path
) -> None:
    load_sam(vit_b[0], cache=cache)
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from samdesk.engine.sam.load import load_sam\n"
        "load_sam(Path(sys.argv[1]), cache=Path(sys.argv[2]))\n"
        "assert not {'torch', 'segment_anything'} & set(sys.modules), sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", program, str(vit_b[0]), str(cache)], check=True)


def test_the_two_precisions_are_converted_beside_each_other(
    vit_b: tuple[Path, Any], cache: Path
) -> None:
    load_sam(vit_b[0], cache=cache)
    exact = load_sam(vit_b[0], cache=cache, precision="exact")
    assert exact.info.precision == "float32"
    sizes = sorted(file.stat().st_size for file in cache.rglob("encoder.bin"))
    assert len(sizes) == 2 and sizes[0] == pytest.approx(sizes[1] / 2, rel=0.01)


def test_torch_serves_where_openvino_cannot(
    vit_b: tuple[Path, Any], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: Any, **__: Any) -> Any:
        raise EngineError("OpenVINO cannot run ViT-B here.", "PyTorch runs it.")

    monkeypatch.setattr(load, "_openvino", cannot)
    segmenter = load_sam(vit_b[0], cache=cache, precision="exact")
    assert "OpenVINO cannot" in segmenter.info.remark
    assert_equal_to_oracle(segmenter, vit_b[1], picture((768, 1200)), PROMPT)


def test_a_folder_that_cannot_be_written_is_told_and_torch_serves(
    vit_b: tuple[Path, Any], tmp_path: Path
) -> None:
    blocked = tmp_path / "cache"
    blocked.mkdir()
    (blocked / "openvino").write_text("a file where a folder should be")
    segmenter = load_sam(vit_b[0], cache=blocked)
    assert "cannot be written" in segmenter.info.remark
    assert segmenter.info.checkpoint == "vit_b"


def test_a_damaged_conversion_is_not_taken(tmp_path: Path) -> None:
    sha256 = "0" * 64
    folder = tmp_path / f"{sha256[:16]}-{convert.VERSION}"
    assert find_converted(sha256, tmp_path, exact=False) is None
    folder.mkdir()
    write_converted(tiny_sam(), folder, kind="vit_b", name="ViT-B", sha256=sha256, exact=False)
    assert find_converted(sha256, tmp_path, exact=False) is not None
    assert find_converted(sha256, tmp_path, exact=True) is None
    assert find_converted(sha256[:16] + "1" * 48, tmp_path, exact=False) is None
    with (folder / "encoder.bin").open("r+b") as stream:
        stream.truncate(1000)
    assert find_converted(sha256, tmp_path, exact=False) is None
    (folder / "checkpoint.json").write_text("{")
    assert find_converted(sha256, tmp_path, exact=False) is None


def test_a_cancelled_conversion_leaves_nothing(vit_b: tuple[Path, Any], tmp_path: Path) -> None:
    token = CancelToken()
    outdated = tmp_path / f"{'0' * 16}-{convert.VERSION - 1}"
    outdated.mkdir()
    with pytest.raises(Cancelled):
        convert_checkpoint(
            vit_b[0], "0" * 64, tmp_path, token, lambda _: token.cancel(), exact=False
        )
    # Nor does what another version of the program cannot use any more.
    assert list(tmp_path.iterdir()) == []


def test_what_the_other_process_says_is_told(tmp_path: Path) -> None:
    path = tmp_path / "no checkpoint.pth"
    torch.save({"weight": torch.zeros(3)}, path)
    with pytest.raises(CheckpointError, match="not a Segment Anything checkpoint"):
        convert_checkpoint(path, "0" * 64, tmp_path / "cache", CancelToken(), exact=False)
    assert list((tmp_path / "cache").iterdir()) == []


def test_too_little_disk_is_told_before_anything_is_done(
    vit_b: tuple[Path, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("usage", (), {"free": 10})
    monkeypatch.setattr(convert.shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(EngineError, match="are free"):
        convert_checkpoint(vit_b[0], "0" * 64, tmp_path, CancelToken(), exact=False)


def test_two_that_tidy_the_same_folder_do_not_trip_over_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remains = [tmp_path / f".remains{number}" for number in range(3)]
    for one in remains:
        one.mkdir()
        os.utime(one, (0, 0))
    remove = shutil.rmtree

    def remove_all(*_: Any, **__: Any) -> None:
        # Another process has come to the others meanwhile.
        for one in remains:
            remove(one, ignore_errors=True)

    monkeypatch.setattr(convert.shutil, "rmtree", remove_all)
    convert._remove_remains(tmp_path, "0" * 64)
    assert not any(one.exists() for one in remains)


def test_the_converter_reports_nothing_to_its_makers(tmp_path: Path) -> None:
    code = (
        "import sys; from samdesk.engine.sam import convert;"
        f"assert convert.main([{str(tmp_path / 'no.pth')!r}, {str(tmp_path)!r}]) == 1;"
        "from openvino.tools.ovc import convert_impl, main, telemetry_utils, utils;"
        "print({module.tm.__name__ for module in (convert_impl, main, telemetry_utils, utils)})"
    )
    # It goes on for as long as its standard input is open.
    theirs, ours = os.pipe()
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, stdin=theirs)
    os.close(theirs)
    os.close(ours)
    assert run.stdout.strip().endswith("{'openvino.tools.ovc.telemetry_stub'}"), run.stderr


def test_the_reason_is_read_whatever_encoding_it_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where a process writes to a pipe in the language's old encoding."""
    folder = tmp_path / "M\u00fcller" / "segment_anything"
    folder.mkdir(parents=True)
    words = "import sys; sys.stderr.buffer.write(b'M\\xfcller\\n'); raise ImportError('no DLL')"
    (folder / "__init__.py").write_text(words)
    monkeypatch.syspath_prepend(str(folder.parent))
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    path = tmp_path / "x.pth"
    path.write_bytes(b"x")
    with pytest.raises(EngineError, match="ImportError: no DLL"):
        convert_checkpoint(path, "0" * 64, tmp_path / "cache", CancelToken(), exact=False)


def test_models_of_another_version_stay_while_that_is_used(tmp_path: Path) -> None:
    used, unused = (tmp_path / f"{'0' * 16}-other{number}" for number in range(2))
    for folder in (used, unused):
        folder.mkdir()
        (folder / "checkpoint.json").write_text("{}")
    long_ago = time.time() - 40 * 86400
    os.utime(unused / "checkpoint.json", (long_ago, long_ago))
    convert._remove_remains(tmp_path, "0" * 64)
    assert list(tmp_path.iterdir()) == [used]
