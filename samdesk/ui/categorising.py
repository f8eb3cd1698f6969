"""Which categories there are, and which of them what is selected has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject

from samdesk.core.dataset import Annotation, Category, Change, Proposal, recategorised, reordered
from samdesk.core.hierarchy import deleted
from samdesk.runtime.annotating import new_category
from samdesk.ui import words
from samdesk.ui.accepted import is_many, keep_going
from samdesk.ui.annotator import Annotator


class Categorising(QObject):
    """Gives, adds, edits, deletes and merges categories: one step of undo each.

    Owns nothing: categories and annotations are the project's.
    """

    def __init__(self, annotator: Annotator, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._annotator = annotator

    def give(self, category: Category) -> None:
        """Makes the selected annotations, or the chosen proposal, some of a category."""
        annotator = self._annotator
        changes = self._giving(category)
        text = self.tr("Change category to {0}").format(category.name)
        if changes and annotator.change(text, changes):
            self._tell_given(category, len(changes))

    def use_number(self, number: int) -> None:
        """What a number key does, from 1: gives the category to what is selected, else uses it."""
        annotator = self._annotator
        if not 1 <= number <= len(annotator.accepted.categories):
            return
        category = annotator.accepted.categories[number - 1]
        if annotator.gives_category:
            self.give(category)
        else:
            annotator.accepted.use_category(category.id)

    def add(self, name: str) -> bool:
        """Adds a category, makes it current, and gives it to what is selected.

        A name that exists, be it in other letters, is not added again.
        """
        annotator = self._annotator
        project, name = annotator.workspace.project, name.strip()
        if project is None or not name:
            return False
        category = annotator.accepted.called(name)
        changes: list[Change] = []
        text = self.tr("Add category {0}")
        if category is None:
            category = new_category(project, name)
            changes.append(Change(None, category))
        given = self._giving(category) if annotator.gives_category else []
        if given:
            text = self.tr("Change category to {0}")
        changes += given
        if changes and not annotator.change(text.format(name), changes):
            return False
        if given:
            self._tell_given(category, len(given))
        annotator.accepted.use_category(category.id)
        return True

    def edit(self, category: Category, *, name: str = "", colour: str = "") -> bool:
        """Renames or recolours a category."""
        annotator = self._annotator
        after = replace(
            category, name=name.strip() or category.name, colour=colour or category.colour
        )
        others = (one for one in annotator.accepted.categories if one.id != category.id)
        if any(one.name == after.name for one in others):
            annotator.told.emit(self.tr("There is a category {0} already.").format(after.name))
            return False
        if after == category:
            return False
        return annotator.change(self.tr("Edit category"), [Change(category, after)])

    def move(self, ids: Collection[int], place: int) -> None:
        """Puts categories before the one at a place of their list; number keys follow the order."""
        annotator = self._annotator
        known = annotator.accepted.categories
        moved = [one for one in known if one.id in ids]
        changes = reordered(known, moved, place)
        if changes:
            text = self.tr("Move category {0}").format(", ".join(one.name for one in moved))
            annotator.change(text, changes)

    def delete(self, category: Category) -> None:
        """Deletes a category that no annotation has."""
        annotator = self._annotator
        has_boxes = any(box.category_id == category.id for box in annotator.accepted.boxes.values())
        project = annotator.workspace.project
        if project is not None and project.proposal_count(category.id):
            annotator.told.emit(
                self.tr("{0} has proposals. Accept or drop them first.").format(category.name)
            )
            return
        if annotator.accepted.category_counts.get(category.id) or has_boxes:
            annotator.told.emit(
                self.tr("{0} has annotations. Give them another category first.").format(
                    category.name
                )
            )
            return
        annotator.change(
            self.tr("Delete category {0}").format(category.name), [Change(category, None)]
        )

    def merge(self, category: Category, into: Category) -> None:
        """Gives all that a category has, on all images, to another one and deletes it."""
        project = self._annotator.workspace.project
        if project is None or category.id == into.id:
            return

        def changes() -> list[Change]:
            moved = project.annotations_of_category(category.id)
            return [
                *(recategorised(annotation, into) for annotation in moved),
                *(
                    Change(one, Proposal(replace(one.annotation, category_id=into.id)))
                    for one in project.proposals()
                    if one.annotation.category_id == category.id
                ),
                *(
                    Change(box, replace(box, category_id=into.id))
                    for box in project.boxes()
                    if box.category_id == category.id
                ),
                Change(category, None),
            ]

        text = self.tr("Merge category {0} into {1}").format(category.name, into.name)
        self._change_all_of(category, text, changes)

    def delete_with_annotations(self, category: Category) -> None:
        """Deletes a category with all that it has, on all images; parts of that stay."""
        project = self._annotator.workspace.project
        if project is None:
            return

        def changes() -> list[Change]:
            by_image: dict[int, list[Annotation]] = {}
            for one in project.annotations_of_category(category.id):
                by_image.setdefault(one.image_id, []).append(one)
            return [
                *(
                    change
                    for image_id, gone in by_image.items()
                    for change in deleted(gone, project.annotations(image_id))
                ),
                *(
                    Change(one, None)
                    for one in project.proposals()
                    if one.annotation.category_id == category.id
                ),
                *(Change(one, None) for one in project.boxes() if one.category_id == category.id),
                Change(category, None),
            ]

        text = self.tr("Delete category {0}").format(category.name)
        self._change_all_of(category, text, changes)

    def _change_all_of(
        self, category: Category, text: str, changes: Callable[[], Sequence[Change]]
    ) -> None:
        """Applies changes to all that a category has, beside the window where that is much."""
        annotator, accepted = self._annotator, self._annotator.accepted
        project = annotator.workspace.project
        assert project is not None
        count = accepted.category_counts.get(category.id, 0) + project.proposal_count(category.id)
        count += sum(box.category_id == category.id for box in accepted.boxes.values())
        if is_many(count):
            annotator.change_many(text, changes, keep_going, lambda: None, accepted.tell_failure)
        else:
            annotator.change(text, changes())

    def _giving(self, category: Category) -> list[Change]:
        """What gives a category to the selected annotations, or to the chosen proposal."""
        annotator = self._annotator
        return [
            *(
                recategorised(one, category)
                for one in annotator.selection.annotations
                if one.category_id != category.id
            ),
            *annotator.proposals.recategorised(category),
        ]

    def _tell_given(self, category: Category, count: int) -> None:
        text = self.tr("Gave {0} the category {1}. {undo} takes that back.")
        self._annotator.tell(text, words.mask_count(count), category.name)
