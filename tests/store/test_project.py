from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from types import SimpleNamespace
from typing import Any

import filelock
import psutil
import pytest

from samdesk.core.dataset import (
    Annotation,
    Category,
    Change,
    DatasetInfo,
    Proposal,
    UnsegmentedBox,
    inverse,
    reordered,
)
from samdesk.core.prompt import Box
from samdesk.errors import MisfitError, ProjectError
from samdesk.store import schema
from samdesk.store.database import default_database, file_uri
from samdesk.store.drive import is_unc
from samdesk.store.failure import explained_opening, explained_reading, explained_writing
from samdesk.store.project import Project
from tests.store.records import annotation, category, disc, image


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def project(folder: Path, data: Path) -> Iterator[Project]:
    with Project.open(folder, data=data) as project:
        yield project


def test_everything_comes_back_as_it_was(project: Project, folder: Path, data: Path) -> None:
    picture, kind = image(project), category(project)
    first = annotation(project, picture, kind)
    second = replace(first, id=project.next_id(Annotation), parent_id=first.id)
    project.apply([Change(None, second)])
    project.close()
    with Project.open(folder, data=data) as again:
        assert again.images() == [picture]
        assert again.categories() == [kind]
        assert list(again.annotations(picture.id)) == [first, second]
        assert again.counts_by_image() == {picture.id: 2}
        assert again.counts_by_category() == {kind.id: 2}
        assert list(again.snapshot().annotations) == [first, second]


def test_a_change_and_its_inverse(project: Project) -> None:
    picture, kind = image(project), category(project)
    first = annotation(project, picture, kind)
    changed = replace(first, mask=disc(radius=3))
    changes = (Change(first, changed), Change(kind, replace(kind, name="pear")))
    project.apply(changes)
    assert list(project.annotations()) == [changed]
    project.apply(inverse(changes))
    assert list(project.annotations()) == [first]
    assert project.categories() == [kind]


def test_ids_are_not_used_again_after_deletion(project: Project, folder: Path, data: Path) -> None:
    picture, kind = image(project), category(project)
    last = annotation(project, picture, kind)
    project.apply([Change(last, None)])
    project.close()
    with Project.open(folder, data=data) as again:
        assert again.next_id(Annotation) == last.id + 1


def test_a_failing_change_undoes_the_whole_transaction(project: Project) -> None:
    picture, kind = image(project), category(project)
    first = annotation(project, picture, kind)
    with pytest.raises(ProjectError):
        project.apply([Change(first, None), Change(kind, None), Change(first, None)])
    assert list(project.annotations()) == [first]
    with pytest.raises(ProjectError, match="could not be written"):
        project.apply([Change(kind, None)])
    assert project.categories() == [kind]


def test_two_categories_cannot_share_a_name(project: Project) -> None:
    category(project)
    with pytest.raises(ProjectError):
        category(project)


def mounted(place: Path, kind: str, options: str = "rw") -> Callable[..., list[Any]]:
    def partitions(all: bool = False) -> list[Any]:
        here = SimpleNamespace(mountpoint=str(place), fstype=kind, opts=options)
        return [SimpleNamespace(mountpoint="/", fstype="ext4", opts="rw"), here]

    return partitions


def journal(project: Project) -> str:
    connection = sqlite3.connect(project.database)
    mode: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
    connection.close()
    return mode


@pytest.mark.parametrize(
    ("kind", "options", "mode"),
    [
        *((kind, "rw", "delete") for kind in ("nfs4", "CIFS", "lustre", "beegfs", "gpfs", "ceph")),
        *((kind, "rw", "delete") for kind in ("fuse.glusterfs", "fuse.sshfs", "fuse.ceph-fuse")),
        *((kind, "rw", "delete") for kind in ("fuse.gvfsd-fuse", "fuse.kio-fuse", "fuse.unheard")),
        *((kind, "rw", "delete") for kind in ("fuse", "macfuse", "curlftpfs")),
        *((kind, "rw", "wal") for kind in ("fuse.exfat", "fuse.gocryptfs", "fuse.mergerfs")),
        ("NTFS", "rw,remote", "delete"),
        ("NTFS", "rw,fixed", "wal"),
        ("fuseblk", "rw", "wal"),
        ("xfs", "rw", "wal"),
    ],
)
def test_a_network_drive_is_written_without_a_log_also_through_a_link(
    tmp_path: Path,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    options: str,
    mode: str,
) -> None:
    drive = tmp_path / "drive"
    (drive / "photos").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(drive / "photos", target_is_directory=True)
    monkeypatch.setattr(psutil, "disk_partitions", mounted(drive.resolve(), kind, options))
    with Project.open(link, data=data) as project:
        assert any("network drive" in notice for notice in project.notices) == (mode == "delete")
        assert journal(project) == mode


