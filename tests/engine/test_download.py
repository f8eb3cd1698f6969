"""Downloads from a real server on this machine that breaks, stalls, lies and changes its mind."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from samdesk.engine.base import Cancelled, CancelToken
from samdesk.engine.checkpoint import Checkpoint, checkpoint
from samdesk.engine.download import (
    MARGIN_BYTES,
    DownloadError,
    DownloadProgress,
    Patience,
    download,
    download_url,
    verify,
)
from samdesk.engine.download.part import Part
from samdesk.errors import CheckpointError
from tests.engine.http_server import Answer, Server

SIZE = 300_000
CONTENT = random.Random(1).randbytes(SIZE)
OTHER = random.Random(2).randbytes(SIZE)
QUICK = Patience(connect=5, read=5, attempts=3, backoff=0.01, longest=0.02)
STALLING = replace(QUICK, read=0.2)
FILE = "sam.pth"

CHILD = """
import sys
from dataclasses import replace
from pathlib import Path
from samdesk.engine.base import CancelToken
from samdesk.engine.checkpoint import checkpoint
from samdesk.engine.download import download

folder, url, size, sha256 = sys.argv[1:]
entry = replace(checkpoint("vit_b"), file="sam.pth", url=url, bytes=int(size), sha256=sha256)
download(entry, Path(folder), token=CancelToken(), progress=lambda progress: None)
"""


@pytest.fixture(autouse=True)
def plain_network(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SAMDESK_CHECKPOINT_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(CONTENT) as server:
        yield server


def entry(server: Server, content: bytes = CONTENT) -> Checkpoint:
    return replace(
        checkpoint("vit_b"),
        file=FILE,
        url=f"{server.url}/{FILE}",
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def silent(progress: DownloadProgress) -> None:
    pass


def fetch(
    wanted: Checkpoint,
    folder: Path,
    *,
    patience: Patience = QUICK,
    token: CancelToken | None = None,
    progress: Callable[[DownloadProgress], None] = silent,
) -> Path:
    return download(
        wanted, folder, token=token or CancelToken(), progress=progress, patience=patience
    )


def refused(wanted: Checkpoint, folder: Path, patience: Patience = QUICK) -> DownloadError:
    """The error of a download that fails; nothing has got the checkpoint's name."""
    with pytest.raises(DownloadError) as failed:
        fetch(wanted, folder, patience=patience)
    assert not (folder / FILE).exists()
    assert "ViT-B" in failed.value.title
    assert failed.value.hint
    return failed.value


def leave(wanted: Checkpoint, folder: Path, server: Server, size: int) -> None:
    """Has a download stop after some bytes."""
    server.script = [Answer(break_after=size), *[Answer(status=503)] * QUICK.attempts]
    refused(wanted, folder)
    assert (folder / f"{FILE}.part").stat().st_size == size
    server.script.clear()
    server.requests.clear()
    server.sent = 0


def starts(server: Server) -> list[int]:
    """Where each request asked the file to start."""
    return [
        int(asked.range.removeprefix("bytes=").removesuffix("-")) if asked.range else 0
        for asked in server.requests
    ]


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


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


def test_breaks_are_resumed_where_they_happened(server: Server, tmp_path: Path) -> None:
    server.script = [Answer(break_after=50_000)] * 5
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert starts(server) == [0, 50_000, 100_000, 150_000, 200_000, 250_000]
    assert server.sent == SIZE
    assert {asked.if_range for asked in server.requests[1:]} == {'"first"'}


def test_a_later_call_goes_on_where_the_last_one_stopped(server: Server, tmp_path: Path) -> None:
    leave(entry(server), tmp_path, server, 120_000)
    told: list[DownloadProgress] = []
    assert fetch(entry(server), tmp_path, progress=told.append).read_bytes() == CONTENT
    assert told[0].received == 120_000
    assert server.sent == SIZE - 120_000


def test_a_whole_part_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    leave(entry(server), tmp_path, server, SIZE - 1)
    with (tmp_path / f"{FILE}.part").open("ab") as part:
        part.write(CONTENT[-1:])
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert not server.requests


