"""`samdesk auto --shards` of a tiny SAM, slow enough to be killed on the way."""

from __future__ import annotations

import sys

import pytest

from samdesk import cli
from tests.automatic_child import SlowSegmenter, use


def main() -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        use(monkeypatch, SlowSegmenter(0.1))
        cli.main(["auto", *sys.argv[1:]])


if __name__ == "__main__":
    main()
