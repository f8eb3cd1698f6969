"""A server on this machine, reached without proxies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.download.downloads import CONTENT
from tests.engine.http_server import Server


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
