"""Importing: what a source adds to a project, as changes, and what of it cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path

from samdesk.coco.document import KeepGoing, NotJson, no_progress
from samdesk.coco.merge.annotations import Annotations
from samdesk.coco.merge.categories import Categories
from samdesk.coco.merge.images import Images
from samdesk.coco.merge.info import AUTO_KEY, merge_info
from samdesk.coco.merge.plan import Import, Target, Unused, require_new
from samdesk.coco.merge.source_ids import meant_by_results
from samdesk.coco.sources.base import Source
from samdesk.core.dataset import Dataset, Record
from samdesk.errors import CocoError
from samdesk.reason import reason_of
from samdesk.text import Text

__all__ = ["AUTO_KEY", "Import", "Unused", "merge", "require_new"]


def merge(
    source: Source,
    dataset: Dataset,
    folder: Path,
    last_id: Callable[[type[Record]], int],
    *,
    with_missing: bool = True,
    keep_going: KeepGoing = no_progress,
) -> Import:
    """Plans an import. Nothing is changed yet, and the source never is.

    Args:
        dataset: what the project holds.
        folder: of the project's images.
        last_id: the highest id that records of a kind have ever had; 0 for none.
        with_missing: whether images that are not in the folder are imported, too.

    Raises:
        CocoError: the source ends unexpectedly.
    """
    try:
        return _plan(source, Target(dataset, folder, last_id, with_missing, keep_going))
    except NotJson as error:
        raise CocoError(
            Text("The file cannot be read to its end: {reason}.", reason=error.args[0]),
            "Copy it again.",
        ) from error
    except OSError as error:
        raise CocoError(
            Text("The file cannot be read: {reason}.", reason=reason_of(error)),
            "Check the path and its rights.",
        ) from error


def _plan(source: Source, target: Target) -> Import:
    plan = Import(source.kind)
    licence_ids: dict[Hashable, int] = {}
    if not source.uses_ids_of_project:
        for name, what in source.lacks():
            plan.refuse(name, what)
        licence_ids = merge_info(source, target, plan)
    meant_images, meant_categories = None, None
    if source.uses_ids_of_project:
        meant_images, meant_categories = meant_by_results(source, target.dataset, target.keep_going)
    images = Images(source, target, plan, licence_ids, meant_images)
    categories = Categories(source, target, plan, meant_categories)
    Annotations(source, target, plan, images, categories).merge()
    categories.leave_out_unused()
    return plan
