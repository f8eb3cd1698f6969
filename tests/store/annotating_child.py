"""A process that annotates without end and says what has been accepted; to be killed.

Its second argument says after how many annotations it closes the project and opens it again.
"""

from __future__ import annotations

import sys
from pathlib import Path

from samdesk.store.project import Project
from tests.store.records import annotation, category, disc, image


def main() -> None:
    folder, at_once = Path(sys.argv[1]), int(sys.argv[2])
    while True:
        with Project.open(folder, data=folder) as project:
            picture = project.image("a.jpg") or image(project)
            kind = (project.categories() or [category(project)])[0]
            for _ in range(at_once):
                radius = project.next_id(type(picture)) % 9 + 1
                accepted = annotation(project, picture, kind, disc(radius=radius))
                print(accepted.id, accepted.mask.area, flush=True)


if __name__ == "__main__":
    main()
