"""`samdesk doctor`, `recommend` and `checkpoints`."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import torch
from segment_anything import sam_model_registry

from samdesk import cli


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    folder = tmp_path / "served"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("arguments", "kind", "device"),
    [
        ("--total-vram-gb 8.586", "vit_l", "cuda:0"),
        ("--total-vram-gb 24.15", "vit_h", "cuda:0"),
        ("--total-vram-gb 6.4", "vit_b", "cuda:0"),
        ("--total-vram-gb 16.4", "vit_l", "cuda:0"),
        ("--policy arr-coc --free-vram-gb 12", "vit_h", "cuda:0"),
        ("--policy arr-coc --free-vram-gb 6", "vit_l", "cuda:0"),
        ("--policy arr-coc --free-vram-gb 5.9", "vit_b", "cuda:0"),
        ("--ram-gb 16", "vit_b", "cpu"),
        ("--total-vram-gb 24 --free-vram-gb 3.2", "vit_l", "cuda:0"),
    ],
)
def test_recommend_for_a_supposed_machine(
    arguments: str, kind: str, device: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["recommend", "--json", *arguments.split()]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {
        "checkpoint",
        "device",
        "precision",
        "policy",
        "tier",
        "reason",
        "fits",
    }
    assert (found["checkpoint"], found["device"], found["fits"]) == (kind, device, True)


def test_doctor_tells_of_this_machine(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    code = cli.main(["doctor", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert code == (1 if report["problems"] else 0)
    assert report["hardware"]["cores"] >= 1
    assert report["folders"]["data"]["path"] == str(home / "data")
    assert report["folders"]["data"]["free_bytes"] > 0
    assert report["libraries"]["torch"]
    assert cli.main(["doctor"]) == code
    assert report["recommendation"]["checkpoint"] in capsys.readouterr().out.lower().replace(
        "-", "_"
    )


def test_doctor_tells_of_folders_that_cannot_be(
    capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "data").symlink_to(home / "unplugged", target_is_directory=True)
    (home / "cache").write_bytes(b"")
    disk_usage = shutil.disk_usage

    def fail(path: Path) -> Any:
        if path == home / "config":
            raise PermissionError(errno.EACCES, "Permission denied")
        return disk_usage(path)

    (home / "config").mkdir()
    monkeypatch.setattr(shutil, "disk_usage", fail)
    assert cli.main(["doctor", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    unusable = {name for name, one in report["folders"].items() if one["free_bytes"] is None}
    assert unusable == {"config", "data", "cache"}


def test_doctor_needs_neither_qt_nor_torch(home: Path) -> None:
    code = (
        "import sys\n"
        "for name in ('PySide6', 'torch', 'torchvision', 'segment_anything'):\n"
        "    sys.modules[name] = None\n"
        "import samdesk.cli\n"
        "sys.exit(samdesk.cli.main(['doctor']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    assert "recommended" in done.stdout


def test_checkpoints_download_verify_and_list(
    server: tuple[str, Path], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, folder = server
    content = b"weights" * 1000
    (folder / "tuned.pth").write_bytes(content)
    entry = {
        "name": "tuned",
        "kind": "vit_b",
        "url": f"{url}/tuned.pth",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    (home / "checkpoints.json").write_text(json.dumps([entry]))
    assert cli.main(["checkpoints", "verify", "tuned"]) == 1
    assert "not on this machine" in capsys.readouterr().err
    assert cli.main(["checkpoints", "download", "tuned", "--json"]) == 0
    path = Path(json.loads(capsys.readouterr().out)["path"])
    assert path.read_bytes() == content
    assert cli.main(["checkpoints", "verify", "tuned"]) == 0
    path.write_bytes(content[::-1])
    capsys.readouterr()
    assert cli.main(["checkpoints", "verify", "tuned", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["verified"] is False
    assert cli.main(["checkpoints", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["name"], bool(row["path"])) for row in rows] == [
        ("ViT-H", False),
        ("ViT-L", False),
        ("ViT-B", False),
        ("tuned", True),
    ]


def test_a_published_checkpoint_with_another_content_is_refused(
    server: tuple[str, Path],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url, folder = server
    (folder / "sam_vit_b_01ec64.pth").write_bytes(b"not the weights")
    monkeypatch.setenv("SAMDESK_CHECKPOINT_URL", url)
    assert cli.main(["checkpoints", "download", "vit_b"]) == 1
    assert "ViT-B" in capsys.readouterr().err
    assert not (home / "checkpoints" / "sam_vit_b_01ec64.pth").exists()


def test_adding_a_file_of_ones_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    path = tmp_path / "my tuning.bin"
    torch.save(sam_model_registry["vit_b"]().half().state_dict(), path)
    assert cli.main(["checkpoints", "add", str(path), "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["name"], row["kind"], row["path"]) == ("my tuning", "vit_b", str(path))
    assert cli.main(["checkpoints", "verify", "my tuning"]) == 0
    assert cli.main(["checkpoints", "add", str(tmp_path / "none.pth")]) == 1


def test_two_files_of_one_name_are_two_checkpoints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    files = [tmp_path / name / "best.pth" for name in ("cells", "nuclei")]
    for file in files:
        file.parent.mkdir()
    torch.save(sam_model_registry["vit_b"]().half().state_dict(), files[0])
    files[1].hardlink_to(files[0])
    for file in (*files, files[1]):
        assert cli.main(["checkpoints", "add", str(file)]) == 0
    entries = json.loads((home / "checkpoints.json").read_text())
    assert [(one["name"], one["path"]) for one in entries] == [
        ("best", str(files[0])),
        ("best (nuclei)", str(files[1])),
    ]


@pytest.mark.parametrize(
    "arguments",
    [["doctor"], ["doctor", "--json"], ["checkpoints", "list"], ["checkpoints", "list", "--json"]],
)
def test_any_letter_goes_through_a_pipe_on_windows(arguments: list[str], tmp_path: Path) -> None:
    home = tmp_path / "\u0141ukasz"
    home.mkdir()
    own = [{"name": "\u0141\u00f3d\u017a", "kind": "vit_b", "url": "http://x/y.pth"}]
    (home / "checkpoints.json").write_text(json.dumps(own))
    told = subprocess.run(
        [sys.executable, "-m", "samdesk.cli", *arguments],
        env={**os.environ, "SAMDESK_HOME": str(home), "PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in told.stderr
    assert b"\\u0141" in told.stdout
