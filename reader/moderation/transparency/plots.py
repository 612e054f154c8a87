"""Geometry of the plots: positions and sizes of their bars. ``_plots.html`` draws them without script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reader.moderation.transparency.figures import Transparency

WIDTH, HEIGHT = 600, 150
GAP = 8
ROOM = 28  # for the number above a column


@dataclass(frozen=True)
class Bar:
    """A segment of a column: its kind, value, position and size."""

    kind: str
    value: float
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Column:
    """A column with its segments, lowest first."""

    label: str
    short: str
    total: str
    middle: float
    top: float
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Plot:
    """Columns side by side, with the same numbers for a table. ``kinds`` labels the segments."""

    id: str
    title: str
    kinds: Mapping[str, str]
    columns: Sequence[Column]

    @property
    def is_empty(self) -> bool:
        """True if every value is zero."""
        return all(not bar.value for column in self.columns for bar in column.bars)


def plots(report: Transparency) -> list[Plot]:
    """Return the monthly plots of the report."""
    months = [(month.label, month.short) for month in report.months]
    return [
        _plot(
            "decisions",
            "Decisions by month",
            {"people": "by people", "rules": "automatically"},
            months,
            [
                {"people": month.decisions - month.automatic, "rules": month.automatic}
                for month in report.months
            ],
        ),
        _plot(
            "removals",
            "Removals by month",
            {"people": "removed"},
            months,
            [{"people": month.reasons.total()} for month in report.months],
        ),
        _plot(
            "hours",
            "Hours from report to decision, median",
            {"people": "hours"},
            months,
            [{"people": round(month.hours or 0, 1)} for month in report.months],
        ),
        _plot(
            "appeals",
            "Appeals by month, and what became of them",
            {
                "upheld": "turned down",
                "overturned": "granted",
                "moot": "taken back before",
                "open": "not answered yet",
            },
            months,
            [dict(month.appeals) for month in report.months],
        ),
    ]


def by_reason(report: Transparency) -> Plot:
    """Return the plot of removals by reason."""
    return _plot(
        "reasons",
        "Removals by reason, in twelve months",
        {"people": "removed"},
        [(reason.label, reason.label) for reason, _ in report.reasons],
        [{"people": count} for _, count in report.reasons],
    )


def _plot(
    name: str,
    title: str,
    kinds: Mapping[str, str],
    labels: Sequence[tuple[str, str]],
    values: Sequence[Mapping[str, float]],
) -> Plot:
    totals = [sum(each.get(kind, 0) for kind in kinds) for each in values]
    scale = (HEIGHT - ROOM) / max([*totals, 1])
    width = WIDTH / len(labels)
    columns = []
    for index, ((label, short), parts, total) in enumerate(zip(labels, values, totals, strict=True)):
        y, bars = float(HEIGHT), []
        for kind in kinds:
            value = parts.get(kind, 0)
            y -= value * scale
            bars.append(
                Bar(
                    kind,
                    value,
                    round(index * width + GAP / 2, 1),
                    round(y, 1),
                    round(width - GAP, 1),
                    round(value * scale, 1),
                )
            )
        columns.append(
            Column(label, short, f"{total:g}", round((index + 0.5) * width, 1), round(y - 6, 1), bars)
        )
    return Plot(name, title, kinds, columns)
