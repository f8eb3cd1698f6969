"""Downloading checkpoints: resumed after any break, verified before they get their name."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import queue
import re
import shutil
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TypeAlias

import filelock
import httpx

from samdesk import __version__
from samdesk.engine.base import CancelToken
from samdesk.engine.checkpoint import Checkpoint
from samdesk.errors import CheckpointError, SamdeskError
from samdesk.text import Text

MARGIN_BYTES = 100_000_000
"""What a download leaves free on the disk."""

_TICK = 0.05  # seconds within which a cancel is noticed
_REPORT_EVERY = 0.1  # seconds
_SPEED_WINDOW = 5.0  # seconds
_HASH_BLOCK = 1 << 22  # bytes
_LONGEST_RETRY_AFTER = 60.0  # seconds
_PASSING = {408, 425, 429}  # with 5xx, the answers that may be another one soon
_CHANGED = Text("the file on the server changed")


class DownloadError(SamdeskError):
    """A checkpoint that could not be downloaded."""


@dataclass(frozen=True)
class DownloadProgress:
    """How far a download is.

    Attributes:
        received: bytes on disk, with what an earlier attempt left there.
        total: bytes of the whole file; 0 while unknown.
        bytes_per_second: over the last seconds.
        seconds_left: None while it cannot be told.
    """

    received: int
    total: int
    bytes_per_second: float
    seconds_left: float | None


Report: TypeAlias = Callable[[DownloadProgress], None]


@dataclass(frozen=True)
class Patience:
    """How long a download bears with the network.

    Attributes:
        connect: seconds for a connection.
        read: seconds without a byte before a connection is given up.
        attempts: in a row that bring nothing new before the download is given up.
        backoff: seconds before the second attempt, doubled for each further one.
        longest: seconds that the doubling stops at.
    """

    connect: float = 15.0
    read: float = 30.0
    attempts: int = 6
    backoff: float = 1.0
    longest: float = 30.0


PATIENCE = Patience()


def download_url(checkpoint: Checkpoint) -> str:
    """Where a checkpoint is fetched: from the mirror in SAMDESK_CHECKPOINT_URL if that is set.

    Empty for a file of the user's own that is nowhere to be fetched.
    """
    mirror = os.environ.get("SAMDESK_CHECKPOINT_URL")
    if not mirror or not checkpoint.url:
        return checkpoint.url
    return f"{mirror.rstrip('/')}/{checkpoint.file}"


def download(
    checkpoint: Checkpoint,
    folder: Path,
    *,
    token: CancelToken,
    progress: Report,
    url: str | None = None,
    patience: Patience = PATIENCE,
) -> Path:
    """Brings a checkpoint's file into a folder.

    What arrives is kept in `<file>.part` until it is whole and its length and SHA-256 are right, so
    the file has its name only when it is right. A later call goes on where any earlier one
    stopped. Where another process downloads the same file, this waits for it and takes over if
    that one stops. A file of the right length that is there already is taken without hashing it:
    remove one that `verify` refused.

    Args:
        token: stops the download within about 0.1 s; what has arrived is kept.
        progress: told about ten times a second, in the calling thread.
        url: to fetch instead of `download_url(checkpoint)`.

    Returns:
        The path of the file.

    Raises:
        Cancelled: by the token.
        DownloadError: it could not be had, or what was had is not the checkpoint.
    """
    target = folder / checkpoint.file
    where = url or download_url(checkpoint)
    meter = _Meter(checkpoint.bytes, progress)
    try:
        if not _present(checkpoint, target):
            if not where:
                raise DownloadError(
                    Text(
                        "The {name} checkpoint has no address to download it from.",
                        name=checkpoint.name,
                    ),
                    Text("Put the file at {target}.", target=target),
                )
            folder.mkdir(parents=True, exist_ok=True)
            with _locked(target, token, meter):
                # Another process may have brought it while this one waited.
                if not _present(checkpoint, target):
                    with closing(_Part(target)) as part:
                        _Download(checkpoint, where, target, part, token, meter, patience).run()
        meter.tell(target.stat().st_size, now=True)
    except (OSError, NotImplementedError) as error:
        # filelock raises the latter where a file system has no locks.
        raise DownloadError(
            Text(
                "The {name} checkpoint could not be written: {reason}.",
                name=checkpoint.name,
                reason=error,
            ),
            Text("Check the rights and the space of {folder}.", folder=folder),
        ) from error
    return target


def verify(checkpoint: Checkpoint, path: Path, *, token: CancelToken, progress: Report) -> bool:
    """Whether a file is the checkpoint, by its length and SHA-256, as far as these are known.

    Raises:
        Cancelled: by the token.
        CheckpointError: the file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        size = path.stat().st_size
        if checkpoint.bytes not in (0, size):
            return False
        meter = _Meter(size, progress)
        done = 0
        with path.open("rb") as stream:
            while block := stream.read(_HASH_BLOCK):
                token.check()
                digest.update(block)
                done += len(block)
                meter.tell(done, now=done == size)
    except OSError as error:
        raise CheckpointError(
            Text(
                "The checkpoint {name} cannot be read: {reason}.",
                name=path.name,
                reason=error.strerror or error,
            ),
            Text("Check that {path} exists and may be read.", path=path),
        ) from error
    return checkpoint.sha256.lower() in ("", digest.hexdigest())


