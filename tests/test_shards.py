"""`samdesk auto --shards`, on folders and on addresses that fsspec reads."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import fsspec
import pytest

from samdesk import cli
from samdesk.core.image import list_images
from samdesk.errors import CocoError
from samdesk.verbs import addresses, shards
from tests.automatic_child import FEW, SlowSegmenter, images, use
from tests.test_cluster import ended, with_mortal_images

PARTS = ("--points-per-side", "8", "--pred-iou", "0.1", "--stability", "0.2")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, home: Path) -> SlowSegmenter:
    engine = SlowSegmenter()
    use(monkeypatch, engine)
    return engine


@pytest.fixture
def memory() -> Any:
    """fsspec's file system in memory, empty."""
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any], str]:
    """The exit code, the summary and what was said."""
    capsys.readouterr()
    code = cli.main(["auto", *map(str, arguments), "--json"])
    out, said = capsys.readouterr()
    return code, json.loads(out) if out else {}, said


def files(folder: Path) -> dict[str, Any]:
    """The shards by name, without the times at which they were made."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        shard = json.loads(path.read_text())
        del shard["info"]["date_created"]
        for annotation in shard["annotations"]:
            del annotation["arr_coc"]["created_at"]
        found[path.name] = shard
    return found


def names(shard: Any) -> list[str]:
    return [image["file_name"] for image in shard["images"]]


def test_images_in_memory_become_shards_that_fit_a_project(
    tmp_path: Path, engine: SlowSegmenter, memory: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = images(tmp_path / "images", 12), tmp_path / "out"
    for path in list_images(folder):
        memory.pipe(f"/photos/{path}", (folder / path).read_bytes())
    memory.pipe("/photos/notes.txt", b"none")
    memory.pipe("/photos/.hidden/1.png", b"none")
    options = ("memory://photos", *PARTS, "--category", "toy", "--images-per-shard", 5)
    code, answer, _ = run(capsys, *options, "--shards", out)
    assert (code, answer["images"], answer["done"], answer["complete"]) == (0, 12, 12, True)
    assert answer["shards"] == {"folder": str(out), "files": 3, "written": 3}
    made = files(out)
    assert [names(shard) for shard in made.values()] == [
        [f"{number}.png" for number in range(start, min(start + 5, 12))] for start in (0, 5, 10)
    ]
    for key in ("images", "annotations"):
        ids = [one["id"] for shard in made.values() for one in shard[key]]
        assert len(ids) == len(set(ids)) and ids == sorted(ids)
    annotations = [one for shard in made.values() for one in shard["annotations"]]
    assert len(annotations) == answer["proposals"] > 12
    assert {one["arr_coc"]["source"] for one in annotations} == {"auto"}
    assert {one["arr_coc"]["level"] for one in annotations} >= {"whole", "part"}
    for shard in made.values():
        assert [(one["id"], one["name"]) for one in shard["categories"]] == [(1, "toy")]
    for name in made:
        assert cli.main(["check", str(out / name), "--images", str(folder)]) == 0
        assert cli.main(["import", str(folder), str(out / name)]) == 0
    exported = tmp_path / "exported.json"
    assert cli.main(["export", str(folder), "-o", str(exported), "--profile", "arr-coc"]) == 0
    project = json.loads(exported.read_text())
    assert "samdesk_auto" not in project["info"]
    assert sorted(names(project)) == sorted(list_images(folder))
    segmentations = [one["segmentation"] for one in project["annotations"]]
    assert segmentations == [one["segmentation"] for one in annotations]


def test_a_folder_and_its_address_give_what_the_project_gets(
    tmp_path: Path, engine: SlowSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = images(tmp_path / "images", 3)
    for root, out in ((folder, "local"), (folder.as_uri(), "remote")):
        assert run(capsys, root, *PARTS, "--shards", tmp_path / out)[0] == 0
    assert not (folder / ".samdesk").exists()
    (shard,), (remote,) = (files(tmp_path / out).values() for out in ("local", "remote"))
    places = [one["info"].pop("samdesk_auto")["settings"].pop("place") for one in (shard, remote)]
    assert places == [str(folder), folder.as_uri()]
    assert shard == remote
    assert run(capsys, folder, *PARTS)[0] == 0
    target = tmp_path / "exported.json"
    options = ("--proposals", "--profile", "arr-coc")
    assert cli.main(["export", str(folder), "-o", str(target), *options]) == 0
    exported = json.loads(target.read_text())

    def without_ids(annotations: list[Any]) -> list[Any]:
        places = {one["id"]: place for place, one in enumerate(annotations)}
        for one in annotations:
            own = one["arr_coc"]
            own["parent_id"] = places.get(own["parent_id"])
            own.pop("created_at", None)
            one["id"] = places[one["id"]]
        return annotations

    assert without_ids(shard["annotations"]) == without_ids(exported["annotations"])
    assert names(shard) == names(exported)


def test_bad_images_are_left_out_and_tried_again(
    tmp_path: Path, engine: SlowSegmenter, memory: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = images(tmp_path / "images", 4), tmp_path / "out"
    for number in (0, 2):
        memory.pipe(f"/photos/{number}.png", (folder / f"{number}.png").read_bytes())
    memory.pipe("/photos/1.png", b"<html>")
    memory.pipe("/photos/3.png", b"")
    options = ("memory://photos", *FEW, "--shards", out, "--images-per-shard", 3)
    code, first, _ = run(capsys, *options)
    assert (code, first["done"], first["complete"]) == (1, 2, False)
    assert {one["image"]: one["title"] for one in first["failed"]} == {
        "1.png": "1.png is not an image: it contains text.",
        "3.png": "3.png is empty.",
    }
    before = files(out)
    assert [names(shard) for shard in before.values()] == [["0.png", "2.png"], []]
    for path in out.glob("*.json"):
        assert cli.main(["check", str(path)]) == 0
    code, second, said = run(capsys, *options)
    assert (code, second["done"], second["there_already"]) == (1, 0, 2)
    assert second["failed"] == first["failed"]
    assert "1.png is not an image" in said
    assert engine.encoded == 2
    assert files(out) == before
    memory.pipe("/photos/1.png", (folder / "1.png").read_bytes())
    memory.pipe("/photos/4.png", (folder / "3.png").read_bytes())
    code, third, _ = run(capsys, *options)
    assert (code, third["done"], third["there_already"]) == (1, 2, 2)
    # What is new comes before what is tried again.
    assert names(files(out)["shard-00002.json"]) == ["4.png", "1.png"]
    assert all(files(out)[name] == shard for name, shard in before.items())


def test_what_was_made_otherwise_is_neither_mixed_nor_replaced(
    tmp_path: Path, engine: SlowSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = images(tmp_path / "images", 4), tmp_path / "out"
    others = images(tmp_path / "others", 4)
    options = (*FEW, "--shards", out, "--images-per-shard")
    assert run(capsys, folder, *options, 2)[0] == 0
    before = {path: path.read_bytes() for path in out.glob("*.json")}
    for root, more, reason in (
        (folder, (2, "--category", "toy"), "with category object, not toy"),
        (folder, (2, "--max-per-image", 3), "with max_per_image None, not 3"),
        (folder, (3,), "with images_per_shard 2, not 3"),
        (others, (2,), f"of the images at {folder}, not {others}"),
    ):
        code, answer, said = run(capsys, root, *options, *more)
        assert (code, answer) == (1, {})
        assert reason in said and "another folder" in said
    assert {path: path.read_bytes() for path in out.glob("*.json")} == before
    (out / "shard-00000.json").write_text('{"info": {}}')
    assert "was not made by" in run(capsys, folder, *options, 2)[2]


def test_images_that_come_later_get_shards_of_their_own(
    tmp_path: Path, engine: SlowSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = images(tmp_path / "images", 3), tmp_path / "out"
    options = (folder, *FEW, "--shards", out, "--images-per-shard", 2)
    assert run(capsys, *options)[0] == 0
    before = files(out)
    for name in ("00.png", "a.png", "b.png"):
        (folder / name).write_bytes((folder / "0.png").read_bytes())
    (folder / "1.png").unlink()
    code, answer, _ = run(capsys, *options)
    assert (code, answer["images"], answer["there_already"], answer["done"]) == (0, 5, 2, 3)
    after = files(out)
    assert {name: after[name] for name in before} == before
    assert [names(shard) for shard in after.values()] == [
        ["0.png", "1.png"],
        ["2.png"],
        ["00.png", "a.png"],
        ["b.png"],
    ]
    for key in ("images", "annotations"):
        ids = [one["id"] for shard in after.values() for one in shard[key]]
        assert len(ids) == len(set(ids))


def test_a_shard_that_was_removed_is_made_again_as_it_was(
    tmp_path: Path, engine: SlowSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = images(tmp_path / "images", 6), tmp_path / "out"
    options = (folder, *FEW, "--shards", out, "--images-per-shard", 2)
    run(capsys, *options)
    before = files(out)
    (out / "shard-00001.json").unlink()
    _, answer, _ = run(capsys, *options)
    assert (answer["done"], answer["there_already"]) == (2, 4)
    assert answer["shards"]["written"] == 1
    assert files(out) == before


def test_a_run_that_was_killed_goes_on(
    tmp_path: Path, engine: SlowSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = images(tmp_path / "images", 13), tmp_path / "out"
    options = (folder.as_uri(), *FEW, "--images-per-shard", 4, "--shards")
    command = [sys.executable, "-m", "tests.shards_child", *map(str, options), str(out)]
    journal = out / ".shard-00002.journal"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        deadline = time.monotonic() + 240
        # It waits forever at the eleventh image.
        while not journal.exists() or journal.read_bytes().count(b"\n") < 3:
            assert child.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        child.kill()
    assert len(files(out)) == 2
    # As a kill leaves them in the middle of writing.
    (out / ".shard-00003.json.killed").write_text("{")
    (out / ".shard-00003.journal").write_text('{"settings": {"pla')
    (out / ".shard-00001.journal").write_bytes(journal.read_bytes())
    with journal.open("a") as stream:
        stream.write('{"path": "10.png", "wid')
    code, answer, _ = run(capsys, *options, out)
    assert (code, answer["there_already"], answer["done"], engine.encoded) == (0, 10, 3, 3)
    assert {path.name for path in out.iterdir()} == {*files(out), ".lock"}
    run(capsys, *options, tmp_path / "undisturbed")
    assert files(out) == files(tmp_path / "undisturbed")


def test_a_run_that_was_killed_before_its_last_shard_was_written_writes_it(
    tmp_path: Path,
    engine: SlowSegmenter,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, out = images(tmp_path / "images", 3), tmp_path / "out"
    options = (folder, *FEW, "--images-per-shard", 2, "--shards")

    def full(*_: Any, **__: Any) -> None:
        raise CocoError("The disk is full.")

    with monkeypatch.context() as disk:
        disk.setattr(shards, "write", full)
        code, answer, said = run(capsys, *options, out)
    assert (code, answer["done"], files(out)) == (1, 1, {})
    assert "The disk is full" in said
    code, answer, _ = run(capsys, *options, out)
    assert (code, answer["there_already"], answer["done"]) == (0, 2, 1)
    run(capsys, *options, tmp_path / "undisturbed")
    assert files(out) == files(tmp_path / "undisturbed")


def test_a_store_that_is_gone_ends_the_run_until_it_is_back(
    tmp_path: Path,
    engine: SlowSegmenter,
    memory: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, out = images(tmp_path / "images", 8), tmp_path / "out"
    for path in list_images(folder):
        memory.pipe(f"/photos/{path}", (folder / path).read_bytes())
    cat_file, tried = type(memory).cat_file, list[str]()

    def fetched(system: Any, path: str, *arguments: Any, **named: Any) -> Any:
        tried.append(path)
        if len(tried) > 4:
            raise OSError("no route to host")
        return cat_file(system, path, *arguments, **named)

    monkeypatch.setattr(addresses, "_PAUSES", (0.0, 0.0))
    monkeypatch.setattr(addresses, "_SILENCE", 3)
    options = ("memory://photos", *FEW, "--images-per-shard", 3, "--shards")
    with monkeypatch.context() as gone:
        gone.setattr(type(memory), "cat_file", fetched)
        code, answer, said = run(capsys, *options, out)
    assert (code, answer["done"], list(files(out))) == (1, 4, ["shard-00000.json"])
    assert "3 images one after the other did not come. 6.png could not be" in said
    assert tried.count("/photos/5.png") == 3
    code, answer, _ = run(capsys, *options, out)
    assert (code, answer["done"], answer["there_already"]) == (0, 4, 4)
    run(capsys, *options, tmp_path / "undisturbed")
    assert files(out) == files(tmp_path / "undisturbed")


def test_a_mounted_drive_that_goes_away_ends_the_run_until_it_is_back(
    tmp_path: Path,
    engine: SlowSegmenter,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, out = images(tmp_path / "images", 8), tmp_path / "out"
    real, away = engine.embed, tmp_path / "away"

    def embed(image: Any, **more: Any) -> Any:
        if engine.encoded == 2:
            folder.rename(away)
        return real(image, **more)

    monkeypatch.setattr(addresses, "_SILENCE", 3)
    options = (folder, *FEW, "--images-per-shard", 2, "--shards")
    with monkeypatch.context() as gone:
        gone.setattr(engine, "embed", embed)
        code, answer, said = run(capsys, *options, out)
    assert code == 1 and answer["failed"] == []
    assert "3 images one after the other did not come" in said
    away.rename(folder)
    assert run(capsys, *options, out)[0] == 0
    run(capsys, *options, tmp_path / "undisturbed")
    assert files(out) == files(tmp_path / "undisturbed")


def test_an_image_that_does_not_come_is_given_up_when_others_do(
    tmp_path: Path,
    engine: SlowSegmenter,
    memory: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, out = images(tmp_path / "images", 3), tmp_path / "out"
    for path in list_images(folder):
        memory.pipe(f"/photos/{path}", (folder / path).read_bytes())
    cat_file, tried = type(memory).cat_file, list[str]()

    def fetched(system: Any, path: str, *arguments: Any, **named: Any) -> Any:
        tried.append(path)
        if path.endswith("0.png"):
            raise OSError("connection reset")
        if path.endswith("2.png"):
            raise PermissionError("it is in the archive")
        return cat_file(system, path, *arguments, **named)

    monkeypatch.setattr(addresses, "_PAUSES", (0.0, 0.0))
    options = ("memory://photos", *FEW, "--shards", out)
    with monkeypatch.context() as gone:
        gone.setattr(type(memory), "cat_file", fetched)
        code, answer, _ = run(capsys, *options)
    assert (code, answer["done"]) == (1, 1)
    assert [one["image"] for one in answer["failed"]] == ["0.png", "2.png"]
    assert tried == ["/photos/0.png"] * 3 + ["/photos/1.png", "/photos/2.png"]
    code, answer, _ = run(capsys, *options)
    assert (code, answer["done"], answer["complete"]) == (0, 2, True)
    assert [names(shard) for shard in files(out).values()] == [["1.png"], ["0.png", "2.png"]]


def test_a_password_in_an_address_is_not_shown() -> None:
    assert addresses.shown("ftp://me:secret@host/photos/") == "ftp://host/photos"
    assert addresses.shown("s3://me:sec@ret@host/photos") == "s3://host/photos"
    assert addresses.shown("https://host/photos?sig=secret") == "https://host/photos"
    assert addresses.shown("zip://a::ftp://me:secret@host/b.zip") == "zip://a::ftp://host/b.zip"
    assert addresses.shown(Path("/a@b?")) == "/a@b?"


def test_an_archive_is_a_place_of_images(
    engine: SlowSegmenter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = images(tmp_path / "images", 2)
    with zipfile.ZipFile(tmp_path / "images.zip", "w") as archive:
        for path in list_images(folder):
            archive.write(folder / path, path)
    out = tmp_path / "out"
    code, summary, _ = run(capsys, f"zip://::{tmp_path}/images.zip", *FEW, "--shards", out)
    assert code == 0 and summary["done"] == 2
    assert names(files(out)["shard-00000.json"]) == list_images(folder)


def test_a_folder_whose_name_is_no_unicode_becomes_shards_too(
    engine: SlowSegmenter, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = images(tmp_path / os.fsdecode(b"im\xffages"), 2)
    out = tmp_path / "out"
    code, summary, _ = run(capsys, folder, *FEW, "--shards", out)
    assert code == 0 and summary["done"] == 2
    code, summary, _ = run(capsys, folder, *FEW, "--shards", out)
    assert code == 0 and summary["there_already"] == 2


def test_images_on_a_web_server_have_the_names_of_their_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a stand-in for fsspec's web file system, which wants a package that tests do not."""

    class Web:
        urls = ("http://host/photos/a%20b/%C3%A4%2B1.png", "http://host/photos/index.html?C=N")

        def find(self, root: str) -> list[str]:
            assert root == "http://host/photos"
            return list(self.urls)

        def cat_file(self, url: str) -> bytes:
            assert url == self.urls[0]
            return (folder / "0.png").read_bytes()

    folder = images(tmp_path / "images", 1)
    monkeypatch.setattr(fsspec.core, "url_to_fs", lambda address: (Web(), address))
    place = addresses.images_at("http://host/photos/")
    assert place.paths() == ["a b/\u00e4+1.png"]
    image = place.read("a b/\u00e4+1.png", 10**9)
    assert image.sha256 == hashlib.sha256((folder / "0.png").read_bytes()).hexdigest()


