from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from samdesk import cli
from samdesk.core.dataset import Category, Change
from samdesk.core.mask import Mask
from samdesk.engine.builtin import BuiltinSegmenter
from samdesk.engine.choose import EngineChoice
from samdesk.store.project import Project
from samdesk.verbs import coco
from tests.precomputing_child import CountingSegmenter


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def write_requests(path: Path, *requests: Any) -> str:
    rows = [one if isinstance(one, str) else json.dumps(one) for one in requests]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return str(path)


def test_segment_one_image(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mask.png"
    image = str(photos / "disc1.png")
    code = cli.main(["segment", image, "--box", "22,32,78,88", "--out", str(out)])
    captured = capsys.readouterr()
    assert code == 0
    (answer,) = lines(captured.out)
    assert answer["engine"] == "Built-in (no checkpoint)"
    assert (answer["width"], answer["height"]) == (160, 120)
    mask = Mask.from_rle(answer["rle"])
    assert answer["area"] == mask.area
    assert answer["bbox"] == list(mask.bbox_xywh)
    rows, columns = np.mgrid[:120, :160]
    disc = Mask.from_bitmap((columns - 50) ** 2 + (rows - 60) ** 2 <= 25**2)
    assert mask.iou(disc) > 0.9
    assert 1 <= len(answer["candidates"]) <= 3
    assert answer["candidates"][0]["rle"] == answer["rle"]
    assert np.array_equal(np.array(Image.open(out)) > 0, mask.bitmap())


def test_request_lines_are_answered_in_order_and_failures_stop_nothing(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = {"id": "ä", "image": str(photos / "disc2.png"), "points": [[80, 50, 1], [5, 5, 0]]}
    source = write_requests(
        tmp_path / "requests.jsonl",
        good,
        "",
        "no json",
        {"id": 2, "image": str(photos / "none.png"), "points": [[1, 1, 1]]},
        {"id": 3, "image": good["image"]},
        {"id": 4, "image": good["image"], "points": [[500, 1, 1]]},
        {"id": 5, "image": good["image"], "points": [[1, 1, 7]]},
        {"id": 6, "image": good["image"], "points": [[1, 1, 0]]},
        {"id": 7, "image": good["image"], "box": [10, 10, 10, 20]},
        {"id": 8, "image": good["image"], "box": [52, 22, 108, 78]},
        "[]",
    )
    assert cli.main(["segment", "--requests", source]) == 1
    answers = lines(capsys.readouterr().out)
    assert [answer["id"] for answer in answers] == ["ä", None, 2, 3, 4, 5, 6, 7, 8, None]
    failed = [answer["id"] for answer in answers if "error" in answer]
    assert failed == [None, 2, 3, 4, 5, 6, 7, None]
    assert all(a["error"]["title"] and a["error"]["hint"] for a in answers if "error" in a)


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": 1, "image": "IMAGE", "points": [[1' + b"0" * 400 + b", 5, 1]]}",
        b'{"id": 1, "image": "IMAGE", "box": [1, 2, 3, 1' + b"0" * 400 + b"]}",
        b'{"id": 1, "image": "IMAGE", "points": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"id": ' + b"[" * 980 + b"]" * 980 + b', "image": "IMAGE", "points": [[50, 60, 1]]}',
        b'{"id": NaN, "image": "IMAGE", "points": [[50, 60, 1]]}',
        b'{"id": 1, "image": "\xff\xfe", "points": [[50, 60, 1]]}',
        b'{"id": 1, "image": "nul\\u0000", "points": [[50, 60, 1]]}',
        b'{"id": "\\ud800", "image": "\\ud800", "points": [[50, 60, 1]]}',
        b'{"id": 1, "image": "IMAGE", "points": [[50, 60, 1]], "category": "\\ud800"}',
    ],
    ids=lambda line: line[:60].decode("latin-1"),
)
@pytest.mark.parametrize("verb", ["segment", "annotate"])
def test_a_line_that_is_no_request_ends_no_conversation(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str, line: bytes
) -> None:
    image = str(photos / "disc1.png")
    good = {"id": 2, "image": image, "points": [[50, 60, 1]], "category": "disc"}
    source = tmp_path / "requests.jsonl"
    wrong = line.replace(b"IMAGE", image.encode()).replace(b"{", b'{"category": "x", ', 1)
    source.write_bytes(wrong + b"\n" + json.dumps(good).encode() + b"\n")
    folder = [str(photos)] if verb == "annotate" else []
    assert cli.main([verb, *folder, "--requests", str(source)]) == 1
    first, second = lines(capsys.readouterr().out)
    assert first["error"]["title"]
    assert second["area"] > 0


