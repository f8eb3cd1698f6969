"""Sentences for people: made where something is known, translated where it is shown."""

from __future__ import annotations

from typing import Any


class Text(str):
    """A sentence in English that remembers its template and what was filled in.

    It is a plain string to whoever prints it. The window translates the template and fills it
    anew, so that what is below the window can speak without knowing of languages.

    Args:
        template: with fields as `str.format` has them. It must be a literal, for
            `resources/translations/update.py` collects them from the source.
        values: what the fields stand for. One that is a Text itself is translated, too.
    """

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, **values: Any) -> Text:
        self = super().__new__(cls, template.format(**values))
        self.template, self.values = template, values
        return self

    @classmethod
    def of(cls, said: str) -> Text:
        """What was said as it stands, with nothing filled in."""
        if isinstance(said, Text):
            return said
        return cls(said.replace("{", "{{").replace("}", "}}"))

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        # Errors travel between processes.
        return (self.template,), self.values


def packed(text: str) -> str | dict[str, Any]:
    """A text as JSON can hold it."""
    if not isinstance(text, Text):
        return text
    return {
        "template": text.template,
        "values": {
            name: packed(value if isinstance(value, str) else str(value))
            if not isinstance(value, (int, float))
            else value
            for name, value in text.values.items()
        },
    }


def unpacked(raw: str | dict[str, Any]) -> str:
    """What was packed."""
    if isinstance(raw, str):
        return raw
    values = {
        name: unpacked(value) if isinstance(value, (str, dict)) else value
        for name, value in raw["values"].items()
    }
    return Text(raw["template"], **values)
