"""One request to a server, which nothing may hold up."""

from __future__ import annotations

import queue
import re
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeAlias

import httpx

TICK = 0.05  # seconds within which a cancel is noticed
_LONGEST_RETRY_AFTER = 60.0  # seconds


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


Item: TypeAlias = httpx.Response | bytes | Exception | None


class Fetch:
    """A GET in a thread of its own, so that nothing the network does can delay a cancel.

    `inbox` gets the response, its body in blocks, and None at the end; or an exception. It is short
    so that hardly more is fetched than is written.
    """

    def __init__(self, url: str, headers: dict[str, str], patience: Patience) -> None:
        self.inbox: queue.Queue[Item] = queue.Queue(maxsize=2)
        self._closed = threading.Event()
        self._response: httpx.Response | None = None
        # A daemon: looking up a name cannot be interrupted, and the program may end meanwhile.
        threading.Thread(target=self._run, args=(url, headers, patience), daemon=True).start()

    def close(self) -> None:
        """Ends it at once, whatever the network does; may be called again."""
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

    def _put(self, item: Item) -> bool:
        while not self._closed.is_set():
            with suppress(queue.Full):
                self.inbox.put(item, timeout=TICK)
                return True
        return False


def extent(response: httpx.Response) -> tuple[int, int]:
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


def retry_after(response: httpx.Response) -> float | None:
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
