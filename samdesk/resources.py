"""The files that ship with SAMDesk, in a checkout and installed from a wheel alike."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The path of a file or folder under `resources/`.

    Raises:
        FileNotFoundError: this installation lacks it.
    """
    for root in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"SAMDesk's installation lacks resources/{name}; install it again")
