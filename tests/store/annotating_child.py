"""A process that annotates without end and says what has been accepted; to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from samdesk.store.project import Project
from tests.store.records import annotation, category, disc, image


def main() -> None:
    folder = Path(sys.argv[1])
    with Project.open(folder, data=folder) as project:
        picture = project.image("a.jpg") or image(project)
        kind = (project.categories() or [category(project)])[0]
        while True:
            radius = project.next_id(type(picture)) % 9 + 1
            accepted = annotation(project, picture, kind, disc(radius=radius))
            print(accepted.id, accepted.mask.area, flush=True)


if __name__ == "__main__":
    main()
