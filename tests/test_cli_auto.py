from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from samdesk import cli
from samdesk.core.dataset import Category, Change, Proposal, UnsegmentedBox
from samdesk.core.prompt import Box
from samdesk.runtime import proposing
from samdesk.store.project import Project
from tests.automatic_child import FEW, SlowSegmenter, images, use


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, home: Path) -> SlowSegmenter:
    engine = SlowSegmenter()
    use(monkeypatch, engine)
    return engine


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = cli.main(["auto", *map(str, arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def proposals(folder: Path) -> list[Proposal]:
    with Project.open(folder, data=folder) as project:
        return list(project.proposals())


def export(folder: Path, *arguments: str) -> dict[str, Any]:
    target = folder.parent / "coco.json"
    assert cli.main(["export", str(folder), "-o", str(target), *arguments]) == 0
    answer: dict[str, Any] = json.loads(target.read_text())
    return answer


def test_proposals_are_stored_once_and_exported_on_request_only(
    tmp_path: Path, engine: SlowSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = images(tmp_path / "images", 3)
    code, first = run(capsys, folder, *FEW)
    assert (code, first["done"], first["there_already"], first["complete"]) == (0, 3, 0, True)
    stored = proposals(folder)
    assert len(stored) == first["proposals"] > 6
    assert {one.annotation.provenance.source for one in stored} == {"auto"}
    code, second = run(capsys, folder, *FEW)
    assert (code, second["done"], second["there_already"], second["complete"]) == (0, 0, 3, True)
    assert engine.encoded == 3
    assert proposals(folder) == stored
    assert export(folder)["annotations"] == []
    exported = export(folder, "--proposals")
    assert [one["id"] for one in exported["annotations"]] == [one.id for one in stored]
    assert [one["name"] for one in exported["categories"]] == ["object"]


def test_other_settings_replace_what_nobody_accepted_or_dropped(
    tmp_path: Path, engine: SlowSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = images(tmp_path / "images", 1)
    run(capsys, folder, *FEW)
    before = proposals(folder)
    with Project.open(folder, data=folder) as project:
        project.apply(proposing.accept(before[:1], before[1:], []))
    _, answer = run(capsys, folder, *FEW, "--category", "toy", "--max-per-image", "2")
    assert answer["done"] == 1
    after = proposals(folder)
    assert len(after) == answer["proposals"] <= 2
    assert not {one.id for one in before} & {one.id for one in after}
    with Project.open(folder, data=folder) as project:
        (accepted,) = project.annotations()
        names = {one.id: one.name for one in project.categories()}
    assert accepted.id == before[0].id
    assert {names[one.annotation.category_id] for one in after} == {"toy"}
    # What a person has accepted is not proposed again.
    assert all(one.annotation.mask.iou(accepted.mask) <= 0.7 for one in after)


def test_parts_know_their_wholes(
    tmp_path: Path, engine: SlowSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = images(tmp_path / "images", 4)
    run(capsys, folder, "--points-per-side", 8, "--pred-iou", 0.1, "--stability", 0.2)
    by_id = {one.id: one.annotation for one in proposals(folder)}
    parts = [one for one in by_id.values() if one.parent_id is not None]
    assert parts
    for part in parts:
        assert part.parent_id is not None
        whole = by_id[part.parent_id]
        assert whole.image_id == part.image_id
        assert whole.mask.area > part.mask.area
        assert part.mask.common(whole.mask) >= 0.9 * part.mask.area


def test_bad_images_are_listed_and_the_others_looked_at(
    tmp_path: Path, engine: SlowSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = images(tmp_path / "images", 3)
    (folder / "1.png").write_bytes(b"<html>")
    code, answer = run(capsys, folder, *FEW)
    assert (code, answer["done"], answer["complete"]) == (1, 2, False)
    assert [one["image"] for one in answer["failed"]] == ["1.png"]


def test_an_image_for_which_memory_is_short_is_listed_like_a_bad_one(
    tmp_path: Path,
    engine: SlowSegmenter,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, real = images(tmp_path / "images", 3), engine.embed

    def embed(image: Any, **more: Any) -> Any:
        if engine.encoded == 1:
            engine.encoded += 1
            raise MemoryError
        return real(image, **more)

    monkeypatch.setattr(engine, "embed", embed)
    code, answer = run(capsys, folder, *FEW)
    assert (code, answer["done"], answer["complete"]) == (1, 2, False)
    assert [one["image"] for one in answer["failed"]] == ["1.png"]


def test_a_run_that_was_killed_goes_on(
    tmp_path: Path, engine: SlowSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = images(tmp_path / "images", 40)
    command = [sys.executable, "-m", "tests.automatic_child", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        database = folder / ".samdesk" / "project.db"
        while child.poll() is None:
            time.sleep(0.1)
            if database.exists() and images_done(folder) > 3:
                break
        child.kill()
    done = images_done(folder)
    assert 3 < done < 40
    code, answer = run(capsys, folder, *FEW)
    assert (code, answer["there_already"], answer["done"]) == (0, done, 40 - done)
    assert engine.encoded <= 40 - done
    with Project.open(folder, data=folder) as project:
        counts = project.proposal_counts()
    alone = images(tmp_path / "alone", 40)
    run(capsys, alone, *FEW)
    with Project.open(alone, data=folder) as project:
        assert project.proposal_counts() == counts


def images_done(folder: Path) -> int:
    import sqlite3

    with sqlite3.connect(folder / ".samdesk" / "project.db", timeout=10) as connection:
        try:
            count: int = connection.execute("SELECT count(*) FROM automatic_run").fetchone()[0]
        except sqlite3.OperationalError:
            count = 0
    connection.close()
    return count


def test_imported_boxes_become_proposals_and_stay_until_they_are_accepted(
    tmp_path: Path, engine: SlowSegmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = images(tmp_path / "images", 3)
    with Project.open(folder, data=folder) as project:
        records = project.add_images(["0.png", "1.png", "2.png"])
        category = Category(project.next_id(Category), "ball", "#ff0000")
        boxes = [
            UnsegmentedBox(
                project.next_id(UnsegmentedBox), one.id, category.id, Box(20, 20, 90, 90)
            )
            for one in records[:2]
        ]
        project.apply([Change(None, category), *(Change(None, box) for box in boxes)])
    code, answer = run(capsys, folder, "--from-boxes")
    assert (code, answer["images"], answer["done"]) == (0, 2, 2)
    found = proposals(folder)
    assert [one.id for one in found] == [box.id for box in boxes]
    assert {one.annotation.category_id for one in found} == {category.id}
    assert found[0].annotation.provenance.prompt.box == boxes[0].box
    _, again = run(capsys, folder, "--from-boxes")
    assert (again["done"], again["there_already"]) == (0, 2)
    # A grid leaves them alone.
    run(capsys, folder, *FEW)
    assert [one for one in proposals(folder) if one in found] == found
    with Project.open(folder, data=folder) as project:
        assert project.boxes() == boxes
        project.apply(proposing.accept(found[:1], found[1:], [], boxes[:1]))
        assert project.boxes() == boxes[1:]
        assert [one.id for one in project.annotations()] == [boxes[0].id]


@pytest.mark.parametrize("option", ["--points-per-side", "--max-per-image"])
def test_wrong_numbers_are_told(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["auto", "folder", option, "0"])
    assert ended.value.code == 2
    assert "is not a number from 1" in capsys.readouterr().err
