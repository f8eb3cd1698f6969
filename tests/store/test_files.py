"""What becomes of a project whose files are removed, replaced, copied or left by a kill."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import filelock
import pytest

from samdesk.core.dataset import Change
from samdesk.errors import ProjectError
from samdesk.store.files import write_copy
from samdesk.store.project import Project
from tests.store.records import annotation, category, disc, image


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def project(folder: Path) -> Iterator[Project]:
    with Project.open(folder, data=folder) as project:
        picture, kind = image(project), category(project)
        annotation(project, picture, kind)
        yield project


def more(project: Project, count: int = 1) -> None:
    """Accepts more annotations of the project's first."""
    picture, kind = project.images()[0], project.categories()[0]
    for number in range(count):
        annotation(project, picture, kind, disc(radius=number % 9 + 1))


def backup_of(project: Project, name: str = "backup.db") -> Path:
    """A copy as SQLite makes it."""
    backup = project.folder / name
    with closing(sqlite3.connect(project.database)) as connection:
        connection.execute("VACUUM INTO ?", (str(backup),))
    return backup


def killed(project: Project, folder: Path) -> Path:
    """A folder with the files that a process leaves that is killed now; its database."""
    shutil.copytree(project.database.parent, folder / ".samdesk")
    return folder / ".samdesk" / "project.db"


def ids(database: Path) -> list[int]:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [row[0] for row in connection.execute("SELECT id FROM annotation ORDER BY id")]


def ids_of(project: Project) -> list[int]:
    return [one.id for one in project.annotations()]


def kept_of(database: Path) -> list[Path]:
    return sorted(database.parent.glob("project.replaced.*"))


@pytest.mark.parametrize("ending", ["written", "closed", "both"])
def test_what_was_annotated_is_kept_where_a_backup_took_its_place(
    project: Project, folder: Path, ending: str
) -> None:
    backup = backup_of(project)
    more(project, 30)
    content = backup.read_bytes()
    os.replace(backup, project.database)
    if ending != "closed":
        for _ in range(2):
            with pytest.raises(ProjectError, match="was replaced") as told:
                more(project)
            assert str(kept_of(project.database)[0]) in told.value.hint
        with pytest.raises(ProjectError, match="was replaced"):
            project.reader()
        # What is on screen can still be read.
        assert len(ids_of(project)) == 31
    if ending == "closed":
        with pytest.raises(ProjectError, match="was replaced"):
            project.close()
    elif ending == "both":
        project.close()
    (kept,) = kept_of(project.database)
    assert len(ids(kept)) == 31
    # Nothing of this project is written into the other, now or when it is opened.
    assert project.database.read_bytes() == content
    assert not project.database.with_name("project.db-wal").exists()
    project.close()
    with Project.open(folder, data=folder) as other:
        assert len(ids_of(other)) == 1
        assert any(kept.name in notice for notice in other.notices)
        more(other)


def test_what_was_annotated_is_kept_where_another_folder_took_its_place(
    project: Project, folder: Path
) -> None:
    project.close()
    there = project.database.parent
    shutil.copytree(there, folder / "copy")
    with Project.open(folder, data=folder) as again:
        more(again, 5)
        os.rename(there, folder / "former")
        os.rename(folder / "copy", there)
        with pytest.raises(ProjectError, match="was replaced"):
            again.reader()
        with pytest.raises(ProjectError, match="was replaced"):
            more(again)
        (kept,) = kept_of(again.database)
        assert len(ids(kept)) == 6
        # The other project's own lock and log are left to it.
        with Project.open(folder, data=folder) as other:
            assert not other.read_only
            more(other)
    assert len(ids(again.database)) == 2


def test_a_copy_that_cannot_be_written_is_tried_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.replace(backup_of(project), project.database)

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("samdesk.store.database.write_copy", full)
        with pytest.raises(ProjectError, match="could not be kept beside it") as told:
            more(project)
        assert "Leave this window open" in told.value.hint
    assert kept_of(project.database) == []
    with pytest.raises(ProjectError, match="was replaced"):
        more(project)
    assert len(kept_of(project.database)) == 1


