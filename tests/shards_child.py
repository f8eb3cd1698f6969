"""`samdesk auto --shards` of a tiny SAM that is never done with its eleventh image."""

from __future__ import annotations

import sys
import time
from typing import Any

import pytest

from samdesk import cli
from tests.automatic_child import SlowSegmenter, use


class WaitingSegmenter(SlowSegmenter):
    def embed(self, *arguments: Any, **named: Any) -> Any:
        if self.encoded == 10:
            time.sleep(600)
        return super().embed(*arguments, **named)


def main() -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        use(monkeypatch, WaitingSegmenter())
        cli.main(["auto", *sys.argv[1:]])


if __name__ == "__main__":
    main()
