"""Downloads that break, stall or find another file than before, and go on where that is safe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from samdesk.engine.download import (
    DownloadProgress,
)
from tests.engine.download.downloads import (
    CONTENT,
    FILE,
    OTHER,
    QUICK,
    SIZE,
    entry,
    fetch,
    leave,
    refused,
    starts,
)
from tests.engine.http_server import Answer, Server

STALLING = replace(QUICK, read=0.2)


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


def test_without_hash_and_etag_a_file_is_no_patchwork(server: Server, tmp_path: Path) -> None:
    server.etag = None
    server.script = [Answer(break_after=100_000)]
    wanted = replace(entry(server), sha256="")
    assert fetch(wanted, tmp_path).read_bytes() == CONTENT
    assert starts(server) == [0, 0]
