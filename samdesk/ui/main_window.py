"""The window: puts panels, menus and bars together, and wires actions to whoever does the work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QActionGroup,
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from samdesk.core.dataset import Status
from samdesk.engine.recommend import Preference
from samdesk.runtime.lane import Lane, Post
from samdesk.settings import Settings
from samdesk.ui import actions, theme, words
from samdesk.ui.annotator import Annotator
from samdesk.ui.automatic import Automatic
from samdesk.ui.background import Background
from samdesk.ui.canvas.crosshair import Crosshair
from samdesk.ui.canvas.view import Canvas
from samdesk.ui.categorising import Categorising
from samdesk.ui.context_menus import ContextMenus
from samdesk.ui.copying import Copying
from samdesk.ui.correcting import Corrections
from samdesk.ui.dialogs.about import AboutBox
from samdesk.ui.dialogs.files import file_dialog, own_folder
from samdesk.ui.dialogs.finder import FinderDialog, Found, walk
from samdesk.ui.dialogs.keys import KeysDialog
from samdesk.ui.dialogs.overview import OverviewDialog
from samdesk.ui.dialogs.settings import SettingsDialog
from samdesk.ui.downloads import Downloads
from samdesk.ui.draft import Mode
from samdesk.ui.drops import local_paths, open_first
from samdesk.ui.engine_menu import EngineMenu
from samdesk.ui.engines import Engines
from samdesk.ui.exporting import Exporter
from samdesk.ui.hovering import Hovering
from samdesk.ui.imported_boxes import ImportedBoxes
from samdesk.ui.importing import Importer
from samdesk.ui.keyboard import Keyboard
from samdesk.ui.offers import Offers
from samdesk.ui.panels.annotations import AnnotationsPanel
from samdesk.ui.panels.categories import CategoriesPanel
from samdesk.ui.panels.download_bar import DownloadBar
from samdesk.ui.panels.draft_bar import DraftBar
from samdesk.ui.panels.header import Header, ToolStrip
from samdesk.ui.panels.images import ImagesPanel
from samdesk.ui.panels.notices import Notice, NoticeBar
from samdesk.ui.panels.proposing_bar import ProposingBar
from samdesk.ui.panels.status import StatusBar
from samdesk.ui.panels.welcome import Welcome

_LEAST_CANVAS = 360
_AFTER_A_CLICK = 100  # milliseconds
_KEPT_AFTER = 3000  # milliseconds; who goes through images writes none of them down


class MainWindow(QMainWindow):
    """Has no state of its own but what is on screen."""

    def __init__(
        self,
        annotator: Annotator,
        hovering: Hovering,
        engines: Engines,
        downloads: Downloads,
        background: Background,
        io: Lane,
        post: Post,
        drawing: Lane,
        settings: Settings,
        remember: Callable[[Settings], None],
        samples: Path,
        open_samples: Callable[[], None],
    ) -> None:
        super().__init__()
        self.setWindowTitle("SAMDesk")
        self.setWindowIcon(theme.icon("samdesk"))
        self.setMinimumSize(800, 520)
        self.setAcceptDrops(True)
        self.may_close: Callable[[], bool] = lambda: True
        self._annotator = annotator
        self._workspace = annotator.workspace
        self._workspace.left_off = lambda folder: self._settings.left_off(folder)
        self._engines = engines
        self._downloads = downloads
        self._background = background
        self._io = io
        self._settings = settings
        self._remember = remember
        self._samples = samples
        self._are_panels_lent = False
        self._own: Path | None = None  # the folder that was open last, but for the samples
        self.corrections = Corrections(annotator, self)
        self.categorising = Categorising(annotator, self)
        self.copying = Copying(annotator, self)
        self.boxes = ImportedBoxes(annotator, self)
        self.hovering = hovering
        hovering.use(settings.hover_preview)
        self.canvas = Canvas(annotator, self.corrections, hovering, drawing)
        self.canvas.fill_masks(settings.mask_fill / 100)
        self.crosshair = Crosshair(self.canvas, self._workspace)
        self.images = ImagesPanel(self._workspace, annotator.has_draft)
        self.categories = CategoriesPanel(annotator, self.categorising)
        self.annotations = AnnotationsPanel(annotator, self.corrections)
        self.notices = NoticeBar()
        self.download_bar = DownloadBar(downloads)
        self.draft_bar = DraftBar(annotator, drawing, self.canvas)
        self.exporter = Exporter(
            self._workspace,
            io,
            post,
            engines.circumstances,
            self._place,
            lambda: len(annotator.drafts),
            self,
        )
        self.importer = Importer(annotator, io, post, self.notices, self._place, self)
        self.engine_menu = EngineMenu(engines, self)
        self.automatic = Automatic(annotator, self.categorising, self)
        self.proposing_bar = ProposingBar(self.automatic)
        self.offers = Offers(
            annotator,
            engines,
            downloads,
            self.notices,
            self.categories.edit,
            lambda: self._settings.offers_checkpoint,
            lambda: self._save(replace(self._settings, offers_checkpoint=False)),
            self,
        )
        self._keeping = QTimer(self, singleShot=True, interval=_KEPT_AFTER)
        self._keeping.timeout.connect(lambda: self._save(self._settings))
        self._recent_menu = QMenu(self.tr("Open &recent"), self)
        self.actions_by_id = actions.build(self, self._slots(open_samples))
        self._menus = ContextMenus(
            annotator,
            self.categorising,
            self.actions_by_id,
            self.canvas,
            self.images,
            self.categories,
            self.annotations,
            self,
        )
        self.shortcuts = annotator.keys
        self.keyboard = Keyboard(annotator, self.actions_by_id, self.menuBar(), self.canvas, self)
        tools = self._group(*self.canvas.tools)
        for user in (self.canvas, self.draft_bar):
            tools.triggered.connect(lambda action, user=user: user.use_tool(action.objectName()))
        self._group("system", "light", "dark").triggered.connect(
            lambda action: self._use_theme(action.objectName())
        )
        self.actions_by_id["smart"].setChecked(True)
        self.actions_by_id[settings.theme].setChecked(True)
        self.actions_by_id["hover"].setChecked(settings.hover_preview)
        self.actions_by_id["panels"].setChecked(True)
        for number in range(1, 10):
            key = QShortcut(str(number), self)
            key.activated.connect(partial(self.categorising.use_number, number))
        self.header = Header(self._workspace, self.actions_by_id)
        self.welcome = Welcome(self._workspace, self.shortcuts, self.actions_by_id)
        self._build_menus()
        self._build_layout()
        self.status = StatusBar(
            annotator, engines, background, self.automatic, self.canvas, self.engine_menu
        )
        self.setStatusBar(self.status)
        self._connect()
        self._restore()
        self.refresh()
        self.canvas.setFocus()

    # Building.

    def _slots(self, open_samples: Callable[[], None]) -> dict[str, Callable[[], object]]:
        annotator, workspace, canvas = self._annotator, self._workspace, self.canvas
        corrections = self.corrections
        return {
            "open": self._choose_folder,
            "import": self.importer.ask,
            "export": self.exporter.ask,
            "quit": self.close,
            "undo": self._undo,
            "redo": annotator.redo,
            **dict.fromkeys(canvas.tools, _by_group),
            "smaller_brush": canvas.reduce_brush,
            "larger_brush": canvas.enlarge_brush,
            "select_all": self._select_all,
            "copy": self.copying.copy,
            "paste": self.copying.paste,
            "add_to": lambda: self._correct("add"),
            "subtract_from": lambda: self._correct("subtract"),
            "fill_holes": corrections.fill_holes,
            "drop_specks": corrections.drop_specks,
            "split": corrections.split,
            "merge": corrections.merge,
            "make_parts": corrections.make_parts,
            "make_wholes": corrections.make_wholes,
            "crowd": corrections.toggle_crowd,
            "hide_selected": corrections.toggle_hidden,
            "zoom_selected": self._zoom_to_selected,
            "menu": lambda: self._menus.open(),
            "accept": annotator.accept,
            "candidate": annotator.next_candidate,
            "drop": self._drop,
            "delete": corrections.delete,
            "next": self._unless_drawing(lambda: workspace.step(1)),
            "previous": self._unless_drawing(lambda: workspace.step(-1)),
            "unannotated": self._unless_drawing(workspace.next_unannotated),
            "accept_done": self._accept_done,
            "part": corrections.toggle_part,
            "box": self.boxes.next,
            "new_category": self.categories.name,
            "rename_category": self.categories.rename_current,
            "category_up": lambda: self.categories.move_current(-1),
            "category_down": lambda: self.categories.move_current(1),
            "done": lambda: self._toggle_status("done"),
            "skipped": lambda: self._toggle_status("skipped"),
            "reload": workspace.reload,
            "show_folder": self._show_folder,
            "propose": self.automatic.propose_on_image,
            "propose_folder": self.automatic.propose_in_folder,
            "propose_boxes": self.automatic.segment_boxes,
            "stop_proposing": self.automatic.stop,
            "next_proposal": lambda: annotator.proposals.step(1),
            "previous_proposal": lambda: annotator.proposals.step(-1),
            "accept_proposals": annotator.proposals.accept_as_good,
            "drop_proposals": annotator.proposals.drop_all,
            "pause": self._toggle_background,
            "fit": canvas.fit,
            "actual": lambda: canvas.set_zoom(1.0),
            "zoom_in": lambda: canvas.set_zoom(canvas.zoom * 1.25),
            "zoom_out": lambda: canvas.set_zoom(canvas.zoom / 1.25),
            "hide": canvas.hide_masks_while_held,
            "panels": self._toggle_panels,
            "hover": self._toggle_hover,
            "system": _by_group,
            "light": _by_group,
            "dark": _by_group,
            "samples": open_samples,
            "settings": lambda: SettingsDialog(
                lambda: self._settings, self._use_settings, self
            ).open(),
            "overview": self._show_overview,
            "find": self._find_action,
            "keys": lambda: KeysDialog(self.shortcuts, self).open(),
            "about": lambda: AboutBox(self).open(),
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
                self.menuBar().addMenu(self.engine_menu)
            menus[key] = self.menuBar().addMenu(actions.translated(text))
        for menu in (*menus.values(), self.engine_menu):
            menu.aboutToHide.connect(self.keyboard.menu_closed)
        for spec in actions.ACTIONS:
            menu = menus[spec.menu]
            if spec.separated:
                menu.addSeparator()
            menu.addAction(self.actions_by_id[spec.id])
            if spec.id == "open":
                menu.addMenu(self._recent_menu)
        self._recent_menu.aboutToShow.connect(self._fill_recent)

    def _build_layout(self) -> None:
        foot = QWidget()
        foot.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        # What is said there must not make the canvas wider.
        foot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        foot_layout = QVBoxLayout(foot)
        foot_layout.setContentsMargins(0, 0, 0, theme.GRID + 4)
        foot_layout.addWidget(self.draft_bar)
        # What lies over the canvas shares its cell.
        stack = QWidget()
        stack_layout = QGridLayout(stack)
        stack_layout.setContentsMargins(0, 0, 0, 0)
        stack_layout.addWidget(self.canvas, 0, 0)
        stack_layout.addWidget(self.welcome, 0, 0, Qt.AlignmentFlag.AlignCenter)
        at_foot = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter
        stack_layout.addWidget(foot, 0, 0, at_foot)
        # Over the canvas, not above it: the image must not move under the hand.
        head = QWidget()
        head_layout = QVBoxLayout(head)
        head_layout.setContentsMargins(0, 0, 0, 0)
        head_layout.setSpacing(0)
        head_layout.addWidget(self.notices)
        head_layout.addWidget(self.download_bar)
        head_layout.addWidget(self.proposing_bar)
        stack_layout.addWidget(head, 0, 0, Qt.AlignmentFlag.AlignTop)

        stack.setMinimumWidth(_LEAST_CANVAS)
        work = QWidget()
        work_layout = QHBoxLayout(work)
        centre = QWidget()
        centre_layout = QVBoxLayout(centre)
        for layout in (work_layout, centre_layout):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        work_layout.addWidget(ToolStrip(self.actions_by_id))
        work_layout.addWidget(stack, 1)
        centre_layout.addWidget(self.header)
        centre_layout.addWidget(work, 1)

        right = self._right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.categories)
        right.addWidget(self.annotations)
        right.setSizes([300, 400])
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        for column in (self.images, centre, right):
            self._columns.addWidget(column)
        self._columns.setStretchFactor(1, 1)
        self._columns.setSizes([260, 1000, 280])
        right.setMinimumWidth(200)
        for splitter in (right, self._columns):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
        self.setCentralWidget(self._columns)
        # What is dragged over them is for the window.
        for widget in (self.canvas, self.canvas.viewport(), self.images.filter):
            widget.setAcceptDrops(False)

    def _connect(self) -> None:
        annotator, workspace = self._annotator, self._workspace
        for signal in (
            annotator.draft_changed,
            annotator.selection.changed,
            annotator.accepted.annotations_changed,
            annotator.history_changed,
            workspace.loaded,
            workspace.moved,
            workspace.record_changed,
            workspace.narrowed,
            self._background.changed,
            annotator.proposals.changed,
            self.automatic.changed,
            self.copying.changed,
        ):
            signal.connect(self.refresh)
        # After the actions, whose texts take room there.
        for signal in (
            workspace.loaded,
            workspace.moved,
            workspace.record_changed,
            workspace.narrowed,
            workspace.relisted,
        ):
            signal.connect(self.header.refresh)
        for signal in (workspace.moved, annotator.accepted.categories_changed):
            signal.connect(self._note_place)
        for signal in (self.automatic.ended, self.exporter.ended, workspace.hinted):
            signal.connect(self.offers.tell_briefly)
        for signal in (
            annotator.failed,
            workspace.told,
            self._engines.told,
            self._downloads.told,
            self.automatic.told,
            self.exporter.told,
        ):
            signal.connect(lambda text: self.notices.tell(Notice(text)))
        annotator.draft_changed.connect(self.images.draft_changed)
        annotator.accepted.categories_changed.connect(
            lambda: self.images.choice.show_categories(annotator.accepted.categories)
        )
        workspace.opened.connect(self._opened)
        workspace.opening.connect(self.notices.clear)
        workspace.open_failed.connect(self._open_failed)
        self.shortcuts.changed.connect(self._use_shortcuts)
        self.images.open_folder.clicked.connect(self.actions_by_id["open"].trigger)
        self.canvas.tapped_space.connect(annotator.accept)
        self.categories.needed.connect(self._lend_panels)
        self.categories.renamed.connect(self.canvas.setFocus)
        for left in (self.categories.renamed, self.categories.named):
            # Not in the midst of the field's own closing.
            left.connect(self._put_back_panels, Qt.ConnectionType.QueuedConnection)
        self.categories.entry.returnPressed.connect(self.canvas.setFocus)
        self.categories.typed.connect(self.draft_bar.show_naming)
        self.images.filter.returnPressed.connect(self.canvas.setFocus)
        for field in (self.categories.entry, self.images.filter):
            leave = QShortcut(QKeySequence("Esc"), field, context=Qt.ShortcutContext.WidgetShortcut)
            leave.activated.connect(self.canvas.setFocus)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        # Methods, not lambdas: the application outlives the window, and Qt disconnects methods.
        application.focusChanged.connect(self.focus_changed)
        application.styleHints().colorSchemeChanged.connect(self._follow_system)

    # What is shown.

    def refresh(self, *_: object) -> None:
        """Enables and checks what makes sense now; at once, for a key may follow."""
        annotator, workspace = self._annotator, self._workspace
        draft, record = annotator.draft, workspace.record
        selected, proposal = annotator.selection.ids, annotator.proposals.current
        holds = {
            "always": True,
            "project": workspace.project is not None,
            "images": bool(workspace.records),
            "image": workspace.picture is not None,
            "draft": draft is not None or proposal is not None,
            "selection": bool(selected) or proposal is not None,
            "annotations": bool(selected),
            "part": bool(selected) or (draft is None and annotator.latest is not None),
            "several": len(selected) > 1,
            "mask": draft is not None or bool(selected),
            "proposals": bool(annotator.proposals.shown) and not workspace.is_read_only,
            "any_proposals": bool(workspace.listing.proposals),
            "idle": workspace.picture is not None
            and not workspace.is_read_only
            and not self.automatic.is_running,
            "proposing": self.automatic.is_running,
            "editable": workspace.picture is not None and not workspace.is_read_only,
            # An image that cannot be read can still be skipped.
            "skippable": record is not None
            and record.id > 0
            and workspace.project is not None
            and not workspace.is_read_only,
            "annotated": bool(annotator.accepted.annotations),
            "copied": bool(self.copying.copied)
            and workspace.picture is not None
            and not workspace.is_read_only,
            "undo": annotator.can_undo,
            "redo": annotator.can_redo,
        }
        for spec in actions.ACTIONS:
            self.actions_by_id[spec.id].setEnabled(holds[spec.when])
        begun = (draft.correction if draft else None) or annotator.correction
        for name, mode in (("add_to", "add"), ("subtract_from", "subtract")):
            self.actions_by_id[name].setChecked(begun is not None and begun.mode == mode)
        for name in ("done", "skipped"):
            self.actions_by_id[name].setChecked(record is not None and record.status == name)
        self.actions_by_id["crowd"].setChecked(self.corrections.are_crowds)
        is_skipped = self.actions_by_id["skipped"].isChecked()
        self.actions_by_id["skipped"].setText(
            self.tr("&Skipped") if is_skipped else actions.translated("&Skip")
        )
        self.actions_by_id["pause"].setChecked(self._background.is_paused)

    def focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        """The keyboard is for another widget now; connected to the application's signal."""
        self.keyboard.focus_changed(old, now)
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keyboard.not_taken(event)
        super().keyPressEvent(event)

    def _opened(self) -> None:
        workspace = self._workspace
        assert workspace.folder is not None
        if workspace.folder != self._samples:
            self._own = workspace.folder
        state = self.tr(" (read-only)") if workspace.is_read_only else ""
        self.setWindowTitle(f"{workspace.folder.name}{state} — SAMDesk")
        self.images.samples.setVisible(workspace.folder == self._samples)
        if workspace.project is not None:
            self._save(self._settings.with_recent(workspace.folder))
        self.canvas.setFocus()
        self.refresh()

    def _open_failed(self, error: Exception) -> None:
        self.notices.tell(Notice(words.explained(error)))
        self.refresh()

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for number, folder in enumerate(self._settings.recent_folders, start=1):
            text = f"&{number} {folder.replace('&', '&&')}"
            self._recent_menu.addAction(text, partial(self._workspace.open, Path(folder)))
        self._recent_menu.addSeparator()
        forget = self._recent_menu.addAction(
            self.tr("&Clear this list"),
            lambda: self._save(replace(self._settings, recent_folders=())),
        )
        forget.setEnabled(bool(self._settings.recent_folders))

    # What actions do.

    def _choose_folder(self) -> None:
        start = self._own.parent if self._own is not None else own_folder()
        dialog = file_dialog(self, self.tr("Open folder"), start)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda path: self._workspace.open(Path(path)))
        dialog.open()

    def suggest_place(self, folder: Path | None) -> None:
        """Says where files are looked for until a folder is open that is not the samples."""
        if self._own is None:
            self._own = folder

    def _place(self) -> Path:
        """Where files are looked for first: in the open folder, never among the samples."""
        return self._own or own_folder()

    def _toggle_panels(self) -> None:
        is_shown = self.actions_by_id["panels"].isChecked()
        for panel in (self.images, self._right):
            panel.setVisible(is_shown)
        if not is_shown:
            self.canvas.setFocus()

    def _lend_panels(self) -> None:
        """Shows the side panels, if they were put away for as long as a name is typed."""
        if not self.actions_by_id["panels"].isChecked():
            self.actions_by_id["panels"].trigger()
            self._are_panels_lent = True

    def _put_back_panels(self) -> None:
        if not self._are_panels_lent or self.categories.is_naming:
            return
        if self.canvas.is_drawing or QApplication.mouseButtons():
            # The image must not move under a button that is down.
            QTimer.singleShot(_AFTER_A_CLICK, self, self._put_back_panels)
            return
        self._are_panels_lent = False
        if self.actions_by_id["panels"].isChecked():
            self.actions_by_id["panels"].trigger()

    def _select_all(self) -> None:
        annotator = self._annotator
        annotator.selection.select_all([one.id for one in annotator.accepted.annotations])

    def _zoom_to_selected(self) -> None:
        proposal = self._annotator.proposals.current
        masks = [one.mask for one in self._annotator.selection.annotations]
        self.canvas.zoom_to([proposal.annotation.mask] if proposal is not None else masks)

    def _show_folder(self) -> None:
        """Shows where the image on screen lies, in the system's file manager."""
        folder, record = self._workspace.folder, self._workspace.record
        if folder is not None and record is not None:
            place = (folder / record.path).parent
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(place))):
                self.notices.tell(
                    Notice(self.tr("No program here shows folders. It is {0}.").format(place))
                )

    def _unless_drawing(self, go: Callable[[], object]) -> Callable[[], None]:
        """What would take the image away does nothing while a button draws on it."""

        def went() -> None:
            if not self.canvas.is_drawing:
                go()

        return went

    def _undo(self) -> None:
        # What is in the air is what was done last.
        if not self.canvas.give_up():
            self._annotator.undo()

    def _drop(self) -> None:
        if not self.canvas.give_up():
            self._annotator.drop_draft()

    def _accept_done(self) -> None:
        if self._annotator.draft is not None and not self._annotator.accept():
            return
        self._annotator.set_status("done")
        self._workspace.step(1)

    def _correct(self, mode: Mode) -> None:
        """Has the Smart tool correct the selected annotation."""
        self.actions_by_id["smart"].trigger()
        self.corrections.begin(mode)
        self.refresh()

    def _toggle_status(self, status: Status) -> None:
        record = self._workspace.record
        is_set = record is not None and record.status == status
        self._annotator.set_status("open" if is_set else status)
        if status == "skipped" and not is_set:
            # Whoever skips an image is done with it.
            self._workspace.step(1)
        self.refresh()

    def _toggle_background(self) -> None:
        self._background.toggle()
        self._save(replace(self._settings, background=self._background.is_on))

    def _show_overview(self) -> None:
        # While a large step is stored there is no project to count in.
        if self._workspace.project is not None:
            OverviewDialog(self._workspace, self._io, self).open()

    def _find_action(self) -> None:
        menus = [action.menu() for action in self.menuBar().actions()]
        known = {action: name for name, action in self.actions_by_id.items()}
        found = [
            Found(action, path, self.shortcuts.text(known[action]) if action in known else "")
            for action, path in walk(menu for menu in menus if isinstance(menu, QMenu))
            if action is not self.actions_by_id["find"]
        ]
        FinderDialog(found, self).open()

    def _use_shortcuts(self) -> None:
        self._save(replace(self._settings, shortcuts=dict(self.shortcuts.own)))
        self.refresh()

    def _use_settings(self, settings: Settings) -> None:
        """Applies what can be applied while the program runs, and keeps it all."""
        if settings.theme != self._settings.theme:
            self.actions_by_id[settings.theme].setChecked(True)
            self._use_theme(settings.theme)
        if settings.background != self._background.is_on:
            self._background.set_on(settings.background)
        self.canvas.fill_masks(settings.mask_fill / 100)
        self._workspace.use(settings)
        self._save(settings)

    def _toggle_hover(self) -> None:
        is_on = self.actions_by_id["hover"].isChecked()
        self.hovering.use(is_on)
        self._save(replace(self._settings, hover_preview=is_on))

    def _follow_system(self, _scheme: Qt.ColorScheme) -> None:
        self._use_theme(self._settings.theme)

    def _use_theme(self, name: str) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, name)
        self.canvas.refresh_theme()
        self.welcome.refresh()
        if name != self._settings.theme:
            self._save(replace(self._settings, theme=name))

    # What the window remembers.

    def remember_engine(self, engine: str, preference: Preference) -> None:
        """Keeps the engine for the next start, and how it is run."""
        self._save(
            replace(
                self._settings,
                engine=engine,
                policy=preference.policy,
                device=preference.device,
                precision=preference.precision,
            )
        )

    def _note_place(self) -> None:
        """Keeps where work stands; it is written a little later, or when the window is closed."""
        folder, record = self._workspace.folder, self._workspace.record
        if folder is not None and record is not None:
            category = self._annotator.accepted.category
            name = category.name if category is not None else ""
            self._settings = self._settings.leaving(folder, record.path, name)
            self._keeping.start()

    def _restore(self) -> None:
        geometry = self._settings.window.get("geometry", "")
        if not (geometry and self.restoreGeometry(_bytes(geometry))):
            self.resize(QSize(1440, 900).boundedTo(theme.room(self)))
        columns = self._settings.window.get("columns", "")
        if columns:
            self._columns.restoreState(_bytes(columns))
        right = self._settings.window.get("right", "")
        if right:
            self._right.restoreState(_bytes(right))
        if self._settings.window.get("panels") == "hidden":
            self.actions_by_id["panels"].trigger()

    def _save(self, settings: Settings) -> None:
        self._settings = settings
        self._remember(settings)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = local_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            open_first(self._workspace, self._io, paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        is_shown = self.actions_by_id["panels"].isChecked() and not self._are_panels_lent
        state = {
            "geometry": _text(self.saveGeometry()),
            "columns": _text(self._columns.saveState()),
            "right": _text(self._right.saveState()),
            "panels": "shown" if is_shown else "hidden",
        }
        self._keeping.stop()
        self._save(replace(self._settings, window=state))
        super().closeEvent(event)


def _by_group() -> None:
    """For actions whose group says which of them was chosen."""


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(text.encode()))


def _text(state: QByteArray) -> str:
    return bytes(state.toBase64().data()).decode()
