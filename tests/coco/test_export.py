"""What is exported: which images, into which files, with which images beside, and safely."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import fastjsonschema
import numpy as np
import pytest
from PIL import Image

from samdesk.coco import arr_coc
from samdesk.coco.check import check
from samdesk.coco.choice import Choice, Placing, Split, Which
from samdesk.coco.merge import merge
from samdesk.coco.sources import open_source
from samdesk.coco.write import write
from samdesk.core.crowd import as_crowd
from samdesk.core.dataset import Annotation, Category, Change, Dataset, ImageRecord, Provenance
from samdesk.core.image import list_images
from samdesk.core.mask import Mask
from samdesk.errors import CocoError
from samdesk.store.project import Project
from tests.store.records import annotation, category, disc, image

SOMEWHERE = arr_coc.Circumstances(
    "arr-coc",
    {
        "gpus": [{"name": "GPU", "memory_bytes": 24_000_000_000}],
        "cpu": "CPU",
        "cores": 8,
        "ram_bytes": 64_000_000_000,
    },
)


def records(count: int) -> tuple[ImageRecord, ...]:
    return tuple(
        ImageRecord(n, f"{n}.jpg", 40, 30, status="done" if n % 3 == 0 else "open")
        for n in range(1, count + 1)
    )


def dataset(images: int = 10, per_image: int = 1) -> Dataset:
    """Annotations on every image but the last."""
    pictures = records(images)
    annotations = [
        Annotation(100 * picture.id + n, picture.id, 2, disc(radius=3 + n))
        for picture in pictures[:-1]
        for n in range(per_image)
    ]
    return Dataset(
        pictures,
        (Category(2, "disc", "#ffffff"), Category(5, "none", "#000000")),
        annotations,
        {picture.id: per_image for picture in pictures[:-1]},
    )


def read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_bytes())
    return data


def names(path: Path) -> list[str]:
    return [entry["file_name"] for entry in read(path)["images"]]


@pytest.mark.parametrize(("which", "count"), [("all", 10), ("annotated", 9), ("done", 3)])
def test_images_are_chosen(tmp_path: Path, which: Which, count: int) -> None:
    target = tmp_path / "out.json"
    written = write(dataset(), None, target, Choice(images=which))
    data = read(target)
    assert (written.images, len(data["images"])) == (count, count)
    chosen = {entry["id"] for entry in data["images"]}
    assert {entry["image_id"] for entry in data["annotations"]} == chosen - {10}
    assert [entry["id"] for entry in data["categories"]] == [2, 5]


def test_splits_share_ids_and_hold_every_image_once(tmp_path: Path) -> None:
    choice = Choice(split=Split.parse("train=0.7,val=0.2,test=.1", seed=3))
    written = write(dataset(20, 2), None, tmp_path / "out.json", choice)
    parts = [tmp_path / f"out_{name}.json" for name in ("train", "val", "test")]
    assert list(written.files) == parts
    assert [len(names(part)) for part in parts] == [14, 4, 2]
    assert sorted(name for part in parts for name in names(part)) == sorted(
        record.path for record in records(20)
    )
    whole = write(dataset(20, 2), None, tmp_path / "whole.json")
    entries = {entry["id"]: entry for entry in read(tmp_path / "whole.json")["annotations"]}
    apart = [entry for part in parts for entry in read(part)["annotations"]]
    assert written.annotations == whole.annotations == len(apart) == 38
    assert all(entries[entry["id"]] == entry for entry in apart)
    assert len({json.dumps(read(part)["categories"]) for part in parts}) == 1


def test_splits_depend_on_nothing_but_paths_and_seed() -> None:
    images = records(200)
    split = Split.parse("train=0.8,val=0.2", seed=7)
    divided = split.divide(images)
    renumbered = [replace(one, id=5000 - one.id, status="open") for one in reversed(images)]
    again = split.divide(renumbered)
    assert {one.path for one in divided["val"]} == {one.path for one in again["val"]}
    other = Split.parse("train=0.8,val=0.2", seed=8).divide(images)
    assert {one.path for one in divided["val"]} != {one.path for one in other["val"]}
    # Written down, so that another version divides alike, too.
    assert [one.id for one in divided["val"]][:5] == [10, 18, 21, 23, 30]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "train",
        "train=1.2",
        "a=0.5,a=0.5",
        "a=0.5,A=0.5",
        "a=0.5,b=0.4",
        "a/b=1",
        "a=0,b=1",
        "a=x",
    ],
)
def test_splits_that_cannot_be_are_told(text: str) -> None:
    with pytest.raises(CocoError):
        Split.parse(text)


def test_simplified_polygons_tell_the_lowest_iou_and_are_boxed_as_drawn(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    ragged = np.random.default_rng(0).random((30, 40)) > 0.4
    masks = [disc(radius=12), Mask.from_bitmap(ragged), Mask.from_bitmap(np.eye(30, 40))]
    several = dataset()
    annotations = [
        replace(one, mask=mask) for one, mask in zip(several.annotations, masks * 3, strict=True)
    ]
    several = replace(several, annotations=annotations)
    exact = write(several, tmp_path, target, Choice(segmentation="polygon"))
    assert exact.lowest_iou is None
    size = target.stat().st_size
    written = write(several, tmp_path, target, Choice(segmentation="polygon", simplify=1.0))
    assert written.lowest_iou is not None
    assert 0.2 < written.lowest_iou < 1
    assert target.stat().st_size < size
    assert list(check(target)) in ([], list(written.advice))
    with pytest.raises(CocoError, match="Only polygons"):
        write(several, tmp_path, target, Choice(simplify=1.0))


@pytest.mark.parametrize("placing", ["copy", "link"])
def test_images_beside_the_file(tmp_path: Path, placing: Placing) -> None:
    folder, out = tmp_path / "photos", tmp_path / "out"
    (folder / "sub").mkdir(parents=True)
    out.mkdir()
    paths = ["sub/ä.png", "b.png"]
    for path in paths:
        Image.new("RGB", (40, 30)).save(folder / path)
    images = (*(ImageRecord(n, path) for n, path in enumerate(paths, 1)), ImageRecord(9, "no.png"))
    some = Dataset(images, (), ())
    choice = Choice(placing=placing)
    written = write(some, folder, out / "x.json", choice)
    assert written.placed == 2
    assert [path for path, _ in written.left_out] == ["no.png"]
    assert list(check(out / "x.json", out)) == []
    assert (out / "b.png").is_symlink() == (placing == "link")
    assert write(some, folder, out / "x.json", choice).placed == 0
    assert write(some, folder, folder / "x.json", choice).placed == 0
    (out / "b.png").unlink()
    (out / "b.png").write_text("another")
    before = (out / "x.json").read_bytes()
    with pytest.raises(CocoError, match="another file"):
        write(some, folder, out / "x.json", choice)
    assert (out / "x.json").read_bytes() == before
    assert (out / "b.png").read_text() == "another"
    (folder / "inner").mkdir()
    with pytest.raises(CocoError, match="is in the folder"):
        write(some, folder, folder / "inner" / "x.json", choice)


def test_arr_coc_carries_what_the_profile_lists(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (30, 40)).save(folder / "never opened.png")
    with Project.open(folder, data=folder) as project:
        picture, kind = image(project), category(project)
        whole = annotation(project, picture, kind, disc(radius=9))
        part = replace(whole, id=project.next_id(Annotation), parent_id=whole.id, mask=disc())
        made = replace(part.provenance, predicted_iou=None, stability_score=None, source="manual")
        subpart = Annotation(
            project.next_id(Annotation), picture.id, kind.id, disc(radius=2), made, part.id
        )
        project.apply([Change(None, part), Change(None, subpart)])
        project.add_images(["never opened.png"])
        target = tmp_path / "out.json"
        write(project.snapshot(), folder, target, Choice("arr-coc"), circumstances=SOMEWHERE)
    data = read(target)
    fastjsonschema.compile(arr_coc.schema())(data)
    assert list(check(target)) == []
    assert data["info"]["arr_coc"]["policy"] == "arr-coc"
    assert data["info"]["arr_coc"]["hardware"]["gpus"][0]["name"] == "GPU"
    assert data["images"][0]["arr_coc"] == {
        "sha256": "ab" * 32,
        "status": "open",
        "orientation_applied": 1,
    }
    assert len(data["images"][1]["arr_coc"]["sha256"]) == 64
    first, second, third = data["annotations"]
    assert first["predicted_iou"] == 0.91
    assert first["stability_score"] == 0.97
    assert first["point_coords"] == [[1.5, 2]]
    assert first["crop_box"] == [0, 0, 40, 30]
    assert first["arr_coc"] == {
        "parent_id": None,
        "level": "whole",
        "prompts": {"points": [[1.5, 2, 1], [3, 4, 0]], "box": [0, 1, 20, 22.5]},
        "source": "interactive",
        "clicks": 3,
        "seconds": 4.25,
        "checkpoint": "vit_b",
        "checkpoint_sha256": "cd" * 32,
        "precision": "float32",
        "engine": "ViT-B",
        "created_at": "2026-01-02T03:04:05Z",
    }
    assert [one["arr_coc"]["level"] for one in (second, third)] == ["part", "subpart"]
    assert [one["arr_coc"]["parent_id"] for one in (second, third)] == [whole.id, part.id]
    assert third["predicted_iou"] is None


def test_a_project_moves_with_its_folder_and_exports_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    with Project.open(folder, data=folder) as project:
        annotation(project, image(project, "sub/a.jpg"), category(project))
    contents = []
    for place in (folder, tmp_path / "there ünï"):
        if place != folder:
            folder.rename(place)
        with Project.open(place, data=place, read_only=True) as project:
            write(project.snapshot(), place, tmp_path / "out.json")
        data = read(tmp_path / "out.json")
        del data["info"]
        contents.append(data)
    assert contents[0] == contents[1]


def test_ten_thousand_images(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    many = dataset(10_000, 2)
    written = write(many, None, target, Choice(split=Split.parse("a=0.5,b=0.5")))
    assert [count for count, _ in written.files.values()] == [5000, 5000]
    write(many, None, target)
    with Project.open(tmp_path, data=tmp_path) as project:
        found = merge(open_source(target, tmp_path), project.snapshot(), tmp_path, project.last_id)
        project.apply(found.changes)
        assert (found.images, found.annotations, found.unused) == (10_000, 19_998, [])
        again = merge(open_source(target, tmp_path), project.snapshot(), tmp_path, project.last_id)
    assert again.changes == []


_WRITE_UNTIL_STOPPED = """
import resource, sys, time
from pathlib import Path
from samdesk.coco.write import write
from samdesk.core.crowd import as_crowd
from tests.coco.test_export import dataset, endless
target, limit = Path(sys.argv[1]), int(sys.argv[2])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
print("begun", flush=True)
write(endless() if not limit else dataset(2000), None, target)
"""


def endless() -> Dataset:
    """A dataset that never ends."""

    class Annotations:
        def __iter__(self) -> Iterator[Annotation]:
            number = 0
            while True:
                number += 1
                yield Annotation(number, 1, 2, disc(radius=3))

    return replace(dataset(1), annotations=Annotations())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits on the size of files")
def test_a_full_disk_leaves_the_former_file_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    write(dataset(), None, target)
    before = target.read_bytes()
    child = subprocess.run(
        [sys.executable, "-c", _WRITE_UNTIL_STOPPED, str(target), "20000"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert "CocoError" in child.stderr
    assert "File too large" in child.stderr
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_a_killed_export_leaves_the_former_file_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    write(dataset(), None, target)
    before = target.read_bytes()
    child = subprocess.Popen(
        [sys.executable, "-c", _WRITE_UNTIL_STOPPED, str(target), "0"],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    child.stdout.readline()
    while sum(path.stat().st_size for path in tmp_path.iterdir()) < len(before) + 100_000:
        assert child.poll() is None
    child.kill()
    assert child.wait() in (-signal.SIGTERM, -9, 1)
    child.stdout.close()
    assert target.read_bytes() == before
    write(dataset(), None, target)


class Stopped(Exception):
    pass


@pytest.mark.parametrize("what", ["read", "write", "check", "place"])
def test_an_export_stops_when_told_to(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "photos"
    for place in (folder, tmp_path / "out"):
        place.mkdir()
    for record in records(3):
        Image.new("RGB", (40, 30)).save(folder / record.path)
    seen = []

    def keep_going(doing: str, _done: int, _total: int) -> None:
        seen.append(doing)
        if doing == what:
            raise Stopped

    with contextlib.suppress(Stopped):
        write(
            dataset(3),
            folder,
            tmp_path / "out" / "x.json",
            Choice(placing="copy"),
            keep_going=keep_going,
        )
    assert seen[-1] == what
    assert not list((tmp_path / "out").glob("*.json*"))
    assert not list((tmp_path / "out").glob(".*"))


@pytest.mark.parametrize("placing", ["copy", "link"])
def test_every_file_is_reached_where_its_location_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, placing: Placing
) -> None:
    """Under a file there is nothing, as there is for Windows where a path is too long."""
    drive, real = tmp_path / "drive", tmp_path / "real"
    drive.write_bytes(b"")

    def reached(path: str | os.PathLike[str]) -> str:
        return os.fspath(path).replace(str(drive), str(real))

    modules = ("coco.present", "coco.replacing", "coco.placing", "core.image.file")
    for module in (*modules, "core.image.folder"):
        monkeypatch.setattr(f"samdesk.{module}.location", reached)
    for folder in ("photos/sub", "out"):
        (real / folder).mkdir(parents=True)
    Image.new("RGB", (3, 2)).save(real / "photos" / "sub" / "a.png")
    target = drive / "out" / "x.json"
    images = (ImageRecord(1, "sub/a.png"),)
    found = Dataset(images, (), ())
    choice = Choice("arr-coc", placing=placing)
    written = write(found, drive / "photos", target, choice, circumstances=SOMEWHERE)
    assert (written.files, written.placed, written.left_out) == ({target: (1, 0)}, 1, ())
    placed = real / "out" / "sub" / "a.png"
    original = real / "photos" / "sub" / "a.png"
    if placing == "copy":
        assert placed.read_bytes() == original.read_bytes()
    else:
        assert os.readlink(placed) == str(drive / "photos" / "sub" / "a.png")
    (image,) = json.loads((real / "out" / "x.json").read_bytes())["images"]
    assert image["arr_coc"]["sha256"] == hashlib.sha256(original.read_bytes()).hexdigest()


@pytest.mark.skipif(os.name != "posix", reason="rights by bits are POSIX's")
def test_others_may_read_what_was_written(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    former = os.umask(0o022)
    try:
        write(Dataset((), (), ()), tmp_path, target)
    finally:
        os.umask(former)
    assert target.stat().st_mode & 0o777 == 0o644


def test_a_crowd_is_written_as_runs_among_polygons(tmp_path: Path) -> None:
    whole = dataset(3)
    first, *others = whole.annotations
    whole = replace(whole, annotations=(as_crowd(first, True), *others))
    path = tmp_path / "a.json"
    write(whole, None, path, Choice(segmentation="polygon", simplify=1.0))
    crowd, *singles = json.loads(path.read_text("utf-8"))["annotations"]
    assert crowd["iscrowd"] == 1 and crowd["segmentation"] == first.mask.rle()
    assert crowd["area"] == first.mask.area
    assert all(one["iscrowd"] == 0 and isinstance(one["segmentation"], list) for one in singles)
    assert not list(check(path))


def test_a_crowd_is_not_simplified(tmp_path: Path) -> None:
    whole = dataset(3)
    crowds = [as_crowd(one, True) for one in whole.annotations]
    choice = Choice(segmentation="polygon", simplify=8.0)
    written = write(replace(whole, annotations=crowds), None, tmp_path / "a.json", choice)
    assert (written.annotations, written.lowest_iou) == (2, None)


def folder_with(tmp_path: Path, *paths: str) -> Path:
    folder = tmp_path / "photos"
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30)).save(folder / path)
    return folder


def test_images_that_are_gone_or_changed_are_told(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, *(f"{number}.jpg" for number in range(1, 6)))
    for number in (1, 4):
        Image.new("RGB", (60, 20)).save(folder / f"{number}.jpg")
    (folder / "2.jpg").unlink()
    (folder / "3.jpg").unlink()
    whole = dataset(6)
    counts = {1: 1, 2: 1, 5: 1}
    whole = replace(
        whole,
        annotations=[one for one in whole.annotations if one.image_id in counts],
        counts=counts,
    )
    target = tmp_path / "out" / "a.json"
    target.parent.mkdir()
    written = write(whole, folder, target, Choice(placing="copy"))
    # 1 is annotated and has another size now, 4 has that and no annotations; 2 is annotated and
    # gone, 3 and 6 have nothing and are gone.
    assert [(path, str(reason)) for path, reason in written.left_out] == [
        ("1.jpg", "it was 40 x 30 pixels when it was annotated and is 60 x 20 now"),
        ("3.jpg", "its file is not in the folder"),
        ("6.jpg", "its file is not in the folder"),
    ]
    assert written.left_out_annotations == 1
    assert written.absent == (("2.jpg", "its file is not in the folder"),)
    sizes = {one["file_name"]: (one["width"], one["height"]) for one in read(target)["images"]}
    assert sizes == {"2.jpg": (40, 30), "4.jpg": (60, 20), "5.jpg": (40, 30)}
    assert written.placed == 2
    assert [problem.where for problem in check(target, target.parent)] == ["images[0]"]


def test_an_annotated_image_that_is_damaged_stays_and_is_told(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "1.jpg")
    (folder / "1.jpg").write_bytes(b"")
    written = write(dataset(2), folder, tmp_path / "a.json")
    assert (names(tmp_path / "a.json"), written.absent) == (
        ["1.jpg"],
        (("1.jpg", "1.jpg is empty."),),
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("name", ["a\\b.png", "a:b.png", "7:45.png", "x:1/a.png"])
def test_a_name_that_no_file_can_have_is_left_out_and_the_rest_is_written(
    tmp_path: Path, name: str
) -> None:
    folder = folder_with(tmp_path, name, "ok.png", "sub/7:45.png")
    told: list[str] = []
    assert list_images(folder, told) == ["ok.png", "sub/7:45.png"]
    assert told == [name.partition("/")[0]]
    # Such images may be in projects since before they were left out.
    pictures = (ImageRecord(1, name, 40, 30), ImageRecord(2, "ok.png", 40, 30))
    marks = [Annotation(number, number, 2, disc()) for number in (1, 2)]
    whole = Dataset(pictures, (Category(2, "x", "#ffffff"),), marks, {1: 1, 2: 1})
    written = write(whole, folder, tmp_path / "a.json")
    assert (names(tmp_path / "a.json"), written.left_out_annotations) == (["ok.png"], 1)
    ((path, reason),) = written.left_out
    assert path == name and "rename" in reason


def test_a_split_stays_while_images_are_marked_as_done(tmp_path: Path) -> None:
    split = Split.parse("train=0.8,val=0.2", seed=7)
    pictures = records(400)
    groups: list[dict[str, str]] = []
    for count in (100, 200, 400):
        done = tuple(replace(one, status="done" if one.id <= count else "open") for one in pictures)
        write(Dataset(done, (), ()), None, tmp_path / "a.json", Choice(images="done", split=split))
        part_of = {
            name: part for part in ("train", "val") for name in names(tmp_path / f"a_{part}.json")
        }
        assert len(part_of) == count
        groups.append(part_of)
    assert groups[0].items() <= groups[1].items() <= groups[2].items()
    assert list(groups[2].values()).count("val") == 80


def test_of_a_split_all_files_are_new_or_none(tmp_path: Path) -> None:
    choice = Choice(split=Split.parse("train=0.5,val=0.3,test=0.2"))
    (tmp_path / "a_train.json").write_text("former")
    (tmp_path / "a_test.json").mkdir()
    with pytest.raises(CocoError, match="cannot be written"):
        write(dataset(), None, tmp_path / "a.json", choice, may_replace=True)
    assert (tmp_path / "a_train.json").read_text() == "former"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a_test.json", "a_train.json"]
    (tmp_path / "a_test.json").rmdir()
    write(dataset(), None, tmp_path / "a.json", choice, may_replace=True)
    parts = ["a_test.json", "a_train.json", "a_val.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == parts
    assert sum(len(names(tmp_path / part)) for part in parts) == 10


def test_of_a_split_all_files_are_new_or_none_without_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("os.link", no_links)
    test_of_a_split_all_files_are_new_or_none(tmp_path)


def test_what_killed_exports_left_goes_with_the_next_one(tmp_path: Path) -> None:
    left, fresh, others = (
        tmp_path / name for name in (".a.json.0123abcd", ".a.json.4567cdef", ".b.json.0123abcd")
    )
    for path in (left, fresh, others):
        path.write_bytes(b"{")
    for path in (left, others):
        os.utime(path, (0, 0))
    write(dataset(), None, tmp_path / "a.json")
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "a.json", fresh, others])


@pytest.mark.parametrize(
    "extras",
    [
        {"stability_score": "0.9"},
        {"predicted_iou": "high", "crop_box": None},
        {"predicted_iou": 10**400},
        {"arr_coc": "x"},
        {"arr_coc": [1]},
        {"arr_coc": {"clicks": "x", "own": 1}},
        {"crop_box": [1, 2]},
        {"crop_box": [-1, 0, 5, 5]},
        {"point_coords": None},
        {"point_coords": [["a", 1]]},
        {"area": "x", "id": "y"},
    ],
)
def test_no_odd_extra_ends_an_export(tmp_path: Path, extras: dict[str, Any]) -> None:
    first, *others = dataset(3).annotations
    imported = replace(first.provenance, source="imported", predicted_iou=0.5)
    odd = replace(first, extras=json.dumps(extras), provenance=imported)
    pictures = [replace(one, extras=json.dumps(extras), sha256="zz") for one in records(3)]
    whole = replace(dataset(3), annotations=(odd, *others), images=tuple(pictures))
    target = tmp_path / "a.json"
    for profile in ("coco", "arr-coc"):
        choice = Choice(profile)  # type: ignore[arg-type]
        assert write(whole, None, target, choice, circumstances=SOMEWHERE).annotations == 2
    assert read(target)["annotations"][0]["predicted_iou"] == 0.5


def test_what_was_said_of_a_mask_is_not_said_of_its_correction(tmp_path: Path) -> None:
    said = {
        "predicted_iou": 0.95,
        "stability_score": 0.99,
        "point_coords": [[2, 2]],
        "crop_box": [0, 0, 20, 20],
        "note": "x",
    }
    first, *others = dataset(3).annotations
    made = replace(first.provenance, source="imported", predicted_iou=0.95, stability_score=0.99)
    as_it_came = replace(first, extras=json.dumps(said), provenance=made)
    mended = replace(as_it_came, provenance=Provenance(source="manual"), mask=disc(radius=7))
    for profile in ("coco", "arr-coc"):
        for one, is_said in ((as_it_came, True), (mended, False)):
            whole = replace(dataset(3), annotations=(one, *others))
            choice = Choice(profile)  # type: ignore[arg-type]
            write(whole, None, tmp_path / "a.json", choice, circumstances=SOMEWHERE)
            entry = read(tmp_path / "a.json")["annotations"][0]
            assert entry["note"] == "x"
            for key in ("predicted_iou", "stability_score", "crop_box"):
                assert (entry.get(key) == said[key]) == is_said


@pytest.mark.parametrize("profile", ["coco", "arr-coc"])
def test_misfits_are_left_out_and_told(tmp_path: Path, profile: Any) -> None:
    whole = dataset(3, per_image=2)
    first, part, *others = whole.annotations
    misfit = replace(first, mask=disc(30, 40))
    parts = {part.id: first.id}
    whole = replace(
        whole,
        annotations=(misfit, replace(part, parent_id=first.id), *others),
        parents=parts,
        misfits=frozenset({first.id}),
    )
    target = tmp_path / "a.json"
    written = write(whole, None, target, Choice(profile), circumstances=SOMEWHERE)
    assert written.misfits == {"1.jpg": 1}
    # Also where nothing else is on the image.
    alone = replace(whole, annotations=(misfit, *others), counts={1: 1, 2: 2}, parents={})
    assert write(alone, None, tmp_path / "b.json", Choice(images="annotated")).misfits == {
        "1.jpg": 1
    }
    entries = json.loads(target.read_bytes())["annotations"]
    assert [one["id"] for one in entries] == [part.id, *(one.id for one in others)]
    if profile == "arr-coc":
        assert entries[0]["arr_coc"]["parent_id"] is None
        assert entries[0]["arr_coc"]["level"] == "whole"