def _present(checkpoint: Checkpoint, target: Path) -> bool:
    return target.is_file() and checkpoint.bytes in (0, target.stat().st_size)


def _part_path(target: Path) -> Path:
    return target.with_name(target.name + ".part")


@contextmanager
def _locked(target: Path, token: CancelToken, meter: _Meter) -> Iterator[None]:
    """Holds the one right to download a file; shows what its holder does while waiting for it."""
    lock = filelock.FileLock(target.with_name(target.name + ".lock"), timeout=0)
    while True:
        token.check()
        try:
            lock.acquire()
            break
        except filelock.Timeout:
            with suppress(FileNotFoundError):
                meter.tell(_part_path(target).stat().st_size)
            time.sleep(_TICK)
    try:
        yield
    finally:
        lock.release()


class _Meter:
    """Turns the bytes so far into DownloadProgress, now and then."""

    def __init__(self, total: int, report: Report) -> None:
        self.total = total
        self._report = report
        self._samples: deque[tuple[float, int]] = deque()

    def tell(self, received: int, *, now: bool = False) -> None:
        moment = time.monotonic()
        if self._samples and received < self._samples[-1][1]:
            self._samples.clear()
        if self._samples and not now and moment - self._samples[-1][0] < _REPORT_EVERY:
            return
        self._samples.append((moment, received))
        while moment - self._samples[0][0] > _SPEED_WINDOW:
            self._samples.popleft()
        since, before = self._samples[0]
        speed = (received - before) / (moment - since) if moment > since else 0.0
        left = max(0, self.total - received) / speed if speed and self.total else None
        self._report(DownloadProgress(received, self.total, speed, left))


@dataclass(frozen=True)
class _Source:
    """What the server said of the file that a part belongs to; total is 0 if it did not say."""

    url: str
    etag: str
    last_modified: str
    total: int

    @property
    def validator(self) -> str:
        """For If-Range, which takes no weak ETag."""
        return self.etag if self.etag.startswith('"') else self.last_modified


class _Part:
    """The bytes so far, on disk, with their SHA-256 and where they are from."""

    def __init__(self, target: Path) -> None:
        self.path = _part_path(target)
        self.size = 0
        self.digest = hashlib.sha256()
        self.source: _Source | None = None
        self._sidecar = target.with_name(target.name + ".part.json")
        # Unbuffered, so that a kill loses nothing that was appended.
        self._stream = self.path.open("a+b", buffering=0)

    def load(self, url: str, token: CancelToken, meter: _Meter) -> None:
        """Takes up what an earlier download of this URL left; drops what is of another."""
        with suppress(OSError, ValueError, TypeError):
            self.source = _Source(**json.loads(self._sidecar.read_text("utf-8")))
        if self.source is None or self.source.url != url:
            self.reset()
        self._stream.seek(0)
        while block := self._stream.read(_HASH_BLOCK):
            token.check()
            self.digest.update(block)
            self.size += len(block)
            meter.tell(self.size)

    def reset(self, source: _Source | None = None) -> None:
        """Empties the part, then notes where its bytes will be from.

        In this order: a kill in between leaves an empty part, never bytes of another file.
        """
        self._stream.truncate(0)
        self.size, self.digest, self.source = 0, hashlib.sha256(), source
        if source is not None:
            self._sidecar.write_text(json.dumps(asdict(source)), "utf-8")

    def append(self, block: bytes) -> None:
        while block:
            # On a disk that fills up only some of it is written.
            written = self._stream.write(block)
            self.digest.update(block[:written])
            self.size += written
            block = block[written:]

    def publish(self, target: Path) -> None:
        """Gives the whole, verified file its name."""
        os.fsync(self._stream.fileno())
        self._stream.close()
        os.replace(self.path, target)
        self._sidecar.unlink(missing_ok=True)

    def close(self) -> None:
        """Keeps what there is; removes what is empty."""
        if not self._stream.closed:
            self._stream.close()
            if not self.size:
                self.path.unlink(missing_ok=True)
                self._sidecar.unlink(missing_ok=True)


