"""`--ray`: images are worked on by the machines of a Ray cluster. Imports Ray, and alone does so.

Ray gives each GPU, or each group of processor cores, one image at a time, and tries an image again
elsewhere when a worker or a whole machine is lost. What is made comes back here, to one writer.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import cv2

from samdesk.core.grid import Grid
from samdesk.core.prompt import Box
from samdesk.engine.base import EngineInfo, EngineLost, one_of_many
from samdesk.errors import EngineError, ImageError, SamdeskError
from samdesk.runtime.encoder import Encoded
from samdesk.runtime.proposing import Look, Looker
from samdesk.verbs.addresses import images_at
from samdesk.verbs.talk import say

T = TypeVar("T")

_TRIES = 3
_CORES = 4  # of a worker without a GPU; two small ones encode faster than one large one
_OF_THIS_PROCESS = ("folder", "ray", "cache", "shard", "shards", "images_per_shard")
_QUEUED = 2  # images for each worker, so that none waits for this process
_PATIENCE = 15.0  # seconds, until it is said what is waited for
_LOST = 10  # images that end their workers, at the beginning, until it is not for the images


class Cluster:
    """The workers of a Ray cluster, with the images in the same place for every machine.

    Args:
        options, root: as `load_looker` takes them; `ray` is the address of the cluster, "" for the
            one that this machine belongs to, or else one of this machine alone.
        local_workers: makes a cluster of this machine alone with so many workers of one core.

    Attributes:
        info, grid: of the engine that the workers use.

    Raises:
        SamdeskError: there is no Ray, no such cluster, or the engine cannot be loaded there.
    """

    info: EngineInfo
    grid: Grid

    def __init__(
        self, options: argparse.Namespace, root: Path | str, *, local_workers: int | None = None
    ) -> None:
        self._ray = _imported()
        self._options, self._root = _plain(options), str(root)
        # Ray prints what befalls its workers, at any time, where results are printed.
        self._print_elsewhere = redirect_stdout(sys.stderr)
        self._print_elsewhere.__enter__()
        try:
            self._join(options, local_workers)
        except BaseException:
            self.close()
            raise

    def _join(self, options: argparse.Namespace, local_workers: int | None) -> None:
        cores = _CORES if local_workers is None else 1
        where: dict[str, Any] = {"address": options.ray or None}
        if local_workers is not None:
            where = {"address": "local", "num_cpus": local_workers, "include_dashboard": False}
        # Ray would report its use to its makers.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            self._ray.init(**where, configure_logging=False, log_to_driver=False)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise EngineError(
                f"The Ray cluster {options.ray} does not answer: {error}.",
                "Start it by: ray start --head",
            ) from error
        resources = self._ray.cluster_resources()
        if resources.get("GPU", 0) >= 1 and not options.device.startswith("cpu"):
            self._share = {"num_gpus": 1}
        else:
            # A worker is on one machine.
            largest = max(
                (one["Resources"].get("CPU", 0) for one in self._ray.nodes() if one["Alive"]),
                default=0,
            )
            self._share = {"num_cpus": min(cores, int(largest) or 1)}
        about = self._remote(_about).remote(self._options, self._root)
        begun, _ = self._ray.wait([about], timeout=_PATIENCE)
        if not begun:
            ((kind, number),) = self._share.items()
            what = {"num_gpus": "GPU", "num_cpus": "processor cores"}[kind]
            say(f"Waiting until {number} {what} of one machine are free and its engine is loaded.")
        self.info, self.grid = self._answer(about, "The engine cannot be loaded on the cluster.")

    def looks(
        self, paths: Sequence[str], boxes: Mapping[str, Sequence[Box]]
    ) -> Iterator[tuple[str, Look | SamdeskError]]:
        """What is found in each image, or why it could not be looked at, as they are done."""
        jobs = ((path, (path, tuple(boxes.get(path, ())))) for path in paths)
        return self._done(_look, jobs)

    def encodings(
        self, paths: Sequence[str], is_there: Callable[[str], bool], there: frozenset[str]
    ) -> Iterator[tuple[str, Encoded | SamdeskError | None]]:
        """See `samdesk.verbs.precompute.Hands.encodings`."""
        images = images_at(self._root)
        kept, nothing = self._ray.put(there), self._ray.put(frozenset())

        def job(path: str) -> tuple[Any, ...] | SamdeskError | None:
            try:
                sha256 = images.sha256(path)
            except ImageError as error:
                return error
            if sha256 is None:
                return path, kept
            # What is there by its name may be damaged.
            return None if is_there(sha256) else (path, nothing)

        return self._done(_encode, ((path, job(path)) for path in paths))

    def _done(self, function: Any, jobs: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
        """What the workers' function returned for each path, or why it did not, as they are done.

        Args:
            jobs: paths and a tuple of arguments; what is no tuple is returned as it is.

        Raises:
            EngineLost: the first images all ended their workers.
        """
        remote, waiting = self._remote(function), iter(jobs)
        running = dict[Any, str]()
        is_over, lost, is_any_done = False, 0, False
        while True:
            while not is_over and len(running) < _QUEUED * self._workers():
                path, job = next(waiting, ("", None))
                if not path:
                    is_over = True
                elif isinstance(job, tuple):
                    running[remote.remote(self._options, self._root, *job)] = path
                else:
                    yield path, job
            if not running:
                return
            (done,), _ = self._ray.wait(list(running), num_returns=1)
            path = running.pop(done)
            try:
                answer = self._answer(done, f"{path} ended its worker {_TRIES} times.")
            except EngineLost as error:
                answer = error
                lost += 1
                if lost == _LOST and not is_any_done:
                    raise
            except SamdeskError as error:
                answer = error
            else:
                is_any_done = True
            # Else the next image's answer would be kept beside this one's.
            del done
            yield path, answer

    def close(self) -> None:
        """Leaves the cluster; one of this machine alone ends."""
        self._ray.shutdown()
        self._print_elsewhere.__exit__(None, None, None)

    def _workers(self) -> int:
        """How many images can be looked at at a time; machines may come and go."""
        resources = self._ray.cluster_resources()
        (name, each) = next(iter(self._share.items()))
        return max(1, int(resources.get({"num_gpus": "GPU"}.get(name, "CPU"), 0) // each))

    def _remote(self, function: Any) -> Any:
        # Without `max_calls` a worker with a GPU would end, and its model with it, at each image.
        return self._ray.remote(max_retries=_TRIES - 1, max_calls=0, **self._share)(function)

    def _answer(self, task: Any, otherwise: str) -> Any:
        """What a task returned.

        Raises:
            SamdeskError: what the task returned where it failed, or that its workers died.
        """
        try:
            answer = self._ray.get(task)
        except (
            self._ray.exceptions.WorkerCrashedError,
            self._ray.exceptions.NodeDiedError,
            self._ray.exceptions.OutOfMemoryError,
        ) as error:
            raise EngineLost(otherwise, "Look at it alone, with: samdesk segment") from error
        if isinstance(answer, SamdeskError):
            raise answer
        return answer


def _imported() -> Any:
    try:
        import ray
    except ImportError as error:
        raise EngineError(
            "Ray is not installed.", 'Install it by: pip install "samdesk[ray]"'
        ) from error
    return ray


# What follows runs in the workers.


def _about(options: dict[str, Any], root: str) -> tuple[EngineInfo, Grid] | SamdeskError:
    try:
        engine = _looker(tuple(sorted(options.items())), root).engine
    except SamdeskError as error:
        return error
    return engine.info, engine.grid


def _look(
    options: dict[str, Any], root: str, path: str, boxes: tuple[Box, ...]
) -> Look | SamdeskError:
    def look(looker: Looker) -> Look:
        return looker.look(path, looker.read(path), boxes)

    return _by_looker(options, root, look)


def _encode(
    options: dict[str, Any], root: str, path: str, there: frozenset[str]
) -> Encoded | SamdeskError | None:
    def encode(looker: Looker) -> Encoded | SamdeskError | None:
        image = looker.read(path)
        if image.sha256 in there:
            return None
        (encoded,) = looker.encode([image])
        return encoded

    return _by_looker(options, root, encode)


def _by_looker(options: dict[str, Any], root: str, work: Callable[[Looker], T]) -> T | SamdeskError:
    try:
        with one_of_many():
            return work(_looker(tuple(sorted(options.items())), root))
    except EngineLost as error:
        # Only a new process has an engine again. Ray makes one, and tries the image there.
        say(str(error))
        os._exit(1)
    except SamdeskError as error:
        return error


@cache
def _looker(options: tuple[tuple[str, Any], ...], root: str) -> Looker:
    """The worker's engine, loaded once."""
    from samdesk.verbs.auto import load_looker

    looker = load_looker(argparse.Namespace(**dict(options)), root)
    # Other workers have the other cores; beside a GPU they are free.
    cores = os.environ.get("OMP_NUM_THREADS", "")
    if looker.engine.info.device == "CPU" and cores.isdigit():
        cv2.setNumThreads(int(cores))
    return looker


def _plain(options: argparse.Namespace) -> dict[str, Any]:
    """The options without what another machine would read otherwise."""
    plain = {name: value for name, value in vars(options).items() if name not in _OF_THIS_PROCESS}
    if plain.get("checkpoint") is not None:
        plain["checkpoint"] = Path(os.path.abspath(Path(plain["checkpoint"]).expanduser()))
    return plain