@pytest.mark.parametrize(
    "removed",
    [
        ("project.db",),
        ("project.db", "project.db-wal", "project.db-shm"),
        ("project.db", "project.db-wal", "project.db-shm", "lock"),
        ("project.db", "lock"),
        ("project.db-wal",),
        ("project.db-wal", "project.db-shm"),
    ],
)
def test_files_that_were_removed_while_open_are_written_anew(
    project: Project, folder: Path, tmp_path: Path, removed: tuple[str, ...]
) -> None:
    more(project, 20)
    for name in removed:
        (project.database.parent / name).unlink()
    more(project, 2)
    with Project.open(folder, data=folder) as other:
        assert other.read_only
        assert len(ids_of(other)) == 23
    # It is all on disk, also where this process is killed now.
    assert len(ids(killed(project, tmp_path))) == 23
    project.close()
    with Project.open(folder, data=folder) as again:
        assert len(ids_of(again)) == 23


def test_a_backup_beside_the_log_of_a_killed_process_stays_as_it_is(
    project: Project, tmp_path: Path
) -> None:
    more(project, 5)
    backup = backup_of(project)
    more(project, 60)
    project.apply([Change(one, None) for one in list(project.annotations())[:40]])
    before, after = ids(backup), ids_of(project)
    there = killed(project, tmp_path)
    former = there.with_name("former.db")
    os.replace(there, former)
    os.replace(backup, there)
    with Project.open(tmp_path, data=tmp_path) as again:
        assert ids_of(again) == before
        (aside,) = there.parent.glob("project.db-wal.*")
        assert any(str(aside) in notice for notice in again.notices)
    assert ids(there) == before
    # With the database it belongs to, the log gives all that was annotated.
    aside.rename(there.with_name("former.db-wal"))
    assert ids(former) == after


def test_the_log_of_a_killed_process_is_not_taken_for_another(
    project: Project, tmp_path: Path
) -> None:
    more(project, 5)
    killed(project, tmp_path)
    with Project.open(tmp_path, data=tmp_path) as again:
        assert again.notices == ()
        assert ids_of(again) == ids_of(project)


def test_a_project_that_nobody_has_open_is_one_whole_file(project: Project) -> None:
    more(project, 5)
    known = ids_of(project)
    project.close()
    assert sorted(one.name for one in project.database.parent.iterdir()) == ["lock", "project.db"]
    alone = project.folder / "alone.db"
    shutil.copy(project.database, alone)
    assert ids(alone) == known


def test_a_reader_keeps_nobody_from_closing(project: Project, tmp_path: Path) -> None:
    more(project, 5)
    known = ids_of(project)
    with project.reader() as reader:
        dataset = reader.snapshot()
        project.close()
        assert [one.id for one in dataset.annotations] == known
        # All of it is in the one file, even so.
        shutil.copy(project.database, tmp_path / "alone.db")
    assert ids(tmp_path / "alone.db") == known
    with Project.open(project.folder, data=tmp_path) as again:
        assert not again.read_only
        assert ids_of(again) == known


@pytest.mark.parametrize("is_written", [False, True])
def test_who_lets_others_write_reads_what_was_there(
    project: Project, folder: Path, is_written: bool
) -> None:
    known = ids_of(project)
    project.let_others_write()
    dataset = project.snapshot()
    with pytest.raises(ProjectError, match="read-only"):
        more(project)
    if is_written:
        with Project.open(folder, data=folder) as other:
            more(other)
            assert [one.id for one in dataset.annotations] == known
    project.close()
    assert len(ids(project.database)) == len(known) + is_written
    names = sorted(one.name for one in project.database.parent.iterdir())
    assert names == ["lock", "project.db"]
    with project.database.open("rb") as file:
        assert file.read(20)[18:] == b"\1\1"