class _Broken(Exception):
    """An attempt that failed in a way that the next may not; `wait` as the server asked for."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


_Item: TypeAlias = httpx.Response | bytes | Exception | None


class _Fetch:
    """A GET in a thread of its own, so that nothing the network does can delay a cancel.

    `inbox` gets the response, its body in blocks, and None at the end; or an exception. It is short
    so that hardly more is fetched than is written.
    """

    def __init__(self, url: str, headers: dict[str, str], patience: Patience) -> None:
        self.inbox: queue.Queue[_Item] = queue.Queue(maxsize=2)
        self._closed = threading.Event()
        self._response: httpx.Response | None = None
        # A daemon: looking up a name cannot be interrupted, and the program may end meanwhile.
        threading.Thread(target=self._run, args=(url, headers, patience), daemon=True).start()

    def close(self) -> None:
        self._closed.set()
        if self._response is not None:
            stream = self._response.extensions["network_stream"]
            # Wakes the thread out of its read.
            with suppress(OSError):
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def _run(self, url: str, headers: dict[str, str], patience: Patience) -> None:
        timeout = httpx.Timeout(patience.read, connect=patience.connect)
        try:
            with (
                httpx.Client(timeout=timeout, follow_redirects=True) as client,
                client.stream("GET", url, headers=headers) as response,
            ):
                self._response = response
                self._put(response)
                for block in response.iter_raw():
                    if not self._put(block):
                        return
            self._put(None)
        except Exception as error:
            self._put(error)

    def _put(self, item: _Item) -> bool:
        while not self._closed.is_set():
            with suppress(queue.Full):
                self.inbox.put(item, timeout=_TICK)
                return True
        return False


@dataclass
class _Download:
    """One call of `download`, once it has the lock."""

    checkpoint: Checkpoint
    url: str
    target: Path
    part: _Part
    token: CancelToken
    meter: _Meter
    patience: Patience

    @property
    def shown(self) -> str:
        """The URL without a password: that belongs neither into messages nor onto the disk."""
        return re.sub(r"(?<=//)[^/]*@", "", self.url)

    @property
    def by_hand(self) -> str:
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
        self.part.load(self.shown, self.token, self.meter)
        if self.expected and self.part.size > self.expected:
            self.part.reset()
        furthest, failures = self.part.size, 0
        while not self.expected or self.part.size < self.expected:
            try:
                self._attempt()
                break
            except _Broken as broken:
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
            _Broken: the file is not whole and another attempt may help.
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
        with closing(_Fetch(self.url, headers, self.patience)) as fetch:
            response = self._next(fetch)
            assert isinstance(response, httpx.Response)
            self._begin(response)
            self.meter.total = self.expected
            while isinstance(block := self._next(fetch), bytes):
                self._append(block)
        if self.part.size < max(1, self.expected):
            raise _Broken(Text("the server ended the file too early"))

    def _next(self, fetch: _Fetch) -> _Item:
        while True:
            self.token.check()
            self.meter.tell(self.part.size)
            with suppress(queue.Empty):
                item = fetch.inbox.get(timeout=_TICK)
                if isinstance(item, Exception):
                    raise self._failure(item) from item
                return item

    def _begin(self, response: httpx.Response) -> None:
        """Brings the part to where the body of this response starts."""
        status = response.status_code
        if status == 416 and self.part.size:
            self.part.reset()
            raise _Broken(_CHANGED)
        if status in _PASSING or status >= 500:
            raise _Broken(
                Text("the server answered {status}", status=status), _retry_after(response)
            )
        if status not in (200, 206):
            raise self._error(
                Text("{shown} answered {status}", shown=self.shown, status=status), self.by_hand
            )
        start, total = _extent(response)
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
        found = _Source(
            self.shown,
            response.headers.get("etag", ""),
            response.headers.get("last-modified", ""),
            total,
        )
        if status == 206 and (start != self.part.size or not _same(self.part.source, found)):
            self.part.reset()
            raise _Broken(_CHANGED)
        self._require_space(self.checkpoint.bytes or total)
        if status == 200:
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
            time.sleep(min(left, _TICK))

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
        """What a failure of the network means: _Broken where it may pass."""
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
            return _Broken(Text("the server does not answer"))
        if isinstance(error, (httpx.ConnectError, httpx.ProxyError)):
            return _Broken(Text("there is no connection to the server ({reason})", reason=error))
        return _Broken(Text("the connection broke"))

    def _error(self, reason: str, hint: str) -> DownloadError:
        name = self.checkpoint.name
        return DownloadError(
            Text(
                "The {name} checkpoint could not be downloaded: {reason}.", name=name, reason=reason
            ),
            hint,
        )


def _extent(response: httpx.Response) -> tuple[int, int]:
    """Where a response's body starts in the file, -1 if it does not say; the length, or 0."""
    if response.status_code == 200:
        length = response.headers.get("content-length", "")
        return 0, int(length) if length.isdecimal() else 0
    said = re.fullmatch(
        r"bytes (\d{1,18})-\d+/(\d{1,18}|\*)", response.headers.get("content-range", "").strip()
    )
    if said is None:
        return -1, 0
    return int(said[1]), 0 if said[2] == "*" else int(said[2])


def _same(ours: _Source | None, found: _Source) -> bool:
    """Whether a part and a response are of one file, as far as the server tells."""
    return (
        ours is not None
        and found.etag in ("", ours.etag)
        and (found.total == ours.total or 0 in (found.total, ours.total))
    )


def _retry_after(response: httpx.Response) -> float | None:
    """The seconds that a server asks to wait for, within reason; None if it does not ask."""
    asked = response.headers.get("retry-after", "").strip()
    if asked.isdecimal():
        seconds = float(asked)
    else:
        try:
            seconds = parsedate_to_datetime(asked).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return min(max(seconds, 0.0), _LONGEST_RETRY_AFTER)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
