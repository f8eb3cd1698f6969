from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from samdesk.core.dataset import Change, ImageRecord
from samdesk.errors import ImageError, ProjectError
from samdesk.runtime.listing import Listing, open_folder
from samdesk.store.project import Project
from tests.store.records import annotation, category, image


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).touch()


def paths(listing: Listing) -> list[str]:
    return [record.path for record in listing.records]


def test_rows_are_found_without_searching() -> None:
    records = [ImageRecord(7, "a.png"), ImageRecord(3, "b.png"), ImageRecord(9, "c.png")]
    listing = Listing(records, {7: 2})
    assert [listing.row_of(identity) for identity in (7, 3, 9, 8)] == [0, 1, 2, -1]
    assert [listing.row_of_path(path) for path in ("a.png", "c.png", "d.png")] == [0, 2, -1]
    assert listing.first_row() == 1
    assert listing.replace(replace(records[1], status="done")) == 1
    assert (listing.number_of("done"), listing.number_of("open")) == (1, 2)
    assert listing.first_row() == 2
    assert listing.replace(ImageRecord(4, "x.png")) == -1
    assert listing.replace(replace(records[2], status="skipped")) == 2
    assert listing.first_row() == 0
    assert Listing([], {}).first_row() == -1


def test_a_folder_is_opened_in_order_and_again(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    touch(folder, "img10.png", "img2.png", "sub/x.png")
    opened = open_folder(folder, tmp_path)
    assert opened is not None
    project, listing, notices = opened
    assert (paths(listing), notices) == (["img2.png", "img10.png", "sub/x.png"], [])
    ids = {record.path: record.id for record in listing.records}
    with project:
        annotation(project, listing.records[0], category(project))
    (folder / "img2.png").unlink()
    (folder / "img10.png").unlink()
    touch(folder, "a.png")
    opened = open_folder(folder, tmp_path)
    assert opened is not None
    project, listing, _ = opened
    project.close()
    # What was annotated stays in the list when its file has gone; the rest goes with its file.
    assert paths(listing) == ["a.png", "img2.png", "sub/x.png"]
    assert listing.records[2].id == ids["sub/x.png"]
    assert listing.records[0].id not in ids.values()
    assert listing.counts == {ids["img2.png"]: 1}


def test_images_that_are_new_in_a_folder_open_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    touch(folder, "a.png")
    with Project.open(folder, data=tmp_path) as writer:
        image(writer, "a.png")
        touch(folder, "b.png", "c.png")
        opened = open_folder(folder, tmp_path)
        assert opened is not None
        project, listing, notices = opened
        with project:
            assert project.read_only
            assert "only be looked at" in notices[0]
            assert [record.id > 0 for record in listing.records] == [True, False, False]
            assert len({record.id for record in listing.records}) == 3


def test_a_folder_without_images_is_left_as_it_is(tmp_path: Path) -> None:
    assert open_folder(tmp_path, tmp_path / "data") is None
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ImageError):
        open_folder(tmp_path / "gone", tmp_path)


def test_images_are_listed_when_the_project_cannot_take_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "a.png", "b.png")

    def full(self: Project, paths: list[str]) -> list[ImageRecord]:
        raise ProjectError("The disk is full.", "Make room.")

    monkeypatch.setattr(Project, "add_images", full)
    opened = open_folder(tmp_path, tmp_path)
    assert opened is not None
    project, listing, notices = opened
    project.close()
    assert paths(listing) == ["a.png", "b.png"]
    assert "disk is full" in notices[0]


def test_a_project_opened_in_another_thread_is_written_and_closed_here(tmp_path: Path) -> None:
    touch(tmp_path, "a.png")
    found = []
    thread = threading.Thread(target=lambda: found.append(open_folder(tmp_path, tmp_path)))
    thread.start()
    thread.join()
    project, listing, _ = found[0]
    done = replace(listing.records[0], status="done")
    project.apply([Change(listing.records[0], done)])
    project.close()
    # Closing here freed the lock that the other thread took.
    with Project.open(tmp_path, data=tmp_path) as again:
        assert not again.read_only
        assert again.images() == [done]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' file names are Unicode")
def test_names_that_are_no_unicode_are_left_out_and_told(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    touch(folder, "a.png")
    for name in (b"\xe9.png", b"\xe9.txt"):
        open(os.fsencode(folder) + b"/" + name, "wb").close()
    os.mkdir(os.fsencode(folder) + b"/\xff")
    opened = open_folder(folder, tmp_path / "data")
    assert opened is not None
    project, listing, notices = opened
    with project:
        assert paths(listing) == ["a.png"]
        assert any("(2)" in str(notice) for notice in notices)
