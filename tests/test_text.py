from __future__ import annotations

import json
import pickle

from samdesk.errors import ImageError
from samdesk.text import Text, packed, unpacked


def text() -> Text:
    inner = Text("{size:.1f} GB", size=2.5)
    return Text("{name} needs {room}.", name="a {brace}", room=inner)


def test_a_text_is_what_it_says_and_knows_how() -> None:
    said = text()
    assert said == "a {brace} needs 2.5 GB."
    assert said.template == "{name} needs {room}."
    assert said.values["room"].values == {"size": 2.5}


def test_a_text_travels_between_processes() -> None:
    for again in (
        pickle.loads(pickle.dumps(text())),
        unpacked(json.loads(json.dumps(packed(text())))),
    ):
        assert again == text()
        assert again.template == text().template
        assert again.values["room"].template == "{size:.1f} GB"
    assert unpacked(packed("plain {0}")) == "plain {0}"


def test_an_error_says_both_sentences() -> None:
    error = ImageError(Text("{name} is empty.", name="x.png"), "Copy it.")
    assert str(error) == "x.png is empty. Copy it."
    again = pickle.loads(pickle.dumps(error))
    assert (again.title, again.hint) == (error.title, error.hint)
    assert again.title.template == "{name} is empty."
    assert str(ImageError("x {0}")) == "x {0}"
