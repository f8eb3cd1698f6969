"""What a server may answer: other lengths, redirects, refusals, other bytes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

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


def test_a_page_to_log_in_does_not_cost_what_has_arrived(server: Server, tmp_path: Path) -> None:
    leave(entry(server), tmp_path, server, 120_000)
    page = {"Content-Type": "text/html; charset=utf-8"}
    server.script = [Answer(length=-1, ranges=False, headers=page)]
    error = refused(entry(server), tmp_path)
    assert "web page" in error.title and "log in" in error.hint
    assert (tmp_path / f"{FILE}.part").stat().st_size == 120_000
    assert fetch(entry(server), tmp_path).read_bytes() == CONTENT
    assert starts(server) == [120_000, 120_000]
