"""Exporting COCO from the window, in the background."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from samdesk.coco.arr_coc import Circumstances
from samdesk.coco.choice import Choice
from samdesk.coco.write import Written, require_destinations, write
from samdesk.core.image.location import location
from samdesk.engine.base import CancelToken
from samdesk.runtime.lane import Job, Lane, Post
from samdesk.ui import words
from samdesk.ui.dialogs.export import ExportDialog
from samdesk.ui.progress import Progress
from samdesk.ui.workspace import Workspace


class Exporter(QObject):
    """Asks what to export and writes it on the io lane.

    The dialog that asked tells the outcome; where it was closed meanwhile, `told` and `ended` do.
    """

    told = Signal(str)  # what went wrong
    ended = Signal(str)  # what was written

    def __init__(
        self,
        workspace: Workspace,
        io: Lane,
        post: Post,
        circumstances: Callable[[], Circumstances],
        place: Callable[[], Path],
        draft_count: Callable[[], int],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._io = io
        self._post = post
        self._circumstances = circumstances
        self._place = place
        self._draft_count = draft_count
        self._window = parent
        self._dialog: ExportDialog | None = None
        self._job: Job | None = None

    def ask(self) -> None:
        """Opens the dialog."""
        project = self._workspace.project
        if project is None or self._dialog is not None:
            return
        target = self._place() / "annotations.json"
        dialog = ExportDialog(target, self.preview, self.export, self._stop, self._window)
        dialog.destroyed.connect(self._forget)
        self._dialog = dialog
        dialog.open()

    def preview(self, target: Path, choice: Choice) -> str:
        """What a choice would write, in words."""
        counts = self._workspace.counts
        images = choice.selected(self._workspace.records, counts)
        annotations = words.annotation_count(sum(counts.get(image.id, 0) for image in images))
        text = f"{words.image_count(len(images))}, {annotations}"
        if choice.split is not None:
            sizes = choice.split.sizes(len(images))
            # All images are divided, so that a split stays while more of them are done.
            form = "{0} {1}" if choice.images == "all" else self.tr("{0} about {1}")
            parts = (form.format(name, words.number(size)) for name, size in sizes.items())
            text += "; " + ", ".join(parts)
            if images and (empty := [name for name, size in sizes.items() if not size]):
                without = self.tr("Too few images for these parts, which would be empty: {0}.")
                text += "\n" + without.format(", ".join(empty))
        if not images:
            text += "\n" + self._nothing(choice)
        if drafts := self._draft_count():
            drafted = self.tr("Left out, because they are not accepted yet: drafts on {0}.")
            text += "\n" + drafted.format(words.image_count(drafts))
        return text

    def export(self, target: Path, choice: Choice, may_replace: bool) -> None:
        """Writes the project for the dialog that is open.

        Args:
            may_replace: whether files that are there may be replaced; else the dialog asks.
        """
        project, dialog = self._workspace.project, self._dialog
        if project is None or dialog is None:
            return
        folder = project.folder
        progress = Progress(self._post, partial(self._progressed, dialog))

        def work(token: CancelToken) -> tuple[Written, bool] | list[Path]:
            require_destinations(target, choice, may_replace=True)
            # Here, for a drive that does not answer must not stop the window.
            there = [one for one in choice.files(target, ()) if os.path.exists(location(one))]
            if there and not may_replace:
                return there

            def keep_going(what: str, done: int, total: int) -> None:
                token.check()
                progress(what, done, total)

            is_arr_coc = choice.profile == "arr-coc"
            # A connection of its own: the project belongs to the GUI thread.
            with project.reader() as reader:
                dataset = reader.snapshot()
                written = write(
                    dataset,
                    folder,
                    target,
                    choice,
                    circumstances=self._circumstances() if is_arr_coc else None,
                    may_replace=True,  # it was asked
                    keep_going=keep_going,
                )
            return written, bool(dataset.parents) and not is_arr_coc

        def done(outcome: tuple[Written, bool] | list[Path]) -> None:
            if not isinstance(outcome, list):
                self._exported(dialog, target, choice, outcome)
            elif dialog is self._dialog:
                dialog.ask_to_replace(outcome, target, choice)

        self._job = self._io.submit(
            "export",
            work,
            done=done,
            failed=lambda error: self._failed(dialog, words.explained(error)),
            cancelled=lambda: self._stopped(dialog),
        )

    def _nothing(self, choice: Choice) -> str:
        """Why a choice of images leaves none."""
        if choice.images == "done":
            return self.tr("No image is marked as done, so none is exported.")
        if choice.images == "annotated":
            return self.tr("No image has annotations, so none is exported.")
        return self.tr("There are no images, so none is exported.")

    def _stop(self) -> None:
        if self._job is not None:
            self._job.token.cancel()

    def _forget(self) -> None:
        self._dialog = None

    def _progressed(self, dialog: ExportDialog, what: str, done: int, total: int) -> None:
        if dialog is self._dialog:
            dialog.show_progress(words.doing(what), done, total)

    def _stopped(self, dialog: ExportDialog) -> None:
        # Who closed the dialog wanted that.
        if dialog is self._dialog:
            dialog.show_failure(self.tr("Stopped. Nothing was written."))

    def _failed(self, dialog: ExportDialog, text: str) -> None:
        if dialog is self._dialog:
            dialog.show_failure(text)
        else:
            self.told.emit(self.tr("Export: {0}").format(text))

    def _exported(
        self, dialog: ExportDialog, target: Path, choice: Choice, outcome: tuple[Written, bool]
    ) -> None:
        if dialog is not self._dialog:
            count = sum(annotations for _, annotations in outcome[0].files.values())
            self.ended.emit(
                self.tr("Exported to the folder {0}: {1}.").format(
                    target.parent, words.annotation_count(count)
                )
            )
            return
        written, loses_wholes = outcome
        lines = [
            self.tr("{0}: {1}, {2}").format(
                path.name, words.image_count(images), words.annotation_count(annotations)
            )
            for path, (images, annotations) in written.files.items()
        ]
        lines.insert(0, self.tr("Written to the folder {0}").format(target.parent))
        if not written.images and not written.left_out:
            lines.append(self._nothing(choice))
        lines.append(
            self.tr("Read back and checked: the file is valid, and every mask is as it was drawn.")
            if written.lowest_iou is None
            else self.tr("Read back and checked: the file is valid.")
        )
        if written.lowest_iou is not None:
            lines.append(
                self.tr("Simplifying left an IoU of at least {0}.").format(
                    words.decimal(written.lowest_iou, 3)
                )
            )
        if loses_wholes:
            lines.append(
                self.tr(
                    "Which whole a part belongs to is not in plain COCO; the profile "
                    "ARR-COC keeps it."
                )
            )
        if written.placed:
            lines.append(self.tr("{0} placed beside.").format(words.image_count(written.placed)))
        if written.boxes:
            lines.append(
                self.tr("Left out: {0}, because they have no masks yet.").format(
                    words.box_count(written.boxes)
                )
            )
        if written.left_out:
            lines.append(self.tr("Left out: {0}").format(_named(written.left_out)))
        if written.left_out_annotations:
            lines.append(
                self.tr("Left out with these images: {0}.").format(
                    words.annotation_count(written.left_out_annotations)
                )
            )
        if written.misfits:
            misfits = [
                f"{path}: {words.annotation_count(count)}"
                for path, count in [*written.misfits.items()][:5]
            ]
            if len(written.misfits) > len(misfits):
                misfits.append(f"… {words.image_count(len(written.misfits))}")
            lines.append(
                self.tr("Left out, because they are of another size than their image: {0}").format(
                    ", ".join(misfits)
                )
            )
        if written.absent:
            lines.append(
                self.tr("Exported, although their files cannot be read: {0}").format(
                    _named(written.absent)
                )
            )
        if written.advice:
            shown = [words.translated(problem.text) for problem in written.advice[:3]]
            lines.append(self.tr("Worth a look: {0}").format("; ".join(shown)))
        result = "\n\n".join(lines)

        def show() -> None:
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(target.parent))):
                nothing = self.tr("No program here shows folders; the place is named above.")
                dialog.show_result(f"{result}\n\n{nothing}")

        dialog.open_folder.clicked.connect(show)
        dialog.show_result(result)


def _named(images: Sequence[tuple[str, str]]) -> str:
    """The first of some images, with the reason why they are named."""
    shown = [f"{path} ({words.translated(reason).rstrip('.')})" for path, reason in images[:5]]
    if len(images) > len(shown):
        shown.append(f"… {words.image_count(len(images))}")
    return ", ".join(shown)