@pytest.mark.parametrize(
    ("path", "is_share"),
    [
        ("\\\\server\\share\\photos", True),
        ("//server/share/photos", True),
        ("\\\\?\\UNC\\server\\share\\photos", True),
        ("\\\\?\\C:\\photos", False),
        ("C:\\photos", False),
    ],
)
def test_a_share_of_windows_is_on_the_network(path: str, is_share: bool) -> None:
    assert is_unc(PureWindowsPath(path)) is is_share


def test_mounts_that_cannot_be_seen_keep_no_folder_from_opening(
    folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hidden(all: bool = False) -> list[Any]:
        raise PermissionError(13, "Permission denied", "/proc/self/mounts")

    monkeypatch.setattr(psutil, "disk_partitions", hidden)
    with Project.open(folder, data=data) as project:
        assert journal(project) == "wal"


def test_a_second_opener_may_only_read(project: Project, folder: Path, data: Path) -> None:
    picture, kind = image(project), category(project)
    with Project.open(folder, data=data) as second:
        assert second.read_only
        assert "Another SAMDesk" in second.notices[0]
        assert second.images() == [picture]
        with pytest.raises(ProjectError, match="read-only"):
            second.apply([Change(kind, None)])
        annotation(project, picture, kind)
        assert second.counts_by_image() == {picture.id: 1}
    project.close()
    with Project.open(folder, data=data) as third:
        assert not third.read_only


def test_reading_needs_a_project(folder: Path, data: Path) -> None:
    with pytest.raises(ProjectError, match="no SAMDesk project"):
        Project.open(folder, data=data, read_only=True)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (PureWindowsPath("C:\\photos\\a b\\x#1%.db"), "file:///C:/photos/a%20b/x%231%25.db"),
        (PureWindowsPath("\\\\server\\share\\ä?.db"), "file:////server/share/%C3%A4%3F.db"),
        (PurePosixPath("/home/ä/x?.db"), "file:///home/%C3%A4/x%3F.db"),
        (PurePosixPath("/home/\udcff/x.db"), "file:///home/%FF/x.db"),
    ],
)
def test_a_path_as_a_uri_of_sqlite(path: PurePath, uri: str) -> None:
    assert file_uri(path) == uri


def test_a_project_is_read_under_any_name_of_its_folder(tmp_path: Path, data: Path) -> None:
    folder = tmp_path / "a b#c?d%20 ä&e=f"
    folder.mkdir()
    with Project.open(folder, data=data) as project:
        picture = image(project)
    # Two slashes begin the path of a share on Windows, and are allowed everywhere.
    for name in (str(folder), "/" + str(folder)):
        with Project.open(Path(name), data=data, read_only=True) as project:
            assert project.images() == [picture]


