from __future__ import annotations

import io
from pathlib import Path

import pytest

from samdesk.coco.document import Document, NotJson
from samdesk.coco.lines import outline

WRITTEN = (
    '{"info": {"a": "]}"},\n"beyond": [1, [2]],\n"licenses": [],\n'
    '"images": [\n{"id": 1, "n": "ü{\\n"},\n'
    '{"id": 2, "of": [{"x": {}}], "d": "\\"12345678901234567890"}'
    "],\n"
    '"annotations": [\n{"id": 5}]}\n'
)


def is_by_lines(text: str) -> bool:
    return outline(io.BytesIO(text.encode()), lambda _done: None) is not None


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("break_", ["\n", "\r\n"])
def test_lines_are_read_as_the_same_document(tmp_path: Path, mark: str, break_: str) -> None:
    assert is_by_lines(WRITTEN)
    texts = [WRITTEN.replace("\n", break_), WRITTEN.replace("\n", "")]
    found = []
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.json"
        path.write_bytes((mark + text).encode())
        document = Document(path)
        sections = ("info", "beyond", "licenses", "images", "annotations")
        found.append(
            (
                document.kind,
                document.kinds,
                +document.counts,
                document.has_mark,
                [document.section(name) for name in ("info", "beyond", "none")],
                [list(document.entries(name)) for name in sections],
            )
        )
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"id": 5}]}\n', '{"id": 5}'),
        ('{"id": 5}]}\n', '{"id": 5}]}\n{}'),
        ('{"id": 5}', '{"id": 5},'),
        ('{"id": 5}', '{"id": 5}, {"id": 6}'),
        ('{"id": 5}', '{"id": 5\n}'),
        ('{"id": 5}', '{"id": NaN}'),
        ('{"id": 5}', '{"id": 12345678901234567890}'),
        ('{"id": 1,', '{"id": 1,,'),
        ("},\n{", "}\n{"),
        ('"annotations": [', '"images": ['),
        ('"info"', '"info": 1}, {"info"'),
    ],
)
def test_what_is_not_quite_so_is_left_to_ijson(before: str, after: str) -> None:
    assert before in WRITTEN
    assert not is_by_lines(WRITTEN.replace(before, after))


def test_a_file_that_ends_too_early_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(WRITTEN[:-6], "utf-8")
    with pytest.raises(NotJson):
        Document(path)
