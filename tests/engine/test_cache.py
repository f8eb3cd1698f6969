"""Embeddings on disk: what comes back is what was put, or nothing."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samdesk.engine import cache as module
from samdesk.engine.base import CancelToken
from samdesk.engine.builtin import BuiltinSegmenter
from samdesk.engine.cache import EmbeddingCache
from samdesk.engine.sam import load
from samdesk.engine.sam.convert import Converted, write_converted
from samdesk.engine.sam.load import load_sam
from samdesk.errors import CacheError
from tests.engine.test_sam import picture
from tests.engine.tiny_sam import SIDE, tiny_sam
from tests.engine.writing_child import array, image

FILE = array(0).nbytes + module._START  # bytes
ENGINE = "engine"


def filled(folder: Path, count: int = 1, bound: int | None = None) -> EmbeddingCache:
    cache = EmbeddingCache(folder, bound)
    for number in range(count):
        cache.put(image(number), ENGINE, array(number))
    return cache


def the_file(cache: EmbeddingCache, number: int = 0, engine: str = ENGINE) -> Path:
    return cache._path(image(number), engine)


def present(cache: EmbeddingCache, count: int) -> list[int]:
    return [n for n in range(count) if the_file(cache, n).exists()]


def age(cache: EmbeddingCache, number: int, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(the_file(cache, number), (then, then))


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_what_is_put_comes_back_to_every_process(tmp_path: Path, dtype: str) -> None:
    EmbeddingCache(tmp_path).put(image(1), ENGINE, array(1, dtype))
    found = EmbeddingCache(tmp_path).get(image(1), ENGINE)
    assert found is not None
    assert found.dtype == dtype
    assert np.array_equal(found, array(1, dtype))


def test_another_image_engine_or_version_has_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = filled(tmp_path)
    assert cache.get(image(1), ENGINE) is None
    assert cache.get(image(0), "other: <engine>?*") is None
    cache.put(image(0), "other: <engine>?*", array(7))
    assert np.array_equal(cache.get(image(0), ENGINE), array(0))
    assert np.array_equal(cache.get(image(0), "other: <engine>?*"), array(7))
    monkeypatch.setattr(module, "VERSION", module.VERSION + 1)
    assert cache.get(image(0), ENGINE) is None


def test_an_empty_cache_creates_nothing(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path / "none")
    assert cache.get(image(0), ENGINE) is None
    assert cache.contents(ENGINE).images == frozenset()
    assert not (tmp_path / "none").exists()


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, FILE - 1), flip=st.integers(1, 255))
def test_a_byte_that_changed_anywhere_is_noticed(tmp_path: Path, place: int, flip: int) -> None:
    cache = filled(tmp_path)
    path = the_file(cache)
    data = bytearray(path.read_bytes())
    data[place] ^= flip
    path.write_bytes(data)
    assert cache.get(image(0), ENGINE) is None
    assert not path.exists()
    cache.put(image(0), ENGINE, array(0))
    assert np.array_equal(cache.get(image(0), ENGINE), array(0))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(length=st.integers(0, 2 * FILE).filter(lambda length: length != FILE))
def test_another_length_is_noticed(tmp_path: Path, length: int) -> None:
    cache = filled(tmp_path)
    path = the_file(cache)
    path.write_bytes((path.read_bytes() * 2)[:length])
    assert cache.get(image(0), ENGINE) is None
    assert not path.exists()


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_a_foreign_file_is_noticed(tmp_path: Path, data: bytes) -> None:
    cache = filled(tmp_path)
    the_file(cache).write_bytes(data)
    assert cache.get(image(0), ENGINE) is None


def test_a_file_under_another_images_name_is_noticed(tmp_path: Path) -> None:
    cache = filled(tmp_path, 2)
    os.replace(the_file(cache, 1), the_file(cache, 0))
    assert cache.get(image(0), ENGINE) is None
    the_file(cache, 0).mkdir()
    assert cache.get(image(0), ENGINE) is None


def test_the_least_recently_used_go_first_and_the_bound_holds(tmp_path: Path) -> None:
    cache = filled(tmp_path, 10, bound=10 * FILE)
    assert present(cache, 10) == list(range(10))
    for number in range(10):
        age(cache, number, 100_000 - number)
    assert cache.get(image(0), ENGINE) is not None
    for number in range(10, 14):
        cache.put(image(number), ENGINE, array(number))
        assert len(present(cache, 20)) == 10
    assert present(cache, 20) == [0, *range(5, 14)]


def test_reading_marks_the_last_use_only_now_and_then(tmp_path: Path) -> None:
    cache = filled(tmp_path)
    age(cache, 0, 60)
    before = the_file(cache).stat().st_mtime
    cache.get(image(0), ENGINE)
    assert the_file(cache).stat().st_mtime == before
    age(cache, 0, 7200)
    cache.get(image(0), ENGINE)
    assert time.time() - the_file(cache).stat().st_mtime < 600


def test_the_folder_is_not_counted_for_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    real = EmbeddingCache._files
    monkeypatch.setattr(EmbeddingCache, "_files", lambda self: counts.append(1) or real(self))
    filled(tmp_path, 200, bound=1000 * FILE)
    # Once for every twentieth of the bound.
    assert len(counts) == 4


def test_engines_share_the_bound(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path, 4 * FILE)
    for number in range(8):
        cache.put(image(number), f"engine {number % 2}", array(number))
    held = list(tmp_path.rglob("*.embedding"))
    assert len(held) == 4
    assert {path.stem for path in held} == {image(number) for number in range(4, 8)}


def test_by_itself_the_bound_is_a_tenth_of_the_free_disk_and_20_gb_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 100 * FILE

    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: Usage)
    cache = filled(tmp_path, 20)
    # What the cache holds would be free without it; here the supposed disk does not shrink.
    assert 10 <= len(present(cache, 20)) <= 12
    Usage.free = 10**15
    assert cache.contents(ENGINE).room == 19 * 10**9
    Usage.free = FILE
    with pytest.raises(CacheError, match="may hold"):
        filled(tmp_path / "other")


def test_what_is_not_the_caches_own_is_left_alone(tmp_path: Path) -> None:
    cache = filled(tmp_path)
    strangers = [
        tmp_path / "photo.jpg",
        tmp_path / "photos" / f"{image(1)}.embedding",
        the_file(cache).with_name("notes.txt"),
        the_file(cache).with_name("mine.embedding"),
        the_file(cache).with_name("young.part"),
    ]
    for path in strangers:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"mine")
    for path in strangers[:-1]:
        os.utime(path, (0, 0))
    old = the_file(cache).with_name("old.part")
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    filled(tmp_path, 10, bound=2 * FILE)
    assert all(path.exists() for path in strangers)
    assert not old.exists()


def test_contents_tell_what_is_there(tmp_path: Path) -> None:
    cache = filled(tmp_path, 3, bound=100 * FILE)
    cache.put(image(9), "other", array(9))
    contents = cache.contents(ENGINE)
    assert contents.images == {image(number) for number in range(3)}
    assert (contents.nbytes, contents.room) == (FILE, 95 * FILE)


def test_a_full_disk_is_told_and_leaves_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = filled(tmp_path)

    def full(part: Path, path: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module, "_replace", full)
    with pytest.raises(CacheError, match="No space left") as caught:
        cache.put(image(1), ENGINE, array(1))
    assert caught.value.hint
    assert [path.name for path in the_file(cache).parent.iterdir()] == [the_file(cache).name]
    assert np.array_equal(cache.get(image(0), ENGINE), array(0))


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    with pytest.raises(CacheError):
        EmbeddingCache(blocked / "cache").put(image(0), ENGINE, array(0))


def test_what_may_only_be_read_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = filled(tmp_path, 2)
    age(cache, 0, 7200)
    the_file(cache, 1).write_bytes(b"damaged")

    def refused(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(module.os, "utime", refused)
    monkeypatch.setattr(Path, "unlink", refused)
    monkeypatch.setattr(Path, "open", _only_reading(Path.open, refused))
    assert np.array_equal(cache.get(image(0), ENGINE), array(0))
    assert cache.get(image(1), ENGINE) is None
    with pytest.raises(CacheError, match="Read-only"):
        cache.put(image(3), ENGINE, array(3))


def _only_reading(real: Any, refused: Any) -> Any:
    def opened(path: Path, mode: str = "r", *more: Any) -> Any:
        return real(path, mode, *more) if mode == "rb" else refused()

    return opened


def test_a_file_in_use_elsewhere_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where a file that is open can neither be removed nor replaced."""
    cache = filled(tmp_path, 4, bound=4 * FILE)
    for number in range(4):
        age(cache, number, 100 - number)
    held = the_file(cache, 0)
    real_unlink, real_replace = Path.unlink, Path.replace

    def unlink(path: Path, missing_ok: bool = False) -> None:
        if path == held:
            raise PermissionError(errno.EACCES, "in use")
        real_unlink(path, missing_ok)

    def replace(path: Path, target: Path) -> Path:
        if target == held:
            raise PermissionError(errno.EACCES, "in use")
        return real_replace(path, target)

    monkeypatch.setattr(Path, "unlink", unlink)
    monkeypatch.setattr(Path, "replace", replace)
    cache.put(image(4), ENGINE, array(4))
    assert present(cache, 5) == [0, 2, 3, 4]
    cache.put(image(0), ENGINE, array(0))
    assert np.array_equal(cache.get(image(0), ENGINE), array(0))
    assert not list(tmp_path.rglob("*.part"))