def test_an_address_needs_shards_and_fsspec(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["auto", "s3://bucket/photos"]) == 1
    assert "--shards" in capsys.readouterr().err
    options = ["--shards", str(tmp_path / "out"), "--engine", "builtin"]
    assert cli.main(["auto", "memory://nowhere", *options]) == 1
    assert "There are no images at memory://nowhere" in capsys.readouterr().err
    assert cli.main(["auto", "nonsense://nowhere", *options]) == 1
    assert "Protocol not known" in capsys.readouterr().err
    assert cli.main(["auto", str(tmp_path), *options, "--from-boxes"]) == 1
    assert "Leave out --shards" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "s3fs", None)
    assert cli.main(["auto", "s3://bucket/photos", *options]) == 1
    assert 'pip install "fsspec[s3]"' in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "fsspec", None)
    assert cli.main(["auto", "memory://nowhere", *options]) == 1
    assert "pip install fsspec" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["auto", str(tmp_path), "--shards", "s3://bucket/out"])
    assert "is no folder of this machine" in capsys.readouterr().err


def test_a_folder_is_read_without_fsspec(tmp_path: Path, home: Path) -> None:
    program = (
        "import sys; from samdesk import cli\n"
        f"code = cli.main(['auto', {str(images(tmp_path / 'images', 1))!r}, '--engine', 'builtin',"
        f" '--points-per-side', '2', '--shards', {str(tmp_path / 'out')!r}])\n"
        "assert code == 0 and 'samdesk.verbs.shards' in sys.modules\n"
        "assert 'samdesk.verbs.addresses' in sys.modules and 'ray' not in sys.modules\n"
        # PyTorch imports fsspec where there is one; the built-in engine needs no PyTorch.
        "assert 'torch' in sys.modules or 'fsspec' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_two_runs_do_not_write_into_one_folder(
    tmp_path: Path, engine: SlowSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = images(tmp_path / "images", 1)
    with shards.opened(tmp_path / "out"):
        code, _, said = run(capsys, folder, *FEW, "--shards", tmp_path / "out")
    assert code == 1 and "Another process writes into" in said


@pytest.mark.timeout(600)
def test_workers_that_die_leave_the_shards_of_an_undisturbed_run(
    tmp_path: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, out = with_mortal_images(tmp_path / "images"), tmp_path / "out"
    options = (folder.as_uri(), *FEW, "--images-per-shard", 4, "--shards")
    code, answer = ended("auto", *options, out)
    assert (code, answer["images"], answer["done"]) == (1, 13, 11)
    assert {one["image"] for one in answer["failed"]} == {"bad.png", "deadly.png"}
    assert answer["shards"]["files"] == 4
    use(monkeypatch, SlowSegmenter())
    assert run(capsys, *options, tmp_path / "alone")[0] == 1
    clustered, alone = files(out), files(tmp_path / "alone")
    # Without a cluster nothing is deadly.
    last = [shard for shard in alone.values() if "deadly.png" in names(shard)]
    assert len(last) == 1
    (deadly,) = [one["id"] for one in last[0]["images"] if one["file_name"] == "deadly.png"]
    last[0]["images"] = [one for one in last[0]["images"] if one["id"] != deadly]
    last[0]["annotations"] = [one for one in last[0]["annotations"] if one["image_id"] != deadly]
    for shard in (*clustered.values(), *alone.values()):
        del shard["info"]["samdesk_auto"]["failed"]
    assert clustered == alone
    code, again = ended("auto", *options, out)
    assert (code, again["done"], again["there_already"]) == (1, 0, 11)
    assert {one["image"] for one in again["failed"]} == {"bad.png", "deadly.png"}
    assert files(out).keys() == clustered.keys()
