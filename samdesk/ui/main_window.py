"""The window: puts panels, menus and bars together, and wires actions to whoever does the work."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import (
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QWidget

from samdesk.core.dataset import Status
from samdesk.runtime.lane import Lane, Post
from samdesk.settings import Settings
from samdesk.ui import actions, theme, words
from samdesk.ui.action_states import ActionStates
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
from samdesk.ui.kept_settings import KeptSettings
from samdesk.ui.keyboard import Keyboard
from samdesk.ui.layout import Columns, as_bytes, as_text, centre, over_canvas
from samdesk.ui.offers import Offers
from samdesk.ui.opening import Opener
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

_AFTER_A_CLICK = 100  # milliseconds


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
        settings: KeptSettings,
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
        self._engines = engines
        self._downloads = downloads
        self._background = background
        self._io = io
        self._settings = settings
        self._samples = samples
        self.opener = Opener(self._workspace, annotator.accepted, settings, samples, self)
        self._are_panels_lent = False
        self.corrections = Corrections(annotator, self)
        self.categorising = Categorising(annotator, self)
        self.copying = Copying(annotator, self)
        self.boxes = ImportedBoxes(annotator, self)
        self.hovering = hovering
        hovering.use(settings.now.hover_preview)
        self.canvas = Canvas(annotator, self.corrections, hovering, drawing)
        self.canvas.fill_masks(settings.now.mask_fill / 100)
        self.crosshair = Crosshair(self.canvas, self._workspace)
        self.images = ImagesPanel(self._workspace, annotator.drafts.has)
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
            self.opener.place,
            lambda: len(annotator.drafts.current),
            self,
        )
        self.importer = Importer(annotator, io, post, self.notices, self.opener.place, self)
        self.engine_menu = EngineMenu(engines, self)
        self.automatic = Automatic(annotator, self.categorising, io, self)
        self.proposing_bar = ProposingBar(self.automatic)
        self.offers = Offers(
            annotator,
            engines,
            downloads,
            self.notices,
            self.categories.edit,
            lambda: settings.now.offers_checkpoint,
            lambda: settings.change(offers_checkpoint=False),
            self,
        )
        self.actions_by_id = actions.build(self, self._slots(open_samples))
        self.action_states = ActionStates(
            annotator,
            self.corrections,
            self.copying,
            self.automatic,
            background,
            self.actions_by_id,
            self,
        )
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
        self.actions_by_id[settings.now.theme].setChecked(True)
        self.actions_by_id["hover"].setChecked(settings.now.hover_preview)
        self.actions_by_id["panels"].setChecked(True)
        for number in range(1, 10):
            key = QShortcut(str(number), self)
            key.activated.connect(partial(self.categorising.use_number, number))
        self.header = Header(self._workspace, self.actions_by_id)
        self.welcome = Welcome(self._workspace, self.shortcuts, self.actions_by_id)
        self._build_menus()
        self.columns = self._build_layout()
        self.setCentralWidget(self.columns)
        self.status = StatusBar(
            annotator, engines, background, self.automatic, self.canvas, self.engine_menu
        )
        self.setStatusBar(self.status)
        self._connect()
        self._restore()
        self.action_states.refresh()
        self.canvas.setFocus()

    # Building.

    def _slots(self, open_samples: Callable[[], None]) -> dict[str, Callable[[], object]]:
        annotator, workspace, canvas = self._annotator, self._workspace, self.canvas
        corrections = self.corrections
        return {
            "open": self.opener.ask,
            "import": self.importer.ask,
            "export": self.exporter.ask,
            "quit": self.close,
            "undo": self._undo,
            "redo": annotator.undoing.redo,
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
            "reopen": workspace.reopen,
            "show_folder": self.opener.show_in_file_manager,
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
                lambda: self._settings.now, self._use_settings, self
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
                menu.addMenu(self.opener.recent_menu)

    def _build_layout(self) -> Columns:
        bars = (self.notices, self.download_bar, self.proposing_bar)
        work = over_canvas(self.canvas, self.welcome, self.draft_bar, bars)
        middle = centre(self.header, ToolStrip(self.actions_by_id), work)
        # What is dragged over them is for the window.
        for widget in (self.canvas, self.canvas.viewport(), self.images.filter):
            widget.setAcceptDrops(False)
        return Columns(self.images, middle, self.categories, self.annotations)

    def _connect(self) -> None:
        annotator, workspace = self._annotator, self._workspace
        # After the states of actions, whose texts take room there.
        for signal in (
            workspace.loaded,
            workspace.moved,
            workspace.record_changed,
            workspace.narrowed,
            workspace.relisted,
        ):
            signal.connect(self.header.refresh)
        for signal in (self.automatic.ended, self.exporter.ended, workspace.hinted):
            signal.connect(self.offers.tell_briefly)
        for signal in (
            annotator.failed,
            workspace.told,
            self._engines.told,
            self._downloads.told,
            self.automatic.told,
            self.exporter.told,
            self.opener.told,
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
        # Where a button with the focus hides, Qt would give that to the next field.
        self.welcome.read_again.clicked.connect(self.canvas.setFocus)
        for field in (self.categories.entry, self.images.filter):
            leave = QShortcut(QKeySequence("Esc"), field, context=Qt.ShortcutContext.WidgetShortcut)
            if field is self.categories.entry:
                leave.activated.connect(field.clear)
            leave.activated.connect(self.canvas.setFocus)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        # Methods, not lambdas: the application outlives the window, and Qt disconnects methods.
        application.focusChanged.connect(self.focus_changed)
        application.styleHints().colorSchemeChanged.connect(self._follow_system)

    # What is shown.

    def focus_changed(self, old: QWidget | None, now: QWidget | None) -> None:
        """The keyboard is for another widget now; connected to the application's signal."""
        self.keyboard.focus_changed(old, now)
        self.action_states.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keyboard.not_taken(event)
        super().keyPressEvent(event)

    def _opened(self) -> None:
        workspace = self._workspace
        assert workspace.folder is not None
        state = self.tr(" (read-only)") if workspace.is_read_only else ""
        self.setWindowTitle(f"{workspace.folder.name}{state} — SAMDesk")
        self.images.samples.setVisible(workspace.folder == self._samples)
        self.canvas.setFocus()
        self.action_states.refresh()

    def _open_failed(self, error: Exception) -> None:
        self.notices.tell(Notice(words.explained(error)))
        self.action_states.refresh()

    # What actions do.

    def _toggle_panels(self) -> None:
        is_shown = self.actions_by_id["panels"].isChecked()
        self.columns.show_panels(is_shown)
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

    def _unless_drawing(self, go: Callable[[], object]) -> Callable[[], None]:
        """What would take the image away does nothing while a button draws on it."""

        def went() -> None:
            if not self.canvas.is_drawing:
                go()

        return went

    def _undo(self) -> None:
        # What is in the air is what was done last.
        if not self.canvas.give_up():
            self._annotator.undoing.undo()

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
        self.action_states.refresh()

    def _toggle_status(self, status: Status) -> None:
        record = self._workspace.record
        is_set = record is not None and record.status == status
        self._annotator.set_status("open" if is_set else status)
        if status == "skipped" and not is_set:
            # Whoever skips an image is done with it.
            self._workspace.step(1)
        self.action_states.refresh()

    def _toggle_background(self) -> None:
        self._background.toggle()
        self._settings.change(background=self._background.is_on)

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
        self._settings.change(shortcuts=dict(self.shortcuts.own))
        self.action_states.refresh()

    def _use_settings(self, settings: Settings) -> None:
        """Applies what can be applied while the program runs, and keeps it all."""
        if settings.theme != self._settings.now.theme:
            self.actions_by_id[settings.theme].setChecked(True)
            self._use_theme(settings.theme)
        if settings.background != self._background.is_on:
            self._background.set_on(settings.background)
        self.canvas.fill_masks(settings.mask_fill / 100)
        self._workspace.use(settings)
        self._settings.use(settings)

    def _toggle_hover(self) -> None:
        is_on = self.actions_by_id["hover"].isChecked()
        self.hovering.use(is_on)
        self._settings.change(hover_preview=is_on)

    def _follow_system(self, _scheme: Qt.ColorScheme) -> None:
        self._use_theme(self._settings.now.theme)

    def _use_theme(self, name: str) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, name)
        self.canvas.refresh_theme()
        self.welcome.refresh()
        if name != self._settings.now.theme:
            self._settings.change(theme=name)

    # The window itself.

    def _restore(self) -> None:
        state = self._settings.now.window
        geometry = state.get("geometry", "")
        if not (geometry and self.restoreGeometry(as_bytes(geometry))):
            self.resize(QSize(1440, 900).boundedTo(theme.room(self)))
        self.columns.restore(state)
        if state.get("panels") == "hidden":
            self.actions_by_id["panels"].trigger()

    def _save(self) -> None:
        is_shown = self.actions_by_id["panels"].isChecked() and not self._are_panels_lent
        state = {
            "geometry": as_text(self.saveGeometry()),
            **self.columns.state(),
            "panels": "shown" if is_shown else "hidden",
        }
        self._settings.change(window=state)

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
        self._save()
        super().closeEvent(event)


def _by_group() -> None:
    """For actions whose group says which of them was chosen."""