def test_opening_waits_for_no_reader(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    known = ids_of(project)
    project.close()
    connect = sqlite3.connect
    with closing(connect(project.database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM annotation").fetchone()
        monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, timeout=0, **k))
        with Project.open(project.folder, data=project.folder) as again:
            assert not again.read_only
            assert ids_of(again) == known
            reader.rollback()
            more(again)
    assert len(ids(project.database)) == len(known) + 1


def without_rights(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Project:
    """Opens a project as who may not write to it."""

    def acquire(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(filelock.FileLock, "acquire", acquire)
        project = Project.open(folder, data=folder)
    assert project.read_only
    return project


def test_who_may_only_read_sees_what_is_written_meanwhile(
    project: Project, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more(project, 300)
    project.close()
    with without_rights(monkeypatch, folder) as reading:
        assert len(ids_of(reading)) == 301
        for _ in range(2):
            with Project.open(folder, data=folder) as writing:
                assert not writing.read_only
                writing.apply([Change(one, None) for one in list(writing.annotations())[:100]])
                more(writing, 150)
                assert ids_of(reading) == ids_of(writing)
            assert ids_of(reading) == ids(project.database)


@pytest.mark.skipif(os.name != "posix", reason="rights by bits are POSIX's")
def test_who_has_no_rights_at_all_sees_what_is_written_meanwhile() -> None:
    script = (
        "import os, sys; from pathlib import Path; from samdesk.store.project import Project\n"
        "folder = Path(sys.argv[1])\n"
        "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "project = Project.open(folder, data=folder)\n"
        "while sys.stdin.readline():\n"
        "    print(project.read_only, [one.id for one in project.annotations()], flush=True)\n"
    )
    # Where nobody else can go, as into pytest's own folder, rights could not be told apart.
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        folder = Path(place) / "photos"
        folder.mkdir()
        with Project.open(folder, data=folder) as project:
            annotation(project, image(project), category(project))
        is_root = os.geteuid() == 0
        if not is_root:
            os.chmod(project.database.parent, 0o555)
            os.chmod(project.database, 0o444)
            os.chmod(project.database.with_name("lock"), 0o444)
        child = subprocess.Popen(
            [sys.executable, "-c", script, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdin is not None and child.stdout is not None

        def seen() -> str:
            assert child.stdin is not None and child.stdout is not None
            child.stdin.write("\n")
            child.stdin.flush()
            return child.stdout.readline().strip()

        try:
            assert seen() == "True [1]"
            if is_root:
                with Project.open(folder, data=folder) as project:
                    more(project, 2)
                    assert seen() == "True [1, 2, 3]"
                    project.apply([Change(next(project.annotations()), None)])
                assert seen() == "True [2, 3]"
        finally:
            child.stdin.close()
            child.stdout.close()
            child.wait()
            os.chmod(project.database.parent, 0o755)


def test_a_log_that_may_not_be_shared_is_read_all_the_same(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more(project, 5)
    database = killed(project, tmp_path)
    index = database.with_name("project.db-shm")
    index.unlink()
    # SQLite cannot make what processes share of a log, as in a folder without the right to write.
    index.symlink_to(tmp_path / "nowhere" / "index")
    before = {one.name: one.is_file() and one.read_bytes() for one in database.parent.iterdir()}
    with without_rights(monkeypatch, tmp_path) as reading:
        assert ids_of(reading) == ids_of(project)
        assert [one.id for one in reading.snapshot().annotations] == ids_of(project)
        assert any("as it was" in notice for notice in reading.notices)
    after = {one.name: one.is_file() and one.read_bytes() for one in database.parent.iterdir()}
    assert after == before


def test_who_may_only_read_sees_nothing_of_what_was_half_written_at_a_kill(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more(project, 200)
    known = ids_of(project)
    project.close()
    with closing(sqlite3.connect(project.database, isolation_level=None)) as writing:
        writing.execute("PRAGMA cache_size = 1")
        writing.execute("BEGIN IMMEDIATE")
        writing.execute("DELETE FROM annotation WHERE id % 2")
        database = killed(project, tmp_path)
        writing.rollback()
    assert database.with_name("project.db-journal").stat().st_size > 0
    with without_rights(monkeypatch, tmp_path) as reading:
        assert ids_of(reading) == known
    with Project.open(tmp_path, data=tmp_path) as owner:
        assert ids_of(owner) == known


def test_what_changes_while_it_is_copied_is_not_shown(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = killed(project, tmp_path)
    index = database.with_name("project.db-shm")
    index.unlink()
    index.symlink_to(tmp_path / "nowhere" / "index")
    copyfile = shutil.copyfile

    def late(source: Path, target: Path) -> None:
        copyfile(source, target)
        with database.with_name("project.db-wal").open("ab") as log:
            log.write(b"more")

    monkeypatch.setattr(shutil, "copyfile", late)
    with pytest.raises(ProjectError, match="locked") as told:
        without_rights(monkeypatch, tmp_path)
    assert "Try again" in told.value.hint


def test_a_copy_is_there_whole_or_not_at_all(project: Project, folder: Path) -> None:
    target = folder / "copy.db"
    target.mkdir()
    with (
        closing(sqlite3.connect(project.database)) as connection,
        pytest.raises(OSError, match=r"copy\.db"),
    ):
        write_copy(connection, target)
    assert [one.name for one in folder.iterdir() if ".copy" in one.name] == []
