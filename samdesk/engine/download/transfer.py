"""Requests one after the other, until a file is whole and right."""

from __future__ import annotations

import errno
import queue
import re
import shutil
import ssl
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from samdesk import __version__
from samdesk.engine.base import CancelToken
from samdesk.engine.checkpoint import Checkpoint
from samdesk.engine.download.fetch import TICK, Fetch, Item, Patience, extent, retry_after
from samdesk.engine.download.part import Part, Source
from samdesk.engine.download.progress import Meter
from samdesk.errors import SamdeskError
from samdesk.text import Text

MARGIN_BYTES = 100_000_000
"""What a download leaves free on the disk."""

_PASSING = {408, 425, 429}  # with 5xx, the answers that may be another one soon
_CHANGED = Text("the file on the server changed")


class DownloadError(SamdeskError):
    """A checkpoint that could not be downloaded."""


class Broken(Exception):
    """An attempt that failed in a way that the next may not; `wait` as the server asked for."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass
class Transfer:
    """One call of `download`, once it has the lock."""

    checkpoint: Checkpoint
    url: str
    target: Path
    part: Part
    token: CancelToken
    meter: Meter
    patience: Patience

    @property
    def shown(self) -> str:
        """The URL without a password: that belongs neither into messages nor onto the disk."""
        return re.sub(r"(?<=//)[^/]*@", "", self.url)

    @property
    def by_hand(self) -> str:
        """What else people can do."""
        return Text(
            "Set SAMDESK_CHECKPOINT_URL to a mirror, or put {file} into {folder} by hand.",
            file=self.checkpoint.file,
            folder=self.target.parent,
        )

    @property
    def expected(self) -> int:
        """The length of the whole file in bytes; 0 while unknown."""
        return self.checkpoint.bytes or (self.part.source.total if self.part.source else 0)

    def run(self) -> None:
        """Fetches what is missing, checks the whole and gives it its name.

        Raises:
            Cancelled: by the token; what has arrived is kept.
            DownloadError: it could not be had, or is not the checkpoint.
            OSError: the folder cannot be written.
        """
        self.part.load(self.shown, self.token, self.meter)
        if self.expected and self.part.size > self.expected:
            self.part.reset()
        furthest, failures = self.part.size, 0
        while not self.expected or self.part.size < self.expected:
            try:
                self._attempt()
                break
            except Broken as broken:
                # Measured by the furthest point: a server that breaks off and knows no Range
                # brings bytes with every attempt and never the file.
                failures = 1 if self.part.size > furthest else failures + 1
                furthest = max(furthest, self.part.size)
                if failures >= self.patience.attempts:
                    raise self._error(
                        broken.args[0],
                        Text(
                            "Check the network and HTTPS_PROXY, and try again: what has arrived is "
                            "kept. {by_hand}",
                            by_hand=self.by_hand,
                        ),
                    ) from broken
                self._pause(broken.wait if broken.wait is not None else self._backoff(failures))
        self._finish()

    def _attempt(self) -> None:
        """One request, from where the part ends.

        Raises:
            Broken: the file is not whole and another attempt may help.
        """
        headers = {"Accept-Encoding": "identity", "User-Agent": f"SAMDesk/{__version__}"}
        source = self.part.source
        if self.part.size and source is not None:
            if source.validator:
                headers["If-Range"] = source.validator
            elif not self.checkpoint.sha256:
                # Nothing would tell a patchwork of two files.
                self.part.reset()
        if self.part.size:
            headers["Range"] = f"bytes={self.part.size}-"
        with closing(Fetch(self.url, headers, self.patience)) as fetch:
            response = self._next(fetch)
            assert isinstance(response, httpx.Response)
            self._begin(response)
            self.meter.total = self.expected
            while isinstance(block := self._next(fetch), bytes):
                self._append(block)
        if self.part.size < max(1, self.expected):
            raise Broken(Text("the server ended the file too early"))

    def _next(self, fetch: Fetch) -> Item:
        while True:
            self.token.check()
            self.meter.tell(self.part.size)
            with suppress(queue.Empty):
                item = fetch.inbox.get(timeout=TICK)
                if isinstance(item, Exception):
                    raise self._failure(item) from item
                return item

    def _begin(self, response: httpx.Response) -> None:
        """Brings the part to where the body of this response starts."""
        status = response.status_code
        if status == 416 and self.part.size:
            self.part.reset()
            raise Broken(_CHANGED)
        if status in _PASSING or status >= 500:
            raise Broken(Text("the server answered {status}", status=status), retry_after(response))
        if status not in (200, 206):
            raise self._error(
                Text("{shown} answered {status}", shown=self.shown, status=status), self.by_hand
            )
        start, total = extent(response)
        if self.checkpoint.bytes and total not in (0, self.checkpoint.bytes):
            raise self._error(
                Text(
                    "{shown} has {total:,} bytes where it should have {bytes:,}",
                    shown=self.shown,
                    total=total,
                    bytes=self.checkpoint.bytes,
                ),
                Text(
                    "A page to log in to this network may be in between. {by_hand}",
                    by_hand=self.by_hand,
                ),
            )
        found = Source(
            self.shown,
            response.headers.get("etag", ""),
            response.headers.get("last-modified", ""),
            total,
        )
        if status == 206 and (start != self.part.size or not _same(self.part.source, found)):
            self.part.reset()
            raise Broken(_CHANGED)
        self._require_space(self.checkpoint.bytes or total)
        if status == 200:
            if self.part.size and _is_page(response):
                # What has arrived is worth more than a page to log in.
                raise self._error(
                    Text("{shown} answered with a web page", shown=self.shown),
                    Text(
                        "A page to log in to this network may be in between: log in, and try "
                        "again; what has arrived is kept."
                    ),
                )
            self.part.reset(found)

    def _append(self, block: bytes) -> None:
        if self.expected and self.part.size + len(block) > self.expected:
            self.part.reset()
            raise self._error(
                Text("{shown} sent more than it should", shown=self.shown), self.by_hand
            )
        try:
            self.part.append(block)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise self._no_space(max(0, self.expected - self.part.size)) from error
            raise

    def _finish(self) -> None:
        if self.checkpoint.sha256.lower() not in ("", self.part.digest.hexdigest()):
            self.part.reset()
            raise self._error(
                Text(
                    "what {shown} sent is not the published file (its SHA-256 is another)",
                    shown=self.shown,
                ),
                Text("Try again; if that does not help: {by_hand}", by_hand=self.by_hand),
            )
        self.part.publish(self.target)

    def _backoff(self, failures: int) -> float:
        return min(self.patience.backoff * 2.0 ** (failures - 1), self.patience.longest)

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.token.check()
            self.meter.tell(self.part.size)
            time.sleep(min(left, TICK))

    def _require_space(self, total: int) -> None:
        needed = max(0, total - self.part.size)
        if shutil.disk_usage(self.target.parent).free < needed + MARGIN_BYTES:
            raise self._no_space(needed)

    def _no_space(self, needed: int) -> DownloadError:
        free = shutil.disk_usage(self.target.parent).free
        return self._error(
            Text(
                "it needs {needed:,.0f} MB of free disk space and {free:,.0f} MB are free",
                needed=(needed + MARGIN_BYTES) / 1e6,
                free=free / 1e6,
            ),
            Text("Make room on the disk of {folder} and try again.", folder=self.target.parent),
        )

    def _failure(self, error: Exception) -> Exception:
        """What a failure of the network means: Broken where it may pass."""
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error)):
            return self._error(
                Text("the certificate of {shown} cannot be verified", shown=self.shown),
                Text(
                    "If your institution inspects TLS, set SSL_CERT_FILE to its "
                    "certificates. {by_hand}",
                    by_hand=self.by_hand,
                ),
            )
        if isinstance(error, httpx.UnsupportedProtocol) or not isinstance(
            error, httpx.TransportError
        ):
            return self._error(
                Text("{shown} cannot be fetched ({reason})", shown=self.shown, reason=error),
                "Check the address, HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE.",
            )
        if isinstance(error, httpx.TimeoutException):
            return Broken(Text("the server does not answer"))
        if isinstance(error, (httpx.ConnectError, httpx.ProxyError)):
            return Broken(Text("there is no connection to the server ({reason})", reason=error))
        return Broken(Text("the connection broke"))

    def _error(self, reason: str, hint: str) -> DownloadError:
        name = self.checkpoint.name
        return DownloadError(
            Text(
                "The {name} checkpoint could not be downloaded: {reason}.", name=name, reason=reason
            ),
            hint,
        )


def _is_page(response: httpx.Response) -> bool:
    """Whether an answer is for people: a page to log in, or to say that something is wrong."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in ("text/html", "application/xhtml+xml")


def _same(ours: Source | None, found: Source) -> bool:
    """Whether a part and a response are of one file, as far as the server tells."""
    return (
        ours is not None
        and found.etag in ("", ours.etag)
        and (found.total == ours.total or 0 in (found.total, ours.total))
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