@pytest.mark.parametrize("sidecar", [None, "", "[]", '{"url": 1}', '{"url": "http://elsewhere"}'])
def test_a_part_of_unknown_origin_is_not_used(
    server: Server, tmp_path: Path, sidecar: str | None
) -> None:
    leave(entry(server), tmp_path, server, 120_000)
    if sidecar is None:
        (tmp_path / f"{FILE}.part.json").unlink()
    else:
        (tmp_path / f"{FILE}.part.json").write_text(sidecar)
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert starts(server) == [0]


def test_a_part_that_is_too_long_is_not_used(server: Server, tmp_path: Path) -> None:
    leave(entry(server), tmp_path, server, 120_000)
    with (tmp_path / f"{FILE}.part").open("ab") as part:
        part.write(OTHER)
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert starts(server) == [0]


@pytest.mark.parametrize("stall", [Answer(stall=True), Answer(stall_after=70_000)])
def test_a_stall_is_broken_off_and_resumed(server: Server, tmp_path: Path, stall: Answer) -> None:
    server.script = [stall]
    assert fetch(entry(server), tmp_path, patience=STALLING).read_bytes() == CONTENT
    assert starts(server)[:2] == [0, stall.stall_after or 0]


def test_a_server_without_ranges_starts_over(server: Server, tmp_path: Path) -> None:
    server.script = [Answer(break_after=100_000)]
    server.usual = Answer(ranges=False)
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert server.sent == SIZE + 100_000


def test_a_server_without_ranges_that_always_breaks_is_given_up(
    server: Server, tmp_path: Path
) -> None:
    server.usual = Answer(ranges=False, break_after=100_000)
    refused(entry(server), tmp_path)
    assert len(server.requests) == QUICK.attempts


@pytest.mark.parametrize("etag", ['"second"', 'W/"second"', None])
def test_a_file_that_changed_starts_over(server: Server, tmp_path: Path, etag: str | None) -> None:
    """Also where the server does not heed If-Range, or has no ETag any more."""
    server.content, server.etag = OTHER, '"old"'
    leave(entry(server), tmp_path, server, 100_000)
    server.content, server.etag = CONTENT, etag
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert starts(server) == [100_000]
    assert server.requests[0].if_range == '"old"'


def test_a_range_of_another_file_is_not_appended(server: Server, tmp_path: Path) -> None:
    leave(entry(server), tmp_path, server, 100_000)
    server.script = [Answer(headers={"ETag": '"second"'})]
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert starts(server) == [100_000, 0]


def test_a_range_from_elsewhere_is_not_appended(server: Server, tmp_path: Path) -> None:
    server.script = [Answer(break_after=100_000), Answer(shift=1)]
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert starts(server) == [0, 100_000, 0]


def test_a_file_that_became_shorter_starts_over(server: Server, tmp_path: Path) -> None:
    unknown = replace(entry(server), bytes=0)
    server.content = CONTENT + OTHER
    leave(unknown, tmp_path, server, SIZE + 1)
    server.content = CONTENT
    assert fetch(unknown, tmp_path).read_bytes() == CONTENT
    assert starts(server) == [SIZE + 1, 0]


@pytest.mark.parametrize("length", [SIZE - 1000, SIZE + 1000])
def test_another_length_is_refused_before_it_is_fetched(
    server: Server, tmp_path: Path, length: int
) -> None:
    leave(entry(server), tmp_path, server, 120_000)
    server.usual = Answer(length=length, ranges=False)
    assert f"{length:,}" in refused(entry(server), tmp_path).title
    assert len(server.requests) == 1
    assert (tmp_path / f"{FILE}.part").read_bytes() == CONTENT[:120_000]


def test_more_than_promised_is_refused(server: Server, tmp_path: Path) -> None:
    server.content = CONTENT + OTHER
    server.usual = Answer(length=-1)
    assert "more" in refused(entry(server), tmp_path).title
    assert not (tmp_path / f"{FILE}.part").exists()


def test_less_than_promised_is_asked_for_again(server: Server, tmp_path: Path) -> None:
    server.script = [
        Answer(length=-1, break_after=100_000),
        Answer(break_after=10_000, length=10_000),
    ]
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert starts(server) == [0, 100_000, 110_000]


