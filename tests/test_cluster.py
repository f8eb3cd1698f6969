"""`--ray` on a real cluster of worker processes on this machine."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from samdesk import cli
from samdesk.core.image.content import content_sha256
from samdesk.engine.cache import EmbeddingCache
from samdesk.store.project import Project
from samdesk.verbs import cluster
from tests.automatic_child import FEW, SlowSegmenter, images, use
from tests.cluster_child import DEADLY, HELD, LOSING, ONCE
from tests.engine.tiny_sam import INFO
from tests.test_cli_auto import images_done


def started(*arguments: object, **named: Any) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
        "RAY_USAGE_STATS_ENABLED": "0",
    }
    command = [sys.executable, "-m", "tests.cluster_child", *map(str, arguments)]
    return subprocess.Popen(command, env=environment, text=True, **named)


def ended(*arguments: object) -> tuple[int, dict[str, Any]]:
    with started(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        out, errors = child.communicate()
    assert out, errors
    # Nothing but the answer, whatever Ray has to say meanwhile.
    answer: dict[str, Any] = json.loads(out)
    return child.returncode, answer


def with_mortal_images(folder: Path) -> Path:
    """Ten good images, one that no worker survives, one that ends one worker, and no image."""
    images(folder, 10)
    for name in (DEADLY, ONCE):
        with Image.open(folder / "0.png") as image:
            image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(folder / name)
    (folder / "bad.png").write_bytes(b"<html>")
    return folder


def found(folder: Path) -> dict[str, list[Any]]:
    """Of each image that was looked at what was found, best first."""
    with Project.open(folder, data=folder) as project:
        return {
            record.path: [
                (one.annotation.mask, one.annotation.provenance.predicted_iou)
                for one in project.proposals(record.id)
            ]
            for record in project.images()
            if project.automatic_run(record.id) is not None
        }


@pytest.mark.timeout(600)
def test_workers_that_die_lose_nothing_and_double_nothing(tmp_path: Path, home: Path) -> None:
    folder = with_mortal_images(tmp_path / "images")
    code, answer = ended("auto", folder, *FEW)
    assert code == 1
    assert (answer["images"], answer["done"]) == (13, 11)
    failed = {one["image"]: one["title"] for one in answer["failed"]}
    assert failed.keys() == {DEADLY, "bad.png"}
    assert "3 times" in failed[DEADLY]
    died = (folder / ".died").read_text().split()
    assert sorted(died) == [DEADLY] * 3 + [ONCE]
    looked = [line.split() for line in (folder / ".looked").read_text().splitlines()]
    assert len({worker for worker, _ in looked}) > 1
    assert {path for _, path in looked} == {ONCE, *(f"{number}.png" for number in range(10))}
    assert found(folder).keys() == {ONCE, *(f"{number}.png" for number in range(10))}
    assert len(found(folder)[ONCE]) > 0


@pytest.mark.timeout(600)
def test_a_driver_that_is_killed_ends_as_an_undisturbed_run(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, undisturbed = images(tmp_path / "images", 30), images(tmp_path / "undisturbed", 30)
    # However fast the machine is, the run is not over before it is killed.
    (folder / HELD).touch()
    with started("auto", folder, *FEW, stdout=subprocess.DEVNULL) as child:
        deadline = time.monotonic() + 240
        while not (folder / ".samdesk" / "project.db").exists() or images_done(folder) < 4:
            assert child.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        child.kill()
    done = images_done(folder)
    assert 4 <= done < 30
    (folder / HELD).unlink()
    code, answer = ended("auto", folder, *FEW)
    assert (code, answer["there_already"], answer["done"]) == (0, done, 30 - done)
    use(monkeypatch, SlowSegmenter())
    assert cli.main(["auto", str(undisturbed), *FEW]) == 0
    assert found(folder) == found(undisturbed)
    assert len(found(folder)) == 30


@pytest.mark.timeout(600)
def test_embeddings_come_to_one_cache_when_workers_die(tmp_path: Path, home: Path) -> None:
    folder, kept = with_mortal_images(tmp_path / "images"), tmp_path / "cache"
    code, answer = ended("precompute", folder, "--cache", kept)
    assert (code, answer["encoded"], answer["there_already"]) == (1, 11, 0)
    assert {one["image"] for one in answer["failed"]} == {DEADLY, "bad.png"}
    assert sorted((folder / ".died").read_text().split()) == [DEADLY] * 3 + [ONCE]
    files = list(kept.rglob("*.embedding"))
    assert len(files) == 11
    cache = EmbeddingCache(kept)
    assert all(cache.get(file.stem, INFO.key) is not None for file in files)
    (folder / DEADLY).unlink()
    (folder / "bad.png").unlink()
    with Image.open(folder / "0.png") as image:
        image.transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(folder / "new.png")
    # At an address only the workers see what is there already.
    code, answer = ended("precompute", folder.as_uri(), "--cache", kept)
    assert (code, answer["encoded"], answer["there_already"]) == (0, 1, 11)
    assert answer["complete"]


@pytest.mark.timeout(600)
def test_an_image_that_loses_the_engine_is_tried_by_new_workers(tmp_path: Path, home: Path) -> None:
    folder = images(tmp_path / "images", 4)
    (folder / "0.png").rename(folder / LOSING)
    code, answer = ended("auto", folder, *FEW)
    assert (code, answer["done"]) == (1, 3)
    (failed,) = answer["failed"]
    assert failed["image"] == LOSING and "3 times" in failed["title"]
    lost = [line.split()[0] for line in (folder / ".lost").read_text().splitlines()]
    assert len(set(lost)) == len(lost) == 3


def test_without_ray_it_says_how_to_get_it(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = images(tmp_path / "images", 1)
    monkeypatch.setitem(sys.modules, "ray", None)
    assert cli.main(["auto", str(folder), *FEW, "--ray"]) == 1
    assert 'pip install "samdesk[ray]"' in capsys.readouterr().err


def test_without_the_option_nothing_of_ray_is_imported() -> None:
    program = (
        "import sys, samdesk.cli, samdesk.verbs.auto, samdesk.verbs.precompute\n"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'ray']\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


class _Machines:
    """What of Ray the choice of workers asks, of machines with so many cores."""

    def __init__(self, *cores: int, gpus: int = 0) -> None:
        self._cores, self._gpus = cores, gpus
        self.asked: dict[str, Any] = {}
        self.exceptions = SimpleNamespace(
            WorkerCrashedError=OSError, NodeDiedError=OSError, OutOfMemoryError=OSError
        )

    def init(self, **_: Any) -> None:
        pass

    def shutdown(self) -> None:
        pass

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": float(sum(self._cores)), "GPU": float(self._gpus)}

    def nodes(self) -> list[dict[str, Any]]:
        there = [{"Alive": True, "Resources": {"CPU": float(one)}} for one in self._cores]
        # The machine of the cluster's head may be kept free of work.
        return [
            *there,
            {"Alive": True, "Resources": {}},
            {"Alive": False, "Resources": {"CPU": 64.0}},
        ]

    def remote(self, **asked: Any) -> Any:
        self.asked = asked
        return lambda _function: SimpleNamespace(remote=lambda *_: "a task")

    def wait(self, tasks: list[Any], **_: Any) -> tuple[list[Any], list[Any]]:
        return [], tasks

    def get(self, _task: Any) -> Any:
        return INFO, None


@pytest.mark.parametrize(
    ("cores", "gpus", "share"),
    [
        ((2, 2), 0, {"num_cpus": 2}),
        ((8, 2), 0, {"num_cpus": 4}),
        ((1, 1, 1, 1), 0, {"num_cpus": 1}),
        ((2, 2), 1, {"num_gpus": 1}),
    ],
)
def test_a_worker_fits_on_one_machine(
    cores: tuple[int, ...],
    gpus: int,
    share: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    machines = _Machines(*cores, gpus=gpus)
    monkeypatch.setattr(cluster, "_imported", lambda: machines)
    cluster.Cluster(argparse.Namespace(ray="", device="auto"), "/images").close()
    assert {name: machines.asked.get(name) for name in share} == share
    assert "Waiting until" in capsys.readouterr().err


def test_an_embedding_that_was_found_damaged_is_encoded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = images(tmp_path / "images", 1)
    monkeypatch.setattr(cluster, "_imported", lambda: SimpleNamespace(put=lambda value: value))
    workers = cluster.Cluster.__new__(cluster.Cluster)
    workers._ray, workers._root = cluster._imported(), str(folder)
    jobs = list[Any]()
    monkeypatch.setattr(workers, "_done", lambda function, given: jobs.extend(given) or iter(()))
    sha256 = content_sha256(folder / "0.png")
    # It was there by its name, and the look at it has removed it.
    list(workers.encodings(["0.png"], lambda _sha256: False, frozenset([sha256])))
    assert jobs == [("0.png", ("0.png", frozenset()))]