def refuse(monkeypatch: pytest.MonkeyPatch, folder: Path, error: OSError) -> None:
    """Lets nothing be made in a folder, as Windows' access control lists do."""
    mkdir = os.mkdir

    def refused(path: Any, *rest: Any) -> None:
        if Path(path).parent == folder:
            raise error
        mkdir(path, *rest)

    monkeypatch.setattr(os, "mkdir", refused)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_folder_that_cannot_be_written_is_kept_elsewhere(
    folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    assert os.access(folder, os.W_OK)
    refuse(monkeypatch, folder, OSError(number, os.strerror(number)))
    with Project.open(folder, data=data) as project:
        assert data in project.database.parents
        assert "cannot be written" in project.notices[0]
        picture = image(project)
    with Project.open(folder, data=data) as project:
        assert project.images() == [picture]
    assert list(folder.iterdir()) == []


def test_a_project_that_is_kept_elsewhere_stays_the_folders_once_that_can_be_written(
    folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        refuse(patch, folder, PermissionError(errno.EACCES, "Permission denied"))
        with Project.open(folder, data=data) as project:
            picture = image(project)
            elsewhere = project.database
    with Project.open(folder, data=data) as project:
        assert project.images() == [picture]
        (notice,) = project.notices
        assert str(elsewhere.parent) in notice and "could not be written once" in notice
    # What the notice says can be done.
    elsewhere.parent.rename(folder / ".samdesk")
    with Project.open(folder, data=data) as project:
        assert project.images() == [picture]
        assert project.notices == ()
        assert project.database.parent.parent == folder


def test_a_project_in_the_folder_goes_before_another_that_is_named(
    project: Project, folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = project.database.parent
    project.close()
    inside.rename(folder.parent / "aside")
    with monkeypatch.context() as patch:
        refuse(patch, folder, PermissionError(errno.EACCES, "Permission denied"))
        with Project.open(folder, data=data) as other:
            picture = image(other)
    (folder.parent / "aside").rename(inside)
    with Project.open(folder, data=data) as again:
        assert again.images() == []
        (notice,) = again.notices
        assert str(other.database) in notice
    inside.rename(folder.parent / "aside")
    with Project.open(folder, data=data) as again:
        assert again.images() == [picture]


def test_a_full_disk_moves_no_project_elsewhere(
    folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, folder, OSError(errno.ENOSPC, "No space left on device"))
    assert default_database(folder, data).parent.parent == folder


def test_asking_where_a_project_would_be_leaves_nothing_behind(folder: Path, data: Path) -> None:
    assert default_database(folder, data).parent.parent == folder
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("kind", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_drive_without_locks_is_told(
    folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch, kind: int
) -> None:
    def no_lock(*_: Any) -> None:
        raise OSError(kind, "No locks")

    # What filelock asks of the system, so that what it makes of the answer is tested, too.
    system = "fcntl.flock" if os.name == "posix" else "msvcrt.locking"
    monkeypatch.setattr(system, no_lock)
    with pytest.raises(ProjectError, match="cannot lock files") as told:
        Project.open(folder, data=data)
    assert "another one" in told.value.hint


def test_a_project_that_may_not_be_written_can_be_looked_at(
    project: Project, folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = image(project)
    project.close()

    def acquire(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(filelock.FileLock, "acquire", acquire)
    with Project.open(folder, data=data) as again:
        assert again.read_only
        assert "may not be written" in again.notices[0]
        assert again.images() == [picture]


def test_what_fails_while_a_project_is_opened_leaves_it_to_others(folder: Path, data: Path) -> None:
    database = default_database(folder, data)
    database.parent.mkdir()
    with sqlite3.connect(database) as connection:
        connection.executescript(
            schema.MIGRATIONS[0]
            + f"PRAGMA application_id = {schema.APPLICATION_ID}; PRAGMA user_version = 1;"
        )
    connection.close()
    # The copy that is made before an update cannot take the place of a folder.
    in_the_way = database.with_name("project.v1.db")
    in_the_way.mkdir()
    with pytest.raises(ProjectError, match="cannot be opened") as told:
        Project.open(folder, data=data)
    assert "rights" in told.value.hint
    in_the_way.rmdir()
    with Project.open(folder, data=data) as project:
        assert not project.read_only


@pytest.mark.parametrize(
    "read",
    [
        lambda project: project.images(),
        lambda project: project.image("a.jpg"),
        lambda project: project.categories(),
        lambda project: list(project.annotations()),
        lambda project: project.counts_by_image(),
        lambda project: project.totals(),
        lambda project: project.next_id(Annotation),
        lambda project: project.snapshot(),
    ],
)
def test_damage_that_shows_later_is_told(
    project: Project, folder: Path, data: Path, read: Callable[[Project], object]
) -> None:
    annotation(project, image(project), category(project))
    project.close()
    connection = sqlite3.connect(project.database)
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    pages = connection.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 0").fetchall()
    connection.close()
    with project.database.open("r+b") as file:
        for (page,) in pages:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
    for read_only in (False, True):
        with Project.open(folder, data=data, read_only=read_only) as damaged:
            with pytest.raises(ProjectError, match=r"cannot be read: .*malformed") as told:
                read(damaged)
            assert "backup" in told.value.hint


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (sqlite3.IntegrityError("UNIQUE constraint failed: category.name"), "Open the folder"),
        (sqlite3.IntegrityError("FOREIGN KEY constraint failed"), "Open the folder"),
        (sqlite3.OperationalError("database is locked"), "Another program is using"),
        (sqlite3.OperationalError("database or disk is full"), "the space"),
        (sqlite3.OperationalError("disk I/O error"), "Check the drive"),
        (sqlite3.DatabaseError("database disk image is malformed"), "backup"),
    ],
)
def test_each_failure_has_its_own_remedy(tmp_path: Path, error: Exception, hint: str) -> None:
    for explained in (explained_writing, explained_reading, explained_opening):
        with pytest.raises(ProjectError) as told, explained(tmp_path / "project.db"):
            raise error
        assert hint in told.value.hint
        assert ("the space" in told.value.hint) == (hint in ("the space", "Check the drive"))


def test_reading_what_was_closed_is_a_defect(project: Project) -> None:
    project.close()
    with pytest.raises(sqlite3.ProgrammingError):
        project.images()


def test_a_moved_folder_opens_with_its_annotations(
    project: Project, folder: Path, data: Path, tmp_path: Path
) -> None:
    first = annotation(project, image(project), category(project))
    project.close()
    moved = Path(shutil.move(folder, tmp_path / "elsewhere ünïcode"))
    with Project.open(moved, data=data) as project:
        assert list(project.annotations()) == [first]


@pytest.mark.parametrize("content", [b"not a database at all, but long enough" * 40, b"x"])
def test_a_damaged_project_is_told_and_left_alone(folder: Path, data: Path, content: bytes) -> None:
    database = default_database(folder, data)
    database.parent.mkdir()
    database.write_bytes(content)
    with pytest.raises(ProjectError, match=r"cannot be opened|another program"):
        Project.open(folder, data=data)
    assert database.read_bytes() == content


def test_a_database_of_another_program_is_left_alone(folder: Path, data: Path) -> None:
    database = default_database(folder, data)
    database.parent.mkdir()
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE theirs (id)")
    connection.close()
    before = database.read_bytes()
    with pytest.raises(ProjectError, match="another program"):
        Project.open(folder, data=data)
    assert database.read_bytes() == before


def test_a_newer_project_is_left_alone(project: Project, folder: Path, data: Path) -> None:
    project.close()
    connection = sqlite3.connect(default_database(folder, data))
    connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    connection.close()
    with pytest.raises(ProjectError, match="newer"):
        Project.open(folder, data=data)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="There is no folder"):
        Project.open(tmp_path / "gone", data=tmp_path)


def test_adding_images_keeps_the_ids_of_known_ones(project: Project) -> None:
    project.add_images(["b.jpg", "sub/ä.png"])
    before = {record.path: record.id for record in project.images()}
    project.add_images(["a.jpg", "b.jpg", "sub/ä.png"])
    after = {record.path: record.id for record in project.images()}
    assert before.items() <= after.items()
    assert len(after) == 3


def test_another_process_cannot_write_while_this_one_does(
    project: Project, folder: Path, data: Path
) -> None:
    script = (
        "import sys; from pathlib import Path; from samdesk.store.project import Project\n"
        "print(Project.open(Path(sys.argv[1]), data=Path(sys.argv[2])).read_only)"
    )
    output = subprocess.run(
        [sys.executable, "-c", script, str(folder), str(data)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert output.stdout.strip() == "True"


def test_a_project_of_the_first_version_is_brought_up_to_date_and_kept_beside(
    folder: Path, data: Path
) -> None:
    database = default_database(folder, data)
    database.parent.mkdir()
    connection = sqlite3.connect(database)
    connection.executescript(
        schema.MIGRATIONS[0]
        + "INSERT INTO image (path, width, height) VALUES ('a.jpg', 40, 30);"
        + "INSERT INTO category (name, colour) VALUES ('apple', '#e69f00');"
        + f"PRAGMA application_id = {schema.APPLICATION_ID}; PRAGMA user_version = 1;"
    )
    connection.close()
    with Project.open(folder, data=data) as project:
        (picture,), (kind,) = project.images(), project.categories()
        assert (picture.path, picture.extras, kind.extras) == ("a.jpg", "", "")
        assert kind.place is None
        assert project.info() is None
        assert project.boxes() == []
        annotation(project, picture, kind)
    backup = sqlite3.connect(database.with_name("project.v1.db"))
    assert backup.execute("PRAGMA user_version").fetchone() == (1,)
    backup.close()


def test_what_files_said_and_boxes_come_back(project: Project) -> None:
    picture = replace(image(project, "b.jpg"), extras='{"license": 1}')
    kind = category(project)
    info = DatasetInfo('{"url": "x"}', "[]", "{}")
    box = UnsegmentedBox(50, picture.id, kind.id, Box(1, 2.5, 3, 4), '{"score": 0.5}')
    changes = [Change(None, info), Change(None, box), Change(project.images()[0], picture)]
    project.apply(changes)
    assert project.info() == project.snapshot().info == info
    assert project.boxes() == list(project.snapshot().boxes) == [box]
    assert project.images() == [picture]
    # The mask that is made of a box has its id, so that no other has.
    assert project.next_id(Annotation) == 51
    project.apply(inverse(changes))
    assert (project.info(), project.boxes()) == (None, [])


def test_ids_that_were_kept_are_not_given_again(project: Project) -> None:
    assert project.next_id(Category) == 1
    project.apply([Change(None, Category(1 << 40, "far", "#000000"))])
    assert project.next_id(Category) == (1 << 40) + 1


def test_categories_keep_the_order_they_are_put_in(folder: Path, data: Path) -> None:
    with Project.open(folder, data=data) as project:
        first, second, third = (category(project, name) for name in ("a", "b", "c"))
        changes = reordered(project.categories(), [third], 0)
        project.apply(changes)
        assert [one.name for one in project.categories()] == ["c", "a", "b"]
        project.apply(reordered(project.categories(), project.categories()[1:2], 3))
        category(project, "d")
    with Project.open(folder, data=data) as project:
        assert [one.name for one in project.categories()] == ["c", "b", "a", "d"]
        # What is exported is listed by id, whatever the order.
        assert [one.id for one in project.snapshot().categories] == [1, 2, 3, 4]
        assert reordered(project.categories(), project.categories()[:1], 0) == []
        assert reordered(project.categories(), project.categories()[:1], 1) == []
        project.apply([Change(one, replace(one, place=None)) for one in project.categories()])
        assert project.categories()[:3] == [first, second, third]


def test_categories_know_their_annotations(project: Project) -> None:
    picture, apple = image(project), category(project)
    pear: Category = category(project, "pear")
    first = annotation(project, picture, apple)
    annotation(project, picture, pear)
    assert project.annotations_of_category(apple.id) == [first]


@pytest.mark.parametrize("kind", ["ext4", "nfs4"])
def test_a_snapshot_beside_the_writer_stays_as_it_is_and_keeps_nobody_from_writing(
    folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(psutil, "disk_partitions", mounted(folder.resolve(), kind))
    with Project.open(folder, data=data) as project:
        picture, before = image(project), category(project)
        first, second = (annotation(project, picture, before) for _ in range(2))
        with Project.open(folder, data=data, read_only=True) as reader:
            snapshot = reader.snapshot()
            reading = iter(snapshot.annotations)
            assert next(reading) == first
            later = replace(before, id=project.next_id(Category), name="later")
            project.apply([Change(None, later)])
            added = annotation(project, picture, later)
            assert list(reading) == [second]
            assert list(reader.snapshot().annotations) == [first, second]
            assert reader.categories() == [before]
        with Project.open(folder, data=data, read_only=True) as reader:
            assert list(reader.snapshot().annotations) == [first, second, added]


def test_a_project_that_was_removed_while_open_is_written_anew(folder: Path, data: Path) -> None:
    with Project.open(folder, data=data) as project:
        picture, apple = image(project), category(project)
        first = annotation(project, picture, apple)
        shutil.rmtree(project.database.parent)
        second = annotation(project, picture, apple)
        # It is a project as any other: held by this process, and written as it was before.
        with Project.open(folder, data=data) as other:
            assert other.read_only
        assert sorted(one.name for one in project.database.parent.iterdir()) == [
            *("lock", "project.db", "project.db-shm", "project.db-wal")
        ]
        third = annotation(project, picture, apple)
    with Project.open(folder, data=data) as again:
        assert not again.read_only
        assert list(again.annotations()) == [first, second, third]


def test_nothing_is_written_into_a_folder_that_is_gone(folder: Path, data: Path) -> None:
    with Project.open(folder, data=data) as project:
        picture, apple = image(project), category(project)
        moved = folder.rename(folder.parent / "moved")
        with pytest.raises(ProjectError, match="is gone"):
            annotation(project, picture, apple)
        assert not folder.exists()
        moved.rename(folder)
        annotation(project, picture, apple)
        assert len(list(project.annotations())) == 1


def test_a_project_that_another_process_made_meanwhile_is_not_written_over(
    folder: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Project.open(folder, data=data) as project:
        picture, apple = image(project), category(project)
        shutil.rmtree(project.database.parent)
        monkeypatch.setattr(
            "samdesk.store.database._acquired", lambda _database: (None, ["Another SAMDesk."])
        )
        with pytest.raises(ProjectError, match="Another SAMDesk"):
            annotation(project, picture, apple)
        assert not project.database.exists()


def test_in_a_snapshot_a_proposal_whose_whole_has_gone_is_a_whole(project: Project) -> None:
    kind, picture = category(project), image(project)
    whole = annotation(project, picture, kind)
    auto = replace(whole.provenance, source="auto")
    ids = [project.next_id(Annotation) for _ in range(3)]
    orphan, part, child = (
        replace(whole, id=identity, provenance=auto, parent_id=parent)
        for identity, parent in zip(ids, (999, whole.id, ids[0]), strict=True)
    )
    project.apply(Change(None, Proposal(one)) for one in (orphan, part, child))
    found = project.snapshot(with_proposals=True)
    parents = {one.id: one.parent_id for one in found.annotations}
    assert parents == {whole.id: None, ids[0]: None, ids[1]: whole.id, ids[2]: ids[0]}
    assert found.parents == {ids[1]: whole.id, ids[2]: ids[0]}


def test_nothing_is_put_on_an_image_of_another_size(project: Project) -> None:
    picture, kind = image(project), category(project)
    one = annotation(project, picture, kind)
    other = replace(picture, width=30, height=40)
    # 41 and 31 are as far as files round.
    box = UnsegmentedBox(50, picture.id, kind.id, Box(1, 2, 41, 31))
    proposal = Proposal(replace(one, id=60, provenance=replace(one.provenance, source="auto")))
    for on_it in (one, box, proposal):
        if on_it is not one:
            project.apply([Change(None, on_it)])
        with pytest.raises(MisfitError, match="another size") as caught:
            project.apply([Change(picture, other)])
        assert caught.value.image_id == picture.id
        assert project.images() == [picture]
        project.apply([Change(on_it, None), Change(picture, other)])
        with pytest.raises(MisfitError):
            project.apply([Change(None, on_it)])
        assert not [*project.annotations(), *project.proposals(), *project.boxes()]
        # Together with the size that they are for they come back.
        project.apply([Change(None, on_it), Change(other, picture)])
        project.apply([Change(on_it, None)])


def test_misfits_of_older_projects_are_named_and_can_be_changed_and_removed(
    project: Project,
) -> None:
    picture, kind = image(project), category(project)
    one = annotation(project, picture, kind)
    fitting = annotation(project, image(project, "b.jpg"), kind)
    assert project.snapshot().misfits == frozenset()
    with sqlite3.connect(project.database) as connection:
        connection.execute("UPDATE image SET width = 30 WHERE id = ?", (picture.id,))
    connection.close()
    assert project.snapshot().misfits == {one.id}
    crowd = replace(one, extras='{"iscrowd": 1}')
    project.apply([Change(one, crowd)])
    project.apply([Change(crowd, None)])
    assert [*project.annotations()] == [fitting]
