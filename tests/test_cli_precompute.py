from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from samdesk import cli
from samdesk.core.image.content import content_sha256
from samdesk.engine.cache import EmbeddingCache
from samdesk.verbs.precompute import in_shard
from tests.precomputing_child import CountingSegmenter, use


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> CountingSegmenter:
    engine = CountingSegmenter()
    use(monkeypatch, engine)
    return engine


def images(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        Image.fromarray(np.full((20, 30, 3), number, np.uint8)).save(folder / f"{number}.png")
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = cli.main(["precompute", *map(str, arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def kept(cache: Path) -> int:
    return len(list(cache.rglob("*.embedding")))


def test_a_folder_is_encoded_once(
    tmp_path: Path, engine: CountingSegmenter, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    folder = images(tmp_path / "images", 5)
    (folder / "below").mkdir()
    shutil.copy(folder / "3.png", folder / "below" / "the same again.png")
    code, first = run(capsys, folder)
    assert code == 0
    assert (first["images"], first["encoded"], first["there_already"]) == (6, 5, 1)
    assert first["complete"]
    assert first["failed"] == []
    assert Path(first["cache"]) == home / "cache" / "embeddings"
    assert kept(home) == 5
    code, second = run(capsys, folder)
    assert (code, second["encoded"], second["there_already"]) == (0, 0, 6)
    assert engine.encoded == 5
    # Nothing of it shows in the folder.
    assert sorted(path.name for path in folder.iterdir()) == [
        *(f"{number}.png" for number in range(5)),
        "below",
    ]


def test_images_at_an_address_are_encoded_once(
    tmp_path: Path, engine: CountingSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, kept = images(tmp_path / "images", 3), tmp_path / "cache"
    code, first = run(capsys, folder.as_uri(), "--cache", kept)
    assert (code, first["encoded"], first["folder"]) == (0, 3, folder.as_uri())
    code, second = run(capsys, folder.as_uri(), "--cache", kept)
    assert (code, second["encoded"], second["there_already"]) == (0, 0, 3)
    # They are known by their content, wherever they are.
    assert run(capsys, folder, "--cache", kept)[1]["there_already"] == 3
    assert engine.encoded == 3


def test_bad_images_are_listed_and_the_others_encoded(
    tmp_path: Path, engine: CountingSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = images(tmp_path / "images", 3)
    (folder / "1.png").write_bytes(b"<html>")
    (folder / "empty.jpg").write_bytes(b"")
    code, answer = run(capsys, folder, "--cache", tmp_path / "cache")
    assert code == 1
    assert [one["image"] for one in answer["failed"]] == ["1.png", "empty.jpg"]
    assert all(one["title"] and one["hint"] for one in answer["failed"])
    assert (answer["encoded"], answer["complete"]) == (2, False)
    assert cli.main(["precompute", str(folder), "--cache", str(tmp_path / "cache")]) == 1
    captured = capsys.readouterr()
    assert captured.out == "0 encoded, 2 there already, 2 failed, 0 left\n"
    assert "1.png: 1.png is not an image" in captured.err


def test_several_images_at_a_time_give_the_same_embeddings(
    tmp_path: Path, engine: CountingSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = images(tmp_path / "images", 8)
    (folder / "1.png").write_bytes(b"<html>")
    run(capsys, folder, "--cache", tmp_path / "alone")
    engine.batch = 3
    code, answer = run(capsys, folder, "--cache", tmp_path / "together")
    assert (code, answer["encoded"]) == (1, 7)
    assert [one["image"] for one in answer["failed"]] == ["1.png"]
    together, alone = EmbeddingCache(tmp_path / "together"), EmbeddingCache(tmp_path / "alone")
    for path in sorted(folder.glob("[02-7].png")):
        found, expected = (
            cache.get(content_sha256(path), engine.info.key) for cache in (together, alone)
        )
        assert found is not None and expected is not None
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_shards_share_a_folder_and_a_cache(
    tmp_path: Path, engine: CountingSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, cache = images(tmp_path / "images", 12), tmp_path / "cache"
    answers = [
        run(capsys, folder, "--cache", cache, "--shard", f"{number}/3")[1] for number in (1, 2, 3)
    ]
    assert sum(answer["encoded"] for answer in answers) == 12
    assert all(0 < answer["encoded"] < 12 for answer in answers)
    assert kept(cache) == 12
    assert run(capsys, folder, "--cache", cache)[1]["there_already"] == 12


@given(
    names=st.lists(st.text(st.characters(exclude_characters="/\0")), unique=True),
    shards=st.integers(1, 9),
    more=st.text(),
)
def test_shards_are_a_partition_that_stays(names: list[str], shards: int, more: str) -> None:
    parts = [in_shard(names, shard, shards) for shard in range(1, shards + 1)]
    assert sorted(name for part in parts for name in part) == sorted(names)
    for shard, part in enumerate(parts, start=1):
        assert in_shard([more, *names], shard, shards)[-len(part) :] == part or not part
        decomposed = [unicodedata.normalize("NFD", name) for name in part]
        assert in_shard(decomposed, shard, shards) == decomposed


def test_a_killed_run_goes_on_where_it_was(
    tmp_path: Path, engine: CountingSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, cache = images(tmp_path / "images", 60), tmp_path / "cache"
    before = 0
    for _ in range(2):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.precomputing_child", str(folder), str(cache)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 120
        while kept(cache) < before + 5:
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        child.kill()
        child.wait()
        before = kept(cache)
    assert 10 <= before < 60
    code, answer = run(capsys, folder, "--cache", cache)
    assert code == 0
    assert (answer["there_already"], answer["encoded"]) == (before, 60 - before)
    assert engine.encoded == 60 - before


def test_ctrl_c_keeps_what_is_done_and_says_so(
    tmp_path: Path,
    engine: CountingSegmenter,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, cache = images(tmp_path / "images", 5), tmp_path / "cache"
    real = engine.embed_all

    def pressed(*arguments: Any, **named: Any) -> Any:
        if engine.encoded == 2:
            raise KeyboardInterrupt
        return real(*arguments, **named)

    monkeypatch.setattr(engine, "embed_all", pressed)
    code = cli.main(["precompute", str(folder), "--cache", str(cache), "--json"])
    captured = capsys.readouterr()
    assert code == 130
    assert "goes on from here" in captured.err
    answer = json.loads(captured.out)
    assert (answer["encoded"], answer["complete"]) == (2, False)
    assert kept(cache) == 2
    assert not list(cache.rglob("*.part"))


def test_a_damaged_file_is_encoded_again(
    tmp_path: Path, engine: CountingSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, cache = images(tmp_path / "images", 3), tmp_path / "cache"
    run(capsys, folder, "--cache", cache)
    damaged = next(cache.rglob("*.embedding"))
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    answer = run(capsys, folder, "--cache", cache)[1]
    assert (answer["encoded"], answer["there_already"]) == (1, 2)


@pytest.mark.parametrize(("shard", "fit"), [("1/1", 9), ("1/2", 4)])
def test_a_cache_that_is_too_small_is_told_before_it_loses_its_own(
    tmp_path: Path,
    engine: CountingSegmenter,
    capsys: pytest.CaptureFixture[str],
    shard: str,
    fit: int,
) -> None:
    folder, cache = images(tmp_path / "images", 30), tmp_path / "cache"
    one = images(tmp_path / "one", 1)
    run(capsys, one, "--cache", tmp_path / "other")
    size = next((tmp_path / "other").rglob("*.embedding")).stat().st_size
    arguments = ["--cache", str(cache), "--cache-gb", str(10 * size / 1e9), "--shard", shard]
    assert cli.main(["precompute", str(folder), *arguments, "--json"]) == 1
    captured = capsys.readouterr()
    assert "holds no more" in captured.err
    assert json.loads(captured.out.splitlines()[-1])["encoded"] == fit == kept(cache)


def test_a_cache_that_cannot_be_written_is_told(
    tmp_path: Path, engine: CountingSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, blocked = images(tmp_path / "images", 2), tmp_path / "file"
    blocked.write_bytes(b"")
    assert cli.main(["precompute", str(folder), "--cache", str(blocked / "cache"), "--json"]) == 1
    captured = capsys.readouterr()
    assert "Embeddings cannot be kept" in captured.err
    assert not json.loads(captured.out)["complete"]


def test_without_a_checkpoint_there_is_nothing_to_precompute(
    photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["precompute", str(photos), "--engine", "builtin"]) == 1
    assert "nothing to precompute" in capsys.readouterr().err


def test_a_terminal_gets_a_bar(
    tmp_path: Path, engine: CountingSegmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert cli.main(["precompute", str(images(tmp_path / "images", 4))]) == 0
    shown = terminal.getvalue()
    assert "] 2 of 4, " in shown
    assert shown.rstrip().endswith("0:00:00 left")


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "1/0", "-1/2", "a/b", "1/2/3", ""])
def test_shards_that_make_no_sense_are_wrong_usage(shard: str) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["precompute", "folder", "--shard", shard])
    assert stop.value.code == 2
