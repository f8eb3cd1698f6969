"""What was measured, what was asked for, and whether it holds."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any


@dataclass(frozen=True)
class Spread:
    """Several measurements of one thing: their median, least, largest and number."""

    median: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """At least one value."""
        return cls(statistics.median(values), min(values), max(values), len(values))


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that `share` (0 to 1) of them do not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = -int(-share * len(ordered) // 1)
    return ordered[max(rank, 1) - 1]


class Verdict(Enum):
    """What became of a target."""

    NONE = ""
    AIM = "holds, aim reached"
    HOLDS = "holds"
    SHORT = "falls short"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Target:
    """What a row must reach.

    Attributes:
        limit, aim: in the row's unit; factors where `of_factor`.
        of_factor: judges how many times SAMDesk is better, where more is better; otherwise
            SAMDesk's own figure, where less is.
    """

    limit: float
    aim: float | None = None
    of_factor: bool = False

    def verdict(self, value: float) -> Verdict:
        if not self._reached(value, self.limit):
            return Verdict.SHORT
        if self.aim is not None and self._reached(value, self.aim):
            return Verdict.AIM
        return Verdict.HOLDS

    def _reached(self, value: float, bound: float) -> bool:
        return value >= bound if self.of_factor else value <= bound


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        name: what was measured.
        how: in which way, one sentence.
        unit: "s", "bytes", "/s", "FLOP/s", "share", or "" for plain numbers.
        ours, reference: figures; None where there is none.
        value: what the target judges where it is not the median, such as a percentile.
        missing: why there is no figure.
    """

    name: str
    how: str
    unit: str = "s"
    ours: Spread | None = None
    reference: Spread | None = None
    value: float | None = None
    target: Target | None = None
    missing: str = ""

    @property
    def factor(self) -> float | None:
        """How many times less SAMDesk takes than the reference; rates: how many times more."""
        if self.ours is None or self.reference is None:
            return None
        ours, reference = self.ours.median, self.reference.median
        if self.unit.endswith("/s"):
            ours, reference = reference, ours
        return reference / ours if ours else None

    @property
    def verdict(self) -> Verdict:
        if self.target is None:
            return Verdict.NOT_MEASURED if self.missing else Verdict.NONE
        judged = self.factor if self.target.of_factor else self.value
        if judged is None and self.ours is not None and not self.target.of_factor:
            judged = self.ours.median
        return Verdict.NOT_MEASURED if judged is None else self.target.verdict(judged)

    def as_json(self) -> dict[str, Any]:
        """The row and what follows from it, without Python's types."""
        return {**asdict(self), "factor": self.factor, "verdict": self.verdict.value}


def lines(rows: Sequence[Row], reference: str = "SamPredictor") -> Iterator[str]:
    """The table for people: a line of figures and a line on how they came about, per row."""
    header = ("", "SAMDesk", reference, "factor", "target", "")
    cells = [header, *(_cells(row) for row in rows)]
    widths = [max(len(cell[column]) for cell in cells) for column in range(len(header))]
    hows = ["", *(f"    {row.how}" for row in rows)]
    for cell, how in zip(cells, hows, strict=True):
        yield "  ".join(
            text.ljust(width) for text, width in zip(cell, widths, strict=True)
        ).rstrip()
        if how:
            yield how


def shown(value: float, unit: str) -> str:
    """A figure with its unit, three digits of it."""
    if unit == "s":
        return f"{1000 * value:.3g} ms" if value < 1 else f"{value:.3g} s"
    if unit == "bytes":
        return f"{value / 1e9:.2f} GB"
    if unit == "FLOP/s":
        return f"{value / 1e9:,.0f} GFLOP/s"
    if unit == "/s":
        return f"{value:,.0f} /s" if value >= 100 else f"{value:.3g} /s"
    if unit == "share":
        return f"{100 * value:.3g} %"
    return f"{value:.3g}"


def _cells(row: Row) -> tuple[str, ...]:
    verdict = row.verdict.value
    if row.missing:
        verdict += f": {row.missing}"
    factor = "" if row.factor is None else f"{row.factor:.2f}"
    ours = _figure(row.ours, row.unit)
    if row.value is not None:
        ours = shown(row.value, row.unit) + (f", median {ours}" if ours else "")
    return row.name, ours, _figure(row.reference, row.unit), factor, _target(row), verdict


def _figure(figure: Spread | None, unit: str) -> str:
    if figure is None:
        return ""
    if figure.count == 1:
        return shown(figure.median, unit)
    return f"{shown(figure.median, unit)} ({shown(figure.low, unit)} to {shown(figure.high, unit)})"


def _target(row: Row) -> str:
    target = row.target
    if target is None:
        return ""
    if target.of_factor:
        limit, aim, sign = f"{target.limit:g}", target.aim and f"{target.aim:g}", ">="
    else:
        limit = shown(target.limit, row.unit)
        aim, sign = target.aim and shown(target.aim, row.unit), "<="
    return f"{sign} {limit}" + (f" (aim {aim})" if aim else "")