def test_less_than_promised_for_ever_is_refused(server: Server, tmp_path: Path) -> None:
    server.content = CONTENT[:-1000]
    server.usual = Answer(length=-1)
    refused(entry(server), tmp_path)


def test_redirects_are_followed(server: Server, tmp_path: Path) -> None:
    away = Answer(status=302, headers={"Location": f"{server.url}/elsewhere?signed=1"})
    server.script = [away, Answer(break_after=100_000), away]
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert server.requests[1].path == "/elsewhere?signed=1"
    assert server.requests[3].range == "bytes=100000-"


def test_redirects_without_end_are_refused(server: Server, tmp_path: Path) -> None:
    server.usual = Answer(status=302, headers={"Location": server.url})
    assert "redirect" in refused(entry(server), tmp_path).title


@pytest.mark.parametrize("status", [401, 403, 404, 410, 204])
def test_a_refusal_is_told_at_once(server: Server, tmp_path: Path, status: int) -> None:
    server.usual = Answer(status=status)
    error = refused(entry(server), tmp_path)
    assert str(status) in error.title
    assert "SAMDESK_CHECKPOINT_URL" in error.hint and str(tmp_path) in error.hint
    assert len(server.requests) == 1
    assert not (tmp_path / f"{FILE}.part").exists()


def test_a_busy_server_is_asked_again(server: Server, tmp_path: Path) -> None:
    server.script = [Answer(status=503), Answer(status=500)]
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert len(server.requests) == 3


def test_a_server_that_stays_busy_is_given_up(server: Server, tmp_path: Path) -> None:
    server.usual = Answer(status=503)
    assert "503" in refused(entry(server), tmp_path).title
    assert len(server.requests) == QUICK.attempts


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [("1", 1.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", 0.0), ("-1", 0.0)],
)
def test_retry_after_is_heeded(server: Server, tmp_path: Path, asked: str, seconds: float) -> None:
    server.script = [Answer(status=429, headers={"Retry-After": asked})]
    begin = time.monotonic()
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert time.monotonic() - begin >= seconds


def test_a_wrong_hash_never_becomes_a_checkpoint(server: Server, tmp_path: Path) -> None:
    server.content = OTHER
    assert "SHA-256" in refused(entry(server), tmp_path).title
    assert {found.name for found in tmp_path.iterdir()} <= {f"{FILE}.lock"}


def test_no_connection(tmp_path: Path) -> None:
    with Server(CONTENT) as server:
        wanted = entry(server)
    assert "connection" in refused(wanted, tmp_path).title


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "nonsense", "http://[::1", "http:///x"])
def test_an_address_that_is_none(server: Server, tmp_path: Path, url: str) -> None:
    refused(replace(entry(server), url=url), tmp_path)


