"""Addresses, proxies and certificates on the way to a server."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.download.downloads import CONTENT, FILE, entry, fetch, leave, refused
from tests.engine.http_server import Answer, Server


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
