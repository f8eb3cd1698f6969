"""Everything the program can do, as one table: what it is called, its keys, when it makes sense."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from samdesk.ui import theme


@dataclass(frozen=True)
class ActionSpec:
    """One row of the table.

    Attributes:
        menu: a key of MENUS.
        keys: the defaults, as QKeySequence reads them; the first one is shown.
        icon: a file of `resources/icons`; empty for none.
        when: a state of the window that must hold: "always", "project", "images", "image",
            "editable", "draft", "selection" (of annotations or a proposal), "annotations" (one is
            selected, or more), "several", "part" (one is selected or was just accepted), "mask" (a
            draft or a selection), "proposals" (on this image), "any_proposals" (in the folder),
            "annotated" (the image on screen), "copied", "skippable", "idle", "proposing", "undo",
            "redo".
        typing: whether it also works while text is being typed.
        purpose: what it is for, where its name does not say it all; for the tooltip.
    """

    id: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    when: str = "always"
    checkable: bool = False
    typing: bool = True
    separated: bool = False
    purpose: str = ""


MENUS = {
    "file": "&File",
    "edit": "&Edit",
    "annotation": "&Annotation",
    "image": "&Image",
    "propose": "&Proposals",
    "view": "&View",
    "help": "&Help",
}

ACTIONS = (
    ActionSpec("open", "&Open folder…", "file", ("Ctrl+O",), "folder"),
    ActionSpec(
        "reopen",
        "&Read folder again",
        "file",
        ("Shift+F5",),
        when="project",
        purpose="Lists the images that were added to the open folder meanwhile.",
    ),
    ActionSpec("import", "&Import annotations…", "file", ("Ctrl+I",), "import", "images"),
    ActionSpec("export", "&Export COCO…", "file", ("Ctrl+E",), "export", "images"),
    ActionSpec("overview", "O&verview…", "file", ("Ctrl+Shift+O",), "", "project"),
    ActionSpec("settings", "&Settings…", "file", ("Ctrl+,",), separated=True),
    ActionSpec("quit", "&Quit", "file", ("Ctrl+Q",)),
    ActionSpec("undo", "&Undo", "edit", ("Ctrl+Z",), "undo", "undo", typing=False),
    ActionSpec("redo", "&Redo", "edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "redo", typing=False),
    ActionSpec(
        "smart",
        "&Smart tool",
        "edit",
        ("S",),
        "smart",
        checkable=True,
        typing=False,
        separated=True,
        purpose="Click an object or drag a box around it: the engine finds its mask.",
    ),
    ActionSpec(
        "brush",
        "&Brush",
        "edit",
        ("B",),
        "brush",
        checkable=True,
        typing=False,
        purpose="Paints a mask, or more of the one that is drafted or selected.",
    ),
    ActionSpec(
        "eraser",
        "&Eraser",
        "edit",
        ("E",),
        "eraser",
        checkable=True,
        typing=False,
        purpose="Takes away from the mask that is drafted or selected.",
    ),
    ActionSpec(
        "polygon",
        "&Polygon",
        "edit",
        ("P",),
        "polygon",
        checkable=True,
        typing=False,
        purpose="Draws a mask corner by corner; moves the corners of the one that is selected.",
    ),
    ActionSpec(
        "select",
        "Selec&t tool",
        "edit",
        ("V",),
        "select",
        checkable=True,
        typing=False,
        purpose="Selects masks, to correct, merge, name or delete them.",
    ),
    ActionSpec(
        "accept",
        "&Accept mask",
        "edit",
        ("Enter", "Return"),
        "done",
        "draft",
        typing=False,
        separated=True,
    ),
    ActionSpec("candidate", "Next &candidate mask", "edit", ("Tab",), when="draft", typing=False),
    ActionSpec("drop", "Dr&op draft, or deselect", "edit", ("Esc",), "close", typing=False),
    ActionSpec(
        "delete", "&Delete annotation", "edit", ("Del",), "delete", "selection", typing=False
    ),
    ActionSpec(
        "select_all",
        "Select a&ll annotations",
        "edit",
        ("Ctrl+A",),
        "",
        "annotated",
        typing=False,
        separated=True,
    ),
    ActionSpec("copy", "Cop&y annotations", "edit", ("Ctrl+C",), "", "annotations", typing=False),
    ActionSpec(
        "paste",
        "Paste annotat&ions",
        "edit",
        ("Ctrl+V",),
        "",
        "copied",
        typing=False,
        purpose="The copied masks once more, as for the next image of a series.",
    ),
    ActionSpec("smaller_brush", "Smaller brus&h", "edit", ("[",), typing=False, separated=True),
    ActionSpec("larger_brush", "Lar&ger brush", "edit", ("]",), typing=False),
    ActionSpec("new_category", "&New category", "edit", ("C",), "add", typing=False),
    ActionSpec("rename_category", "Rena&me category", "edit", ("F2",), "rename", typing=False),
    ActionSpec(
        "category_up",
        "Move category up",
        "edit",
        ("Alt+Up",),
        typing=False,
        purpose="In their list; the number keys follow its order.",
    ),
    ActionSpec("category_down", "Move category down", "edit", ("Alt+Down",), typing=False),
    ActionSpec(
        "add_to",
        "&Add to annotation by a click",
        "annotation",
        ("+", "="),
        "add-to",
        "selection",
        checkable=True,
        typing=False,
        purpose="The next click or box adds to the annotation that is selected.",
    ),
    ActionSpec(
        "subtract_from",
        "&Subtract from annotation by a click",
        "annotation",
        ("-",),
        "subtract-from",
        "selection",
        checkable=True,
        typing=False,
        purpose="The next click or box takes away from the annotation that is selected.",
    ),
    ActionSpec(
        "fill_holes", "Fill &holes", "annotation", ("O",), "", "mask", typing=False, separated=True
    ),
    ActionSpec("drop_specks", "&Drop specks", "annotation", ("Shift+O",), "", "mask", typing=False),
    ActionSpec(
        "split",
        "S&plit into pieces",
        "annotation",
        ("Shift+M",),
        "",
        "selection",
        typing=False,
        separated=True,
    ),
    ActionSpec("merge", "&Merge selected", "annotation", ("M",), "", "several", typing=False),
    ActionSpec(
        "part",
        "Part of &the mask around it",
        "annotation",
        ("W",),
        "",
        "part",
        typing=False,
        separated=True,
        purpose="Of the selected annotation, else of the one that was just accepted.",
    ),
    ActionSpec(
        "make_parts",
        "Make parts of the &largest selected",
        "annotation",
        ("G",),
        "",
        "several",
        typing=False,
    ),
    ActionSpec(
        "make_wholes",
        "&No longer a part",
        "annotation",
        ("Shift+G",),
        "",
        "selection",
        typing=False,
    ),
    ActionSpec(
        "crowd",
        "C&rowd",
        "annotation",
        ("Shift+C",),
        "",
        "annotations",
        checkable=True,
        typing=False,
        purpose="A group that is annotated as one mask, as COCO's iscrowd says.",
    ),
    ActionSpec(
        "hide_selected",
        "Hide or show s&elected",
        "annotation",
        ("Shift+H",),
        "eye-off",
        "selection",
        typing=False,
        separated=True,
    ),
    ActionSpec(
        "zoom_selected", "&Zoom to selected", "annotation", ("Z",), "", "selection", typing=False
    ),
    ActionSpec(
        "menu",
        "Men&u of what is selected",
        "annotation",
        ("Menu", "Shift+F10"),
        "",
        "images",
        typing=False,
    ),
    ActionSpec("next", "&Next image", "image", ("D",), "next", "images", typing=False),
    ActionSpec("previous", "&Previous image", "image", ("A",), "previous", "images", typing=False),
    ActionSpec(
        "unannotated", "Next image &without annotation", "image", ("N",), "", "images", typing=False
    ),
    ActionSpec("box", "Next imported &box", "image", ("X",), "", "editable", typing=False),
    ActionSpec(
        "accept_done",
        "Accept, mark as done, &go on",
        "image",
        ("Shift+Enter", "Shift+Return"),
        "",
        "editable",
        typing=False,
        separated=True,
    ),
    ActionSpec(
        "done",
        "&Done",
        "image",
        ("Ctrl+D",),
        "done",
        "editable",
        checkable=True,
        purpose="Marks the image as finished; an export can be limited to such images.",
    ),
    ActionSpec(
        "skipped",
        "&Skip",
        "image",
        ("Ctrl+Shift+D",),
        "skip",
        "skippable",
        checkable=True,
        purpose="Marks the image as one that is not to be annotated, and goes on.",
    ),
    ActionSpec("reload", "&Read image again", "image", ("F5",), "", "images", separated=True),
    ActionSpec("show_folder", "Show image in its &folder", "image", when="images"),
    ActionSpec("pause", "Pause enc&oding in the background", "image", checkable=True),
    ActionSpec(
        "propose", "Propose &masks on this image", "propose", ("Ctrl+G",), "", "idle", typing=False
    ),
    ActionSpec("propose_folder", "Propose masks on all &untouched images", "propose", when="idle"),
    ActionSpec("propose_boxes", "Propose masks for imported &boxes", "propose", when="idle"),
    ActionSpec("stop_proposing", "&Stop proposing", "propose", when="proposing"),
    ActionSpec(
        "next_proposal",
        "&Next proposal",
        "propose",
        ("Q",),
        when="any_proposals",
        typing=False,
        separated=True,
    ),
    ActionSpec(
        "previous_proposal",
        "&Previous proposal",
        "propose",
        ("Shift+Q",),
        when="proposals",
        typing=False,
    ),
    ActionSpec(
        "accept_proposals",
        "&Accept all as good as the chosen one",
        "propose",
        ("Ctrl+Enter", "Ctrl+Return"),
        when="proposals",
    ),
    ActionSpec(
        "drop_proposals",
        "&Drop all on this image",
        "propose",
        ("Ctrl+Del",),
        when="proposals",
    ),
    ActionSpec("fit", "&Fit image", "view", ("F",), "fit", "image", typing=False),
    ActionSpec("actual", "&100 %", "view", ("Ctrl+0",), "", "image"),
    ActionSpec("zoom_in", "Zoom &in", "view", ("Ctrl++", "Ctrl+="), "", "image"),
    ActionSpec("zoom_out", "Zoom &out", "view", ("Ctrl+-",), "", "image"),
    ActionSpec(
        "hide",
        "&Hide masks while held",
        "view",
        ("H",),
        "eye-off",
        "image",
        typing=False,
        separated=True,
    ),
    ActionSpec("panels", "Side &panels", "view", ("Ctrl+B",), checkable=True),
    ActionSpec("hover", "Preview the mask under the &mouse", "view", checkable=True),
    ActionSpec("system", "Theme as the s&ystem", "view", checkable=True, separated=True),
    ActionSpec("light", "&Light theme", "view", checkable=True),
    ActionSpec("dark", "&Dark theme", "view", checkable=True),
    ActionSpec("find", "&Find an action…", "help", ("Ctrl+K",), "search"),
    ActionSpec("keys", "&Keys…", "help", ("F1",), "keyboard"),
    ActionSpec("samples", "Open the &sample images", "help"),
    ActionSpec("about", "&About SAMDesk", "help", separated=True),
)

# What the canvas and the categories have for good, in Qt's portable text.
FIXED_KEYS = frozenset({"Space", "J", "Shift+J", "Left", "Right", "Up", "Down", *"123456789"})

_REPEATED = {
    *("next", "previous", "next_proposal", "previous_proposal"),
    *("zoom_in", "zoom_out", "smaller_brush", "larger_brush", "category_up", "category_down"),
}

# Keys and mouse buttons that are no actions of a menu, for the table of keys, by heading.
GESTURES = {
    "Mouse": (
        ("Left click", "A point inside the object; on a proposal: chooses it"),
        ("Right click, Shift + left click", "A point outside the object"),
        ("Drag", "A box around the object"),
        ("Wheel", "Zoom at the mouse"),
        ("Hold Space and drag, middle button", "Move the image"),
        ("Brush and eraser: left, right button", "Paint and erase; the other way round"),
        ("Polygon: click", "A corner; on the first corner, close"),
        ("Polygon: drag a corner or an edge", "Move the corner; a new corner on the edge"),
        ("Polygon: right click on a corner", "Take the corner away"),
        ("Polygon: double click", "The last corner; closes"),
        ("Select tool: Shift or Ctrl + click", "Select several"),
        ("Select tool: right click", "Menu of the annotation"),
        ("List of annotations: drag onto another, to the empty end", "Make a part; a whole again"),
        ("List of categories: drag between others", "Put in order, as the number keys are"),
    ),
    "Keyboard": (
        ("Space", "Accept mask"),
        ("1 to 9", "Category of what is selected; else of what comes next"),
        ("Arrow keys", "Move the crosshair by a twentieth of the view; with Shift by one pixel"),
        ("Up, Down while a category's name is typed", "Choose among those that are called so"),
        ("J, Shift + J", "Left or right click at the crosshair; hold J and move to drag"),
    ),
}


def translated(text: str) -> str:
    """A text of this table in the user's language."""
    return QCoreApplication.translate("actions", text)


def build(window: QWidget, slots: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """Makes a QAction for each row; every row must have a slot. `Shortcuts` gives them keys."""
    actions = {}
    for spec in ACTIONS:
        action = QAction(translated(spec.text), window)
        action.setObjectName(spec.id)
        action.setCheckable(spec.checkable)
        action.setAutoRepeat(spec.id in _REPEATED)
        if spec.icon:
            action.setIcon(theme.icon(spec.icon))
            # In a menu it would stand where the check mark belongs, or look like one.
            action.setIconVisibleInMenu(not spec.checkable and spec.icon != "done")
        action.triggered.connect(lambda _checked=False, slot=slots[spec.id]: slot())
        window.addAction(action)
        actions[spec.id] = action
    return actions


def plain(text: str) -> str:
    """An action's text without the marks for menus."""
    return text.replace("&", "").rstrip("…")