def test_proxy_settings_that_are_none(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1")
    assert "ALL_PROXY" in refused(entry(server), tmp_path).hint


def test_a_certificate_that_cannot_be_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(CONTENT, tmp_path) as server:
        error = refused(entry(server), tmp_path)
        assert "certificate" in error.title and "SSL_CERT_FILE" in error.hint
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        assert fetch(entry(server), tmp_path).read_bytes() == CONTENT


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


@pytest.mark.parametrize(
    "answer",
    [Answer(stall=True), Answer(stall_after=70_000), Answer(status=503)],
    ids=["no answer", "stall", "pause"],
)
def test_a_cancel_does_not_wait_for_the_network(
    server: Server, tmp_path: Path, answer: Answer
) -> None:
    server.usual = answer
    token = CancelToken()
    received = answer.stall_after or 0

    def cancel() -> None:
        part = tmp_path / f"{FILE}.part"
        wait_for(lambda: bool(server.requests) and part.stat().st_size == received)
        token.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    begin = time.monotonic()
    with pytest.raises(Cancelled):
        fetch(entry(server), tmp_path, token=token, patience=Patience(60, 60, 6, 60, 60))
    assert time.monotonic() - begin < 30
    thread.join()
    server.usual = Answer()
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert server.sent == SIZE


def test_a_cancelled_token_fetches_nothing(server: Server, tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        fetch(entry(server), tmp_path, token=token)
    assert not server.requests


def child(wanted: Checkpoint, folder: Path) -> subprocess.Popen[bytes]:
    code = [sys.executable, "-c", CHILD]
    return subprocess.Popen([*code, str(folder), wanted.url, str(wanted.bytes), wanted.sha256])


def test_killed_five_times_no_byte_is_fetched_twice_beyond_a_chunk(tmp_path: Path) -> None:
    chunk = 1 << 19
    rng = random.Random(7)
    content = rng.randbytes(12 * chunk)
    part = tmp_path / f"{FILE}.part"
    with Server(content) as server:
        server.usual = Answer(pace=0.002)
        wanted = entry(server, content)
        left = []
        for point in sorted(rng.sample(range(chunk, 11 * chunk), 5)):
            with child(wanted, tmp_path) as process:
                wait_for(lambda point=point: part.exists() and part.stat().st_size >= point)
                process.kill()
            left.append(part.stat().st_size)
        with child(wanted, tmp_path) as process:
            assert process.wait() == 0
        assert starts(server) == [0, *left]
        assert server.sent <= len(content) + 5 * chunk
    assert (tmp_path / FILE).read_bytes() == content


def test_two_processes_fetch_a_file_once(server: Server, tmp_path: Path) -> None:
    server.usual = Answer(pace=0.1)
    told: list[DownloadProgress] = []
    with child(entry(server), tmp_path) as process:
        wait_for(lambda: server.sent > 0)
        fetch(entry(server), tmp_path, progress=told.append)
        assert process.wait() == 0
    assert (tmp_path / FILE).read_bytes() == CONTENT
    assert server.sent == SIZE
    assert any(0 < progress.received < SIZE for progress in told)


def test_a_process_takes_over_from_one_that_died(server: Server, tmp_path: Path) -> None:
    server.script = [Answer(stall_after=100_000)]
    with child(entry(server), tmp_path) as process:

        def kill(progress: DownloadProgress) -> None:
            if progress.received == 100_000:
                process.kill()

        wait_for(lambda: server.sent == 100_000)
        fetch(entry(server), tmp_path, progress=kill)
    assert (tmp_path / FILE).read_bytes() == CONTENT
    assert starts(server) == [0, 100_000]


def test_a_cancel_does_not_wait_for_another_process(server: Server, tmp_path: Path) -> None:
    server.script = [Answer(stall_after=100_000)]
    with child(entry(server), tmp_path) as process:
        token = CancelToken()
        wait_for(lambda: server.sent == 100_000)
        with pytest.raises(Cancelled):
            fetch(entry(server), tmp_path, token=token, progress=lambda progress: token.cancel())
        process.kill()
    assert (tmp_path / f"{FILE}.part").read_bytes() == CONTENT[:100_000]


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


def test_a_password_is_neither_shown_nor_kept(server: Server, tmp_path: Path) -> None:
    wanted = replace(entry(server), url=server.url.replace("//", "//me:sec@secret@") + "/sam")
    leave(wanted, tmp_path, server, 100_000)
    source = json.loads((tmp_path / f"{FILE}.part.json").read_text())
    assert source["url"] == f"{server.url}/sam"
    server.script = [Answer(status=403)]
    assert "secret" not in str(refused(wanted, tmp_path))
    assert fetch(wanted, tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_is_used(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, server.url)
    wanted = replace(entry(server), url=f"http://checkpoints.invalid/{FILE}")
    assert fetch(wanted, tmp_path).read_bytes() == CONTENT
    assert server.requests[0].path == f"http://checkpoints.invalid/{FILE}"


@pytest.mark.parametrize("size", [0, SIZE])
def test_an_entry_without_a_hash_is_taken_by_its_length(
    server: Server, tmp_path: Path, size: int
) -> None:
    wanted = replace(entry(server), bytes=size, sha256="")
    leave(wanted, tmp_path, server, 100_000)
    assert fetch(wanted, tmp_path).read_bytes() == CONTENT
    assert starts(server) == [100_000]


def test_without_hash_and_etag_a_file_is_no_patchwork(server: Server, tmp_path: Path) -> None:
    server.etag = None
    server.script = [Answer(break_after=100_000)]
    wanted = replace(entry(server), sha256="")
    assert fetch(wanted, tmp_path).read_bytes() == CONTENT
    assert starts(server) == [0, 0]


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
