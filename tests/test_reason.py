from __future__ import annotations

import errno

from samdesk.reason import reason_of
from samdesk.text import Text


def test_reasons_of_the_system_can_be_translated_and_name_no_paths() -> None:
    said = reason_of(OSError(errno.ENOENT, "Datei nicht gefunden", "/x/.y.json.0123"))
    assert isinstance(said, Text) and said == "No such file or directory"
    assert reason_of(OSError(errno.ENOLINK, "Odd", "/x")) == "Odd"
    assert reason_of(OSError("odd")) == "odd"