def test_processes_write_read_and_remove_at_once(tmp_path: Path) -> None:
    bound, each, processes = 20 * FILE, 60, 3
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.engine.writing_child"]
            + [str(part) for part in (tmp_path, bound, number * each // 2, each)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.communicate("go\n", timeout=120)
    assert [child.returncode for child in children] == [0] * processes
    # One process more than two may exceed the bound by a twentieth.
    held = sum(path.stat().st_size for path in tmp_path.rglob("*.embedding"))
    assert 0 < held <= bound * 1.05
    assert not list(tmp_path.rglob("*.part"))


def test_the_built_in_engine_keeps_nothing() -> None:
    engine = BuiltinSegmenter()
    assert engine.pack(engine.embed(picture((90, 160)), token=CancelToken())) is None


def test_exact_and_automatic_precision_do_not_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def convert(path: Path, sha256: str, cache: Path, *_: Any, exact: bool) -> Converted:
        folder = tmp_path / f"{sha256[:4]}-{exact}"
        folder.mkdir(exist_ok=True)
        write_converted(tiny_sam(), folder, kind="vit_b", name="ViT-B", sha256=sha256, exact=exact)
        return Converted(folder, "vit_b", "ViT-B", sha256, SIDE, exact)

    monkeypatch.setattr(load, "convert_checkpoint", convert)
    path = tmp_path / "tiny.pth"
    path.write_bytes(b"")
    kinds = {}
    for precision in ("auto", "exact"):
        segmenter = load_sam(path, cache=tmp_path, precision=precision)
        array = segmenter.pack(segmenter.embed(picture((90, 160)), token=CancelToken()))
        assert array is not None
        kinds[segmenter.info.key] = str(array.dtype)
    assert sorted(kinds.values()) == ["float16", "float32"]


def test_who_was_told_no_bound_keeps_what_others_were_told_to_keep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LARGEST_BOUND", 4 * FILE)
    filled(tmp_path, 20, bound=30 * FILE)
    other = EmbeddingCache(tmp_path)
    other.put(image(20), ENGINE, array(20))
    assert len(present(other, 21)) == 21
    assert other.contents(ENGINE).room == 30 * FILE - 30 * FILE // 20
    # The last word counts, also when it is a smaller one.
    EmbeddingCache(tmp_path, 10 * FILE).put(image(21), ENGINE, array(21))
    assert len(present(other, 22)) == 10


def test_a_kept_bound_that_cannot_be_read_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LARGEST_BOUND", 4 * FILE)
    (tmp_path / "bound.json").write_bytes(b"\xff{")
    assert len(present(filled(tmp_path, 8), 8)) == 4
