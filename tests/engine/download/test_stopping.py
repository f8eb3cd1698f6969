"""Downloads that are cancelled or killed, and several processes that want the same file."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from samdesk.engine.base import Cancelled, CancelToken
from samdesk.engine.checkpoint import Checkpoint
from samdesk.engine.download import (
    DownloadProgress,
    Patience,
)
from tests.engine.download.downloads import CONTENT, FILE, SIZE, entry, fetch, starts
from tests.engine.http_server import Answer, Server

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


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


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