def test_requests_may_begin_with_a_byte_order_mark(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = {"id": "ä", "image": str(photos / "disc1.png"), "points": [[50, 60, 1]]}
    source = tmp_path / "requests.jsonl"
    source.write_text(json.dumps(request, ensure_ascii=False) + "\n", "utf-8-sig")
    assert cli.main(["segment", "--requests", str(source)]) == 0
    (answer,) = lines(capsys.readouterr().out)
    assert answer["id"] == "ä"


def test_a_conversation_over_pipes(photos: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "samdesk.cli", "segment", "--requests", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    for number in (1, 2):
        request = {"id": number, "image": str(photos / "disc1.png"), "points": [[50, 60, 1]]}
        child.stdin.write(json.dumps(request) + "\n")
        child.stdin.flush()
        # The answer comes while the conversation is still open.
        assert json.loads(child.stdout.readline())["id"] == number
    child.stdin.close()
    assert child.wait(30) == 0
    child.stdout.close()


def test_annotate_export_and_check(
    photos: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = write_requests(
        tmp_path / "requests.jsonl",
        {"id": 1, "image": "disc1.png", "points": [[50, 60, 1]], "category": "disc"},
        {"id": 2, "image": "disc2.png", "box": [52, 22, 108, 78], "category": "disc"},
        {"id": 3, "image": "disc2.png", "box": [52, 22, 108, 78]},
        {"id": 4, "image": "../requests.jsonl", "box": [52, 22, 108, 78], "category": "x"},
        {"id": 5, "image": "disc2.png", "points": [[80, 50, 1]], "category": "x", "parent_id": 1},
        {"id": 6, "image": "disc2.png", "points": [[80, 50, 1]], "category": "x", "parent_id": "2"},
    )
    assert cli.main(["annotate", str(photos), "--requests", source]) == 1
    answers = lines(capsys.readouterr().out)
    assert ["error" in answer for answer in answers] == [False, False, True, True, True, True]
    with Project.open(photos, data=tmp_path, read_only=True) as project:
        stored = {one.id: one for one in project.annotations()}
        assert [one.name for one in project.categories()] == ["disc"]
        assert len(project.images()) == 3
    for answer in answers[:2]:
        assert stored[answer["annotation_id"]].mask.rle() == answer["rle"]
    for form in ("rle", "polygon"):
        target = tmp_path / f"{form}.json"
        assert cli.main(["export", str(photos), "-o", str(target), "--segmentation", form]) == 0
        assert cli.main(["check", str(target)]) == 0
        data = json.loads(target.read_bytes())
        assert len(data["images"]) == 3
        assert [one["area"] for one in data["annotations"]] == [
            answer["area"] for answer in answers[:2]
        ]


def test_wholes_and_parts_reach_the_arr_coc_file(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = {"image": "disc1.png", "box": [22, 32, 78, 88], "category": "disc"}
    part = {"image": "disc1.png", "points": [[50, 60, 1], [9, 9, 0]], "category": "part"}
    source = write_requests(tmp_path / "requests.jsonl", whole, {**part, "parent_id": 1})
    assert cli.main(["annotate", str(photos), "--requests", source]) == 0
    target = tmp_path / "out.json"
    arguments = ["export", str(photos), "-o", str(target), "--profile", "arr-coc"]
    assert cli.main([*arguments, "--images", "annotated"]) == 0
    assert cli.main(["check", str(target), "--images", str(photos)]) == 0
    data = json.loads(target.read_bytes())
    assert [entry["file_name"] for entry in data["images"]] == ["disc1.png"]
    assert data["info"]["arr_coc"]["hardware"]["cores"] >= 1
    first, second = data["annotations"]
    assert first["arr_coc"]["level"] == "whole"
    assert second["arr_coc"]["level"] == "part"
    assert second["arr_coc"]["parent_id"] == first["id"] == 1
    assert second["arr_coc"]["prompts"]["points"] == [[50, 60, 1], [9, 9, 0]]
    assert second["arr_coc"]["clicks"] == 2
    assert second["arr_coc"]["seconds"] > 0
    other = tmp_path / "other"
    other.mkdir()
    capsys.readouterr()
    assert cli.main(["import", "--json", str(other), str(target)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["annotations"], told["missing"]) == ("COCO", 2, ["disc1.png"])
    again = tmp_path / "again.json"
    assert cli.main(["export", str(other), "-o", str(again), "--profile", "arr-coc"]) == 0
    assert json.loads(again.read_bytes())["annotations"] == data["annotations"]


def test_what_cannot_be_imported_is_told_line_by_line(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"images": [], "categories": [], "annotations": [7]}))
    assert cli.main(["import", str(photos), str(path)]) == 1
    assert capsys.readouterr().out == "not imported: annotations[0]: is not an object\n"
    with Project.open(photos, data=photos, read_only=True) as project:
        assert len(project.images()) == 3


@pytest.mark.parametrize(
    ("images", "reason"),
    [("done", "none is marked as done"), ("annotated", "none has annotations")],
)
def test_an_export_without_images_says_why(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], images: str, reason: str
) -> None:
    with Project.open(photos, data=photos) as project:
        project.add_images(["disc1.png"])
    target = tmp_path / "x.json"
    arguments = ["export", str(photos), "-o", str(target)]
    assert cli.main([*arguments, "--images", images]) == 0
    assert f"warning: no image is exported: {reason}" in capsys.readouterr().err
    assert json.loads(target.read_bytes())["images"] == []
    assert cli.main(arguments) == 0
    assert "warning" not in capsys.readouterr().err


def test_a_split_with_images(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    arguments = ["export", str(photos), "-o", str(out / "x.json"), "--copy-images"]
    with Project.open(photos, data=photos) as project:
        project.add_images(["disc1.png"])
    assert cli.main([*arguments, "--split", "train=0.67,val=0.33", "--seed", "4"]) == 0
    for name in ("train", "val"):
        assert cli.main(["check", str(out / f"x_{name}.json"), "--images", str(out)]) == 0
    assert len(list(out.glob("*.png"))) == 3
    assert cli.main([*arguments, "--split", "train=0.67"]) == 1
    assert cli.main([*arguments, "--simplify", "2"]) == 1


def _links_to(photo: Path, folder: Path) -> list[Path]:
    soft, hard = folder / "soft.json", folder / "hard.json"
    soft.symlink_to(photo)
    os.link(photo, hard)
    return [soft, hard, photo.parent / ".." / photo.parent.name / photo.name]


def test_an_export_never_takes_the_place_of_an_image_or_a_project(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Project.open(photos, data=photos) as project:
        project.add_images(["disc1.png"])
        database = project.database
    away = tmp_path / "away"
    away.mkdir()
    beside = away / "hard.db"
    os.link(database, beside)
    linked = away / "linked"
    linked.symlink_to(database.parent)
    photo = photos / "disc1.png"
    damaged = away / "damaged.json"
    damaged.write_bytes(photo.read_bytes()[:60])
    targets = [photo, *_links_to(photo, away), away / "new.JPG", damaged]
    projects = [database, beside, linked / "x.json", database.parent / "new.json"]
    former = {path: path.read_bytes() for path in (photo, damaged)}
    for target in [*targets, *projects]:
        assert cli.main(["export", str(photos), "-o", str(target), "--force"]) == 1, target
        said = capsys.readouterr().err
        assert ("project" if target in projects else "image") in said
        assert "Name " in said
    assert {path: path.read_bytes() for path in former} == former
    with Project.open(photos, data=photos, read_only=True) as project:
        assert len(project.images()) == 3
    assert cli.main(["auto", str(photos), "--shards", str(database.parent)]) == 1
    assert not (database.parent / ".lock").exists()


def test_an_export_replaces_an_export_and_other_files_only_by_force(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Project.open(photos, data=photos) as project:
        project.add_images(["disc1.png"])
    target = tmp_path / "x_a.json"
    export = ["export", str(photos), "-o", str(tmp_path / "x.json"), "--split", "a=0.5,b=0.5"]
    for other in ('{"version": "5.5", "shapes": []}', "notes", '[{"images": []}]'):
        target.write_text(other)
        assert cli.main(export) == 1
        assert "--force" in capsys.readouterr().err
        assert target.read_text() == other
        assert not (tmp_path / "x_b.json").exists()
    assert cli.main([*export, "--force"]) == 0
    assert cli.main(export) == 0
    # Of another program, and empty as `mktemp` makes them.
    target.write_text('{"annotations": [], "categories": [{"id": 1}], "images": []}')
    (tmp_path / "x_b.json").write_bytes(b"")
    assert cli.main(export) == 0
    assert cli.main(["check", str(target)]) == 0


def test_a_part_of_a_split_without_images_is_told(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Project.open(photos, data=photos) as project:
        project.add_images(["disc1.png"])
    export = ["export", str(photos), "-o", str(tmp_path / "x.json"), "--split"]
    assert cli.main([*export, "a=0.5,b=0.5"]) == 0
    assert "warning" not in capsys.readouterr().err
    assert cli.main([*export, "a=0.9,b=0.1"]) == 0
    assert "x_b.json has no image" in capsys.readouterr().err


def test_a_mask_replaces_masks_only(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo, notes, out = photos / "disc1.png", tmp_path / "notes", tmp_path / "mask.png"
    notes.write_text("mine")
    content = photo.read_bytes()
    segment = ["segment", str(photo), "--point", "50,60"]
    for target in [photo, *_links_to(photo, tmp_path), photos / "disc2.png"]:
        assert cli.main([*segment, "--out", str(target), "--force"]) == 1
        assert "image" in capsys.readouterr().err
    assert photo.read_bytes() == content
    assert cli.main([*segment, "--out", str(notes)]) == 1
    assert notes.read_text() == "mine"
    assert cli.main([*segment, "--out", str(notes), "--force"]) == 0
    assert [cli.main([*segment, "--out", str(out)]) for _ in range(2)] == [0, 0]
    # A mask that is itself the image is not replaced.
    again = ["segment", str(out), "--point", "50,60", "--out", str(out), "--force"]
    assert cli.main(again) == 1


@pytest.mark.parametrize(
    "arguments", [["annotate", "--requests", "-"], ["auto"], ["import", "SOURCE"]]
)
def test_what_writes_tells_why_a_project_can_only_be_looked_at(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    source = tmp_path / "x.json"
    source.write_text(json.dumps({"images": [], "categories": [], "annotations": []}))
    verb, *rest = [one.replace("SOURCE", str(source)) for one in arguments]
    with Project.open(photos, data=tmp_path):
        assert cli.main([verb, str(photos), *rest]) == 1
    told = capsys.readouterr().err
    assert f"{photos} cannot be written to." in told
    assert told.count("Another SAMDesk has this folder open") == 1
    with Project.open(photos, data=tmp_path) as project:
        assert not project.read_only


def test_check_tells_each_problem_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"info": {}, "images": [], "categories": [], "annotations": []}))
    assert cli.main(["check", str(path)]) == 1
    assert "licenses: is missing [sections]" in capsys.readouterr().out
    assert cli.main(["check", "--json", str(path)]) == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert row["rule"] == "sections"
    assert row["remedy"]


def test_a_checkpoint_that_is_not_there_says_where_to_get_it(
    photos: Path, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    arguments = ["segment", str(photos / "disc1.png"), "--point", "50,60", "--engine", "vit_l"]
    assert cli.main(arguments) == 1
    told = capsys.readouterr().err
    assert "ViT-L" in told
    assert "sam_vit_l_0b3195.pth" in told
    assert str(home / "checkpoints") in told


@pytest.mark.parametrize(
    "arguments",
    [
        ["segment"],
        ["segment", "a.png", "--requests", "-"],
        ["segment", "a.png", "--point", "1"],
        ["segment", "--requests", "-", "--point", "1,2"],
        ["annotate", "x"],
        ["export", "x"],
        ["export", "x", "-o", "y", "--simplify", "-1"],
        ["export", "x", "-o", "y", "--copy-images", "--link-images"],
        ["import", "x"],
        ["check"],
        ["--nonsense"],
        ["a", "b"],
    ],
)
def test_wrong_usage_is_told_apart(arguments: list[str]) -> None:
    try:
        code = cli.main(arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    assert code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["segment", "none.png", "--point", "1,2"],
        ["segment", "--requests", "none.jsonl"],
        ["annotate", "nowhere", "--requests", "-"],
        ["export", "nowhere", "-o", "x.json"],
        ["check", "nowhere.json"],
        ["import", ".", "nowhere.json"],
    ],
)
def test_failures_are_told_in_two_lines(
    arguments: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert cli.main(arguments) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "samdesk: " in captured.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_can_be_annotated_while_it_is_exported(
    photos: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Project.open(photos, data=home) as project:
        project.apply([Change(None, Category(1, "before", "#ff0000"))])
    write = coco.write

    def beside(*arguments: Any, **more: Any) -> Any:
        with Project.open(photos, data=home) as project:
            assert not project.read_only
            project.apply([Change(None, Category(2, "meanwhile", "#00ff00"))])
        return write(*arguments, **more)

    monkeypatch.setattr(coco, "write", beside)
    target = tmp_path / "coco.json"
    assert cli.main(["export", str(photos), "-o", str(target)]) == 0
    exported = json.loads(target.read_text("utf-8"))
    assert [one["name"] for one in exported["categories"]] == ["before"]
    assert len(exported["images"]) == 3
    # Who wrote last left one whole file.
    assert {one.name for one in (photos / ".samdesk").iterdir()} == {"lock", "project.db"}


@pytest.mark.parametrize("verb", [[], ["segment"], ["annotate"], ["export"], ["import"], ["check"]])
def test_each_verb_has_help(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main([*verb, "--help"])
    assert stop.value.code == 0
    assert "usage: samdesk" in capsys.readouterr().out


def test_embeddings_on_disk_serve_the_next_run(
    photos: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    home: Path,
) -> None:
    runs = []

    def choose(*_: Any, **__: Any) -> EngineChoice:
        runs.append(CountingSegmenter())
        return EngineChoice("Tiny SAM", lambda token, progress, engine=runs[-1]: engine)

    monkeypatch.setattr("samdesk.verbs.engine.choose_engine", choose)
    answers = []
    for _ in range(2):
        assert cli.main(["segment", str(photos / "disc1.png"), "--point", "50,60"]) == 0
        answers += lines(capsys.readouterr().out)
    assert [engine.encoded for engine in runs] == [1, 0]
    assert answers[0]["rle"] == answers[1]["rle"]
    # A cache that cannot be written is told, and stops nothing.
    shutil.rmtree(home / "cache" / "embeddings")
    (home / "cache" / "embeddings").write_text("a file where a folder should be")
    assert cli.main(["segment", str(photos / "disc1.png"), "--point", "50,60"]) == 0
    told = capsys.readouterr()
    assert lines(told.out)[0]["rle"] == answers[0]["rle"]
    assert "embeddings" in told.err


def test_another_spelling_of_a_name_is_the_same_image(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows and macOS, whose disks know no case; here a link plays the other spelling."""
    (photos / "Disc1.PNG").hardlink_to(photos / "disc1.png")
    names = ["disc1.png", "disc2.png", "disc3.png"]
    monkeypatch.setattr("samdesk.verbs.masks.list_images", lambda folder: names)
    rows = [
        {"image": name, "points": [[50, 60, 1]], "category": "disc"}
        for name in ("disc1.png", "Disc1.PNG")
    ]
    source = write_requests(tmp_path / "requests.jsonl", *rows)
    assert cli.main(["annotate", str(photos), "--requests", source]) == 0
    with Project.open(photos, data=tmp_path) as project:
        assert [image.path for image in project.images()] == names
        assert len(list(project.annotations())) == 2


def test_an_image_for_which_memory_is_short_stops_no_other(
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    real, asked = BuiltinSegmenter.embed, list[int]()

    def embed(engine: BuiltinSegmenter, image: Any, **more: Any) -> Any:
        asked.append(1)
        if len(asked) == 2:
            raise MemoryError
        return real(engine, image, **more)

    monkeypatch.setattr(BuiltinSegmenter, "embed", embed)
    rows = [
        {"image": str(photos / f"disc{number}.png"), "points": [[50, 60, 1]]}
        for number in (1, 2, 3)
    ]
    source = write_requests(tmp_path / "requests.jsonl", *rows)
    assert cli.main(["segment", "--engine", "builtin", "--requests", source]) == 1
    answers = lines(capsys.readouterr().out)
    assert ["error" in one for one in answers] == [False, True, False]
    assert "memory for this image" in answers[1]["error"]["title"]


def test_results_can_be_written_in_an_encoding_that_lacks_their_letters(
    photos: Path, tmp_path: Path
) -> None:
    source = tmp_path / "c.json"
    images = [{"id": 1, "file_name": "写真.png", "width": 10, "height": 8}]
    sections: dict[str, Any] = {"info": {}, "licenses": [], "annotations": [], "categories": []}
    source.write_text(json.dumps({**sections, "images": images}), "utf-8")
    outputs = []
    for arguments in (
        ["import", str(photos), str(source)],
        ["import", "--json", str(photos), str(source)],
        ["check", str(source), "--images", str(photos)],
        ["check", "--json", str(source), "--images", str(photos)],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "samdesk.cli", *arguments],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "cp1252"},
            cwd=Path(__file__).parents[1],
            check=False,
        )
        assert b"Traceback" not in done.stderr
        outputs.append(done.stdout.decode("ascii"))
    assert "\\u5199\\u771f.png" in outputs[0]
    assert json.loads(outputs[1])["missing"] == ["写真.png"]
    assert "\\u5199" in outputs[2]
    assert "写真.png" in json.loads(outputs[3])[0]["what"]
