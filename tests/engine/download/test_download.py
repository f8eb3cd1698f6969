"""Downloads from a real server on this machine: what is fetched, from where, and verified."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import filelock
import pytest

from samdesk.engine.base import Cancelled, CancelToken
from samdesk.engine.checkpoint import Checkpoint, checkpoint
from samdesk.engine.download import (
    MARGIN_BYTES,
    DownloadError,
    DownloadProgress,
    download,
    download_url,
    verify,
)
from samdesk.engine.download.part import Part
from samdesk.errors import CheckpointError
from tests.engine.download.downloads import (
    CONTENT,
    FILE,
    OTHER,
    SIZE,
    entry,
    fetch,
    leave,
    refused,
    silent,
    starts,
)
from tests.engine.http_server import Answer, Server


def test_a_download_is_the_file_and_nothing_else_stays(server: Server, tmp_path: Path) -> None:
    told: list[DownloadProgress] = []
    folder = tmp_path / "not" / "yet"
    path = fetch(entry(server), folder, progress=told.append)
    assert path == folder / FILE
    assert path.read_bytes() == CONTENT
    assert {found.name for found in folder.iterdir()} <= {FILE, f"{FILE}.lock"}
    assert told[-1].received == told[-1].total == SIZE
    assert [progress.received for progress in told] == sorted(p.received for p in told)
    assert server.sent == SIZE


def test_progress_tells_speed_and_time_left(server: Server, tmp_path: Path) -> None:
    told: list[DownloadProgress] = []
    server.usual = Answer(pace=0.05)
    fetch(entry(server), tmp_path, progress=told.append)
    under_way = [progress for progress in told if 0 < progress.received < SIZE]
    assert any(
        progress.seconds_left
        == pytest.approx((SIZE - progress.received) / progress.bytes_per_second)
        for progress in under_way
        if progress.bytes_per_second
    )


def test_what_is_there_is_not_fetched(server: Server, tmp_path: Path) -> None:
    wanted = entry(server)
    fetch(wanted, tmp_path)
    fetch(wanted, tmp_path)
    assert len(server.requests) == 1
    (tmp_path / FILE).write_bytes(b"a stump")
    assert fetch(wanted, tmp_path).read_bytes() == CONTENT


def test_too_little_disk_space_is_told_before(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(entry(server), tmp_path, server, 120_000)
    free = MARGIN_BYTES + SIZE - 120_000
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free - 1))
    title = refused(entry(server), tmp_path).title
    assert title.count("100 MB") == 2
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT


def test_a_disk_that_fills_up(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = Part.append

    def full(part: Part, block: bytes) -> None:
        append(part, block[: 100_000 - part.size])
        if part.size == 100_000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(Part, "append", full)
        assert "free disk space" in refused(entry(server), tmp_path).title
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert starts(server) == [0, 100_000]


def test_a_folder_that_cannot_be_written(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DownloadError, match="ViT-B checkpoint could not be written"):
        fetch(entry(server), tmp_path / "file")


def test_a_mirror_takes_the_place_of_the_published_address(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = replace(entry(server), url="http://127.0.0.1:9/nowhere")
    assert download_url(wanted) == wanted.url
    for mirror in (f"{server.url}/sam", f"{server.url}/sam/"):
        monkeypatch.setenv("SAMDESK_CHECKPOINT_URL", mirror)
        assert download_url(wanted) == f"{server.url}/sam/{FILE}"
    assert fetch(wanted, tmp_path).read_bytes() == CONTENT
    assert server.requests[0].path == f"/sam/{FILE}"


def test_a_file_of_ones_own_is_not_looked_for_elsewhere(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMDESK_CHECKPOINT_URL", server.url)
    mine = replace(entry(server), file=str(tmp_path / FILE), url="")
    assert str(tmp_path / FILE) in refused(mine, tmp_path / "checkpoints").hint
    (tmp_path / FILE).write_bytes(CONTENT)
    assert fetch(mine, tmp_path / "checkpoints") == tmp_path / FILE
    assert not server.requests


def test_an_address_of_the_caller_comes_first(server: Server, tmp_path: Path) -> None:
    wanted = replace(entry(server), url="http://127.0.0.1:9/nowhere")
    url = f"{server.url}/mine"
    path = download(wanted, tmp_path, token=CancelToken(), progress=silent, url=url)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("size", [0, SIZE])
def test_an_entry_without_a_hash_is_taken_by_its_length(
    server: Server, tmp_path: Path, size: int
) -> None:
    wanted = replace(entry(server), bytes=size, sha256="")
    leave(wanted, tmp_path, server, 100_000)
    assert fetch(wanted, tmp_path).read_bytes() == CONTENT
    assert starts(server) == [100_000]


def test_a_file_of_which_nothing_is_known(server: Server, tmp_path: Path) -> None:
    told: list[DownloadProgress] = []
    server.usual = Answer(length=-1)
    wanted = replace(entry(server), bytes=0, sha256="")
    assert fetch(wanted, tmp_path, progress=told.append).read_bytes() == CONTENT
    assert {progress.seconds_left for progress in told} == {None}
    server.content = b""
    (tmp_path / FILE).unlink()
    refused(wanted, tmp_path)


def test_verify(server: Server, tmp_path: Path) -> None:
    wanted = entry(server)
    told: list[DownloadProgress] = []
    path = tmp_path / "mine.pth"

    def verified(known: Checkpoint = wanted) -> bool:
        return verify(known, path, token=CancelToken(), progress=told.append)

    with pytest.raises(CheckpointError, match=r"mine\.pth"):
        verified()
    path.write_bytes(CONTENT[:-1])
    assert not verified()
    assert not told
    path.write_bytes(CONTENT)
    assert verified()
    assert told[-1].received == told[-1].total == SIZE
    path.write_bytes(OTHER)
    assert not verified()
    assert verified(replace(wanted, sha256=""))
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        verify(wanted, path, token=token, progress=silent)


def test_a_checkpoint_of_ones_own_is_not_looked_for_at_the_mirror(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SAMDESK_CHECKPOINT_URL", "https://mirror.example/sam")
    published = checkpoint("vit_b")
    own = replace(published, name="cells", file="own-cells.pth", url="https://lab.example/x.pth")
    assert download_url(published) == f"https://mirror.example/sam/{published.file}"
    assert download_url(own) == own.url


def test_a_drive_without_locks_is_downloaded_to(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_lock: filelock.BaseFileLock) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(filelock.BaseFileLock, "acquire", refuse)
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
