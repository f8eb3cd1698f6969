"""The window: puts panels, menus and bars together, and wires actions to whoever does the work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt, QUrl
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QDesktopServices, QShortcut
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMessageBox,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from samdesk import __version__
from samdesk.coco.write import Segmentation, Written, write
from samdesk.engine.builtin import NAME as BUILTIN_NAME
from samdesk.runtime.lane import Lane
from samdesk.settings import Settings
from samdesk.store.project import Project
from samdesk.ui import actions, theme, words
from samdesk.ui.annotator import Annotator
from samdesk.ui.canvas.view import Canvas
from samdesk.ui.dialogs.export import ExportDialog
from samdesk.ui.dialogs.keys import KeysDialog
from samdesk.ui.engines import Engines
from samdesk.ui.panels.annotations import AnnotationsPanel
from samdesk.ui.panels.categories import CategoriesPanel
from samdesk.ui.panels.draft_bar import DraftBar
from samdesk.ui.panels.images import ImagesPanel
from samdesk.ui.panels.notices import Notice, NoticeBar
from samdesk.ui.panels.status import StatusBar


class MainWindow(QMainWindow):
    """Has no state of its own but what is on screen."""

    def __init__(
        self,
        annotator: Annotator,
        engines: Engines,
        io: Lane,
        settings: Settings,
        remember: Callable[[Settings], None],
        open_samples: Callable[[], None],
    ) -> None:
        super().__init__()
        self.setWindowTitle("SAMDesk")
        self.setWindowIcon(theme.icon("samdesk"))
        self.setMinimumSize(800, 520)
        self._annotator = annotator
        self._workspace = annotator.workspace
        self._engines = engines
        self._io = io
        self._settings = settings
        self._remember = remember
        self.canvas = Canvas(annotator)
        self.images = ImagesPanel(self._workspace)
        self.categories = CategoriesPanel(annotator)
        self.annotations = AnnotationsPanel(annotator)
        self.notices = NoticeBar()
        self.draft_bar = DraftBar(annotator)
        self._recent_menu = QMenu(self.tr("Open &recent"), self)
        self._engine_menu = QMenu(self.tr("&Checkpoint"), self)
        self.actions_by_id = actions.build(self, self._slots(open_samples))
        self._group("smart", "select").triggered.connect(
            lambda action: self.canvas.use_tool(action.objectName())
        )
        self._group("system", "light", "dark").triggered.connect(
            lambda action: self._use_theme(action.objectName())
        )
        self.actions_by_id["smart"].setChecked(True)
        self.actions_by_id[settings.theme].setChecked(True)
        for number in range(1, 10):
            key = QShortcut(str(number), self)
            key.activated.connect(partial(annotator.use_category_number, number))
        self._build_menus()
        self._build_layout()
        self.status = StatusBar(annotator, engines, self.canvas, self._engine_menu)
        self.setStatusBar(self.status)
        self._connect()
        self._restore()
        self.refresh()
        self.canvas.setFocus()

    # Building.

    def _slots(self, open_samples: Callable[[], None]) -> dict[str, Callable[[], object]]:
        annotator, workspace, canvas = self._annotator, self._workspace, self.canvas
        return {
            "open": self._choose_folder,
            "export": self._ask_export,
            "quit": self.close,
            "undo": annotator.undo,
            "redo": annotator.redo,
            "smart": lambda: None,
            "select": lambda: None,
            "accept": annotator.accept,
            "candidate": annotator.next_candidate,
            "drop": annotator.drop_draft,
            "delete": annotator.delete_selected,
            "next": lambda: workspace.step(1),
            "previous": lambda: workspace.step(-1),
            "unannotated": workspace.next_unannotated,
            "accept_done": self._accept_done,
            "done": lambda: self._toggle_status("done"),
            "skipped": lambda: self._toggle_status("skipped"),
            "reload": workspace.reload,
            "fit": canvas.fit,
            "actual": lambda: canvas.set_zoom(1.0),
            "zoom_in": lambda: canvas.set_zoom(canvas.zoom * 1.25),
            "zoom_out": lambda: canvas.set_zoom(canvas.zoom / 1.25),
            "hide": canvas.hide_masks_while_held,
            "system": lambda: None,
            "light": lambda: None,
            "dark": lambda: None,
            "samples": open_samples,
            "keys": lambda: KeysDialog(self.actions_by_id, self).open(),
            "about": self._about,
        }

    def _group(self, *names: str) -> QActionGroup:
        group = QActionGroup(self)
        for name in names:
            group.addAction(self.actions_by_id[name])
        return group

    def _build_menus(self) -> None:
        menus = {}
        for key, text in actions.MENUS.items():
            if key == "help":
                self.menuBar().addMenu(self._engine_menu)
            menus[key] = self.menuBar().addMenu(actions.translated(text))
        for spec in actions.ACTIONS:
            menu = menus[spec.menu]
            if spec.separated:
                menu.addSeparator()
            menu.addAction(self.actions_by_id[spec.id])
            if spec.id == "open":
                menu.addMenu(self._recent_menu)
        self._recent_menu.aboutToShow.connect(self._fill_recent)
        self._engine_menu.aboutToShow.connect(self._fill_engines)

    def _build_layout(self) -> None:
        strip = QWidget()
        strip.setObjectName("strip")
        strip.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        strip_layout = QVBoxLayout(strip)
        strip_layout.setContentsMargins(4, theme.GRID, 4, theme.GRID)
        strip_layout.setSpacing(4)
        for name in ("smart", "select", None, "undo", "redo", "delete", None, "fit"):
            if name is None:
                strip_layout.addSpacing(theme.GRID)
            else:
                strip_layout.addWidget(self._button(name))
        strip_layout.addStretch(1)

        self._message = QLabel()
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setMinimumWidth(420)
        self._message.setTextFormat(Qt.TextFormat.RichText)
        stack = QWidget()
        stack_layout = QGridLayout(stack)
        stack_layout.setContentsMargins(0, 0, 0, 0)
        stack_layout.addWidget(self.canvas, 0, 0)
        stack_layout.addWidget(self._message, 0, 0, Qt.AlignmentFlag.AlignCenter)
        foot = QWidget()
        foot_layout = QVBoxLayout(foot)
        foot_layout.setContentsMargins(0, 0, 0, theme.GRID + 4)
        foot_layout.addWidget(self.draft_bar)
        foot.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        stack_layout.addWidget(
            foot, 0, 0, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter
        )

        work = QWidget()
        work_layout = QHBoxLayout(work)
        work_layout.setContentsMargins(0, 0, 0, 0)
        work_layout.setSpacing(0)
        work_layout.addWidget(strip)
        work_layout.addWidget(stack, 1)
        centre = QWidget()
        centre_layout = QVBoxLayout(centre)
        centre_layout.setContentsMargins(0, 0, 0, 0)
        centre_layout.setSpacing(0)
        centre_layout.addWidget(self._header())
        centre_layout.addWidget(self.notices)
        centre_layout.addWidget(work, 1)

        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.categories)
        right.addWidget(self.annotations)
        right.setSizes([300, 400])
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        for column in (self.images, centre, right):
            self._columns.addWidget(column)
        self._columns.setStretchFactor(1, 1)
        self._columns.setSizes([260, 1000, 280])
        for splitter in (right, self._columns):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        self.setCentralWidget(self._columns)

    def _header(self) -> QWidget:
        header = QWidget()
        header.setObjectName("header")
        header.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QHBoxLayout(header)
        layout.setContentsMargins(4, 4, theme.GRID, 4)
        layout.setSpacing(4)
        self._title = QLabel()
        self._title.setObjectName("heading")
        self._position = QLabel()
        self._position.setObjectName("quiet")
        for name in ("previous", "next"):
            layout.addWidget(self._button(name))
        layout.addSpacing(theme.GRID // 2)
        layout.addWidget(self._title)
        layout.addSpacing(theme.GRID)
        layout.addWidget(self._position)
        layout.addStretch(1)
        for name in ("skipped", "done", "export"):
            button = self._button(name)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setText(" " + actions.plain(self.actions_by_id[name].text()))
            layout.addWidget(button)
        return header

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self.actions_by_id[name])
        button.setIconSize(QSize(20, 20))
        button.setAccessibleName(actions.plain(self.actions_by_id[name].text()))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _connect(self) -> None:
        annotator, workspace = self._annotator, self._workspace
        for signal in (
            annotator.draft_changed,
            annotator.selection_changed,
            annotator.annotations_changed,
            annotator.history_changed,
            workspace.loaded,
            workspace.moved,
            workspace.row_changed,
        ):
            signal.connect(self.refresh)
        for source in (annotator, workspace, self._engines):
            source.told.connect(lambda text: self.notices.tell(Notice(text)))
        workspace.opened.connect(self._opened)
        workspace.opening.connect(self._opening)
        workspace.open_failed.connect(lambda error: self.notices.tell(Notice(str(error))))
        self._engines.changed.connect(self._suggest_checkpoint)
        self.canvas.tapped_space.connect(annotator.accept)
        self.categories.entry.returnPressed.connect(self.canvas.setFocus)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        # Methods, not lambdas: the application outlives the window, and Qt disconnects methods.
        application.focusChanged.connect(self.refresh)
        application.styleHints().colorSchemeChanged.connect(self._follow_system)

    # What is shown.

    def refresh(self, *_: object) -> None:
        """Enables what makes sense now and shows where we are."""
        annotator, workspace = self._annotator, self._workspace
        draft, record = annotator.draft, workspace.record
        stack = annotator.undo_stack
        candidates = draft.prediction.candidates if draft and draft.prediction else ()
        holds = {
            "always": True,
            "images": bool(workspace.records),
            "image": workspace.picture is not None,
            "draft": draft is not None,
            "candidates": len(candidates) > 1,
            "selection": annotator.selected is not None,
            "undo": draft is not None or stack.canUndo(),
            "redo": annotator.can_redo,
        }
        is_typing = isinstance(QApplication.focusWidget(), (QLineEdit, QAbstractSpinBox))
        for spec in actions.ACTIONS:
            self.actions_by_id[spec.id].setEnabled(
                holds[spec.when] and (spec.typing or not is_typing)
            )
        status = record.status if record else "open"
        for name in ("done", "skipped"):
            self.actions_by_id[name].setChecked(status == name)
        if record is None:
            self._title.setText("")
            self._position.setText("")
        else:
            width = max(120, self.canvas.width() // 2)
            metrics = self._title.fontMetrics()
            self._title.setText(
                metrics.elidedText(record.path, Qt.TextElideMode.ElideMiddle, width)
            )
            size = f"   {record.width} x {record.height}" if record.width else ""
            self._position.setText(f"{workspace.row + 1} / {len(workspace.records)}{size}")
        self._show_message()

    def _show_message(self) -> None:
        workspace = self._workspace
        if workspace.picture is not None:
            text = ""
        elif workspace.error is not None:
            title = getattr(workspace.error, "title", str(workspace.error))
            hint = getattr(workspace.error, "hint", "")
            text = f"<b>{escape(title)}</b><br><br>{escape(hint)}"
        elif workspace.record is not None:
            text = self.tr("Reading {0}…").format(escape(workspace.record.path))
        elif workspace.project is not None:
            text = self.tr(
                "<b>There are no images in {0}.</b><br><br>Open another folder with Ctrl+O."
            ).format(escape(str(workspace.project.folder)))
        else:
            text = self.tr("Open a folder of images with Ctrl+O.")
        self._message.setText(text)
        self._message.setVisible(bool(text))

    def _opening(self, folder: Path) -> None:
        self._message.setText(self.tr("Opening {0}…").format(escape(str(folder))))
        self._message.show()

    def _opened(self) -> None:
        project = self._workspace.project
        assert project is not None
        self.setWindowTitle(f"{project.folder.name} – SAMDesk")
        self._save(self._settings.with_recent(project.folder))
        self.canvas.setFocus()
        self.refresh()

    def _suggest_checkpoint(self) -> None:
        info = self._engines.info
        if info is None:
            return
        text = self.tr(
            "Masks come from the built-in engine, which needs no download. Segment Anything makes "
            "better ones: put a checkpoint file into {0}, or open one."
        ).format(self._engines.folder)
        if info.name == BUILTIN_NAME and self._engines.wanted == "auto":
            button = self.tr("Open checkpoint…")
            self.notices.tell(Notice(text, button, self._choose_checkpoint, is_warning=False))
        else:
            self.notices.withdraw(text)

    # Menus that are made when they are shown.

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for folder in self._settings.recent_folders:
            self._recent_menu.addAction(folder, partial(self._workspace.open, Path(folder)))

    def _fill_engines(self) -> None:
        menu, engines = self._engine_menu, self._engines
        menu.clear()
        choices = [("auto", self.tr("&Automatic"), True)]
        for known, is_installed in engines.installed():
            size = f"{known.bytes / 1e6:,.0f} MB"
            state = "" if is_installed else self.tr(" – not on this machine")
            text = self.tr("{0}   IoU {1}, {2}{3}").format(
                known.name, f"{known.average_iou:.2f}", size, state
            )
            choices.append((known.kind, text, True))
        choices.append(("builtin", BUILTIN_NAME, True))
        if engines.wanted not in [choice[0] for choice in choices]:
            choices.append((engines.wanted, Path(engines.wanted).name, True))
        for wanted, text, _ in choices:
            action = QAction(text, menu)
            action.setCheckable(True)
            action.setChecked(wanted == engines.wanted)
            action.triggered.connect(lambda _=False, wanted=wanted: engines.use(wanted))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(self.tr("&Open checkpoint file…"), self._choose_checkpoint)
        menu.addAction(self.tr("Open the &folder of checkpoints"), self._open_checkpoints)

    # What actions do.

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Open folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        if self._workspace.project is not None:
            dialog.setDirectory(str(self._workspace.project.folder.parent))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self._workspace.open(Path(path)))
        dialog.open()

    def _choose_checkpoint(self) -> None:
        dialog = QFileDialog(self, self.tr("Open checkpoint file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Checkpoints (*.pth *.pt *.bin)"), self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._engines.use)
        dialog.open()

    def _open_checkpoints(self) -> None:
        self._engines.folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._engines.folder)))

    def _accept_done(self) -> None:
        if self._annotator.draft is not None and not self._annotator.accept():
            return
        self._annotator.set_status("done")
        self._workspace.step(1)

    def _toggle_status(self, status: str) -> None:
        record = self._workspace.record
        is_set = record is not None and record.status == status
        self._annotator.set_status("open" if is_set else status)  # type: ignore[arg-type]
        self.refresh()

    def _ask_export(self) -> None:
        project = self._workspace.project
        if project is None:
            return
        images = words.image_count(len(self._workspace.records))
        annotations = words.annotation_count(sum(self._workspace.counts.values()))
        target = project.folder / "annotations.json"
        ExportDialog(target, f"{images}, {annotations}", self.export, self).open()

    def export(self, target: Path, segmentation: Segmentation) -> None:
        """Writes the project as COCO in the background; a notice tells the outcome."""
        project = self._workspace.project
        if project is None:
            return
        folder, database = project.folder, project.database

        def work(_token: object) -> Written:
            with Project.open(folder, data=database, database=database, read_only=True) as reader:
                return write(reader.snapshot(), folder, target, segmentation=segmentation)

        def done(written: Written) -> None:
            text = self.tr("{0} written and checked: {1}, {2}.").format(
                target,
                words.image_count(written.images),
                words.annotation_count(written.annotations),
            )
            if written.left_out:
                names = ", ".join(path for path, _ in written.left_out[:5])
                text += " " + self.tr("Left out, because they cannot be read: {0}").format(names)
                text += "…" if len(written.left_out) > 5 else "."
            show = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(target.parent)))
            button = self.tr("Open folder")
            self.notices.tell(Notice(text, button, show, is_warning=bool(written.left_out)))

        self._io.submit(
            "export",
            work,
            done=done,
            failed=lambda error: self.notices.tell(Notice(str(error))),
        )

    def _about(self) -> None:
        box = QMessageBox(self)
        box.setWindowTitle(self.tr("About SAMDesk"))
        box.setIconPixmap(theme.icon("samdesk").pixmap(64, 64))
        box.setText(f"<b>SAMDesk {__version__}</b>")
        box.setInformativeText(
            self.tr(
                "Label images with Segment Anything.\n\nSegment Anything is by Meta AI Research; "
                "SAMDesk is free software under the Apache License 2.0."
            )
        )
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _follow_system(self, _scheme: Qt.ColorScheme) -> None:
        self._use_theme(self._settings.theme)

    def _use_theme(self, name: str) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, name)
        self.canvas.refresh_theme()
        if name != self._settings.theme:
            self._save(replace(self._settings, theme=name))

    # The window's own state.

    def _restore(self) -> None:
        geometry = self._settings.window.get("geometry", "")
        if not (geometry and self.restoreGeometry(_bytes(geometry))):
            # What the window manager adds around it must fit on the screen too.
            room = self.screen().availableSize() - QSize(16, 48)
            self.resize(QSize(1440, 900).boundedTo(room))
        columns = self._settings.window.get("columns", "")
        if columns:
            self._columns.restoreState(_bytes(columns))

    def remember_engine(self, engine: str) -> None:
        """Keeps the engine for the next start."""
        self._save(replace(self._settings, engine=engine))

    def _save(self, settings: Settings) -> None:
        self._settings = settings
        self._remember(settings)

    def closeEvent(self, event: QCloseEvent) -> None:
        state = {
            "geometry": _text(self.saveGeometry()),
            "columns": _text(self._columns.saveState()),
        }
        self._save(replace(self._settings, window=state))
        super().closeEvent(event)


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(text.encode()))


def _text(state: QByteArray) -> str:
    return bytes(state.toBase64().data()).decode()
