"""Bars in SVG, drawn by hand: what one delivery costs on each server, and how far each bound was kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from tests.bench.measuring import Figure

WIDTH, LABEL, ROW, GAP, TOP = 760, 250, 22, 18, 44
OURS, OTHERS, INK, PAPER = "#1f6f54", "#a8adb3", "#1d2125", "#ffffff"
COUNTS = (1_000, 5_000, 10_000)

Bar = tuple[str, float, bool]


def draw(folder: Path, figures: Mapping[str, Figure]) -> None:
    """Write the plots that these figures are enough for."""
    groups = [(f"{count:,} followers", _delivery(figures, count)) for count in COUNTS]
    full = [(title, bars) for title, bars in groups if bars]
    if full:
        title = "Server CPU for one live delivery, in µs: shorter is better"
        (folder / "delivery.svg").write_text(_svg(title, full))
    compared = _compared(figures)
    if compared:
        title = "Reader's share of what the peer needs: shorter is better"
        (folder / "ratios.svg").write_text(_svg(title, [("", compared)]))


def _delivery(figures: Mapping[str, Figure], count: int) -> list[Bar]:
    if f"delivery-{count}" not in figures:
        return []
    named = (
        ("bare loop in C", f"limit-{count}"),
        ("Node, ws", f"ws-{count}"),
        ("Node, Socket.IO", f"delivery-{count}"),
        ("Flask-SocketIO as it comes", f"plain-{count}"),
    )
    bars: list[Bar] = [("Reader", figures[f"delivery-{count}"].ours, True)]
    return bars + [(name, figures[key].theirs, False) for name, key in named if key in figures]


def _compared(figures: Mapping[str, Figure]) -> list[Bar]:
    named = (
        ("a live delivery ÷ Node's Socket.IO", "delivery-5000"),
        ("20 events/s, gathered ÷ Socket.IO", "delivery-gathered"),
        ("memory of a follower ÷ Socket.IO", "follower-memory"),
        ("CPU of idle followers ÷ Socket.IO", "follower-cpu"),
        ("a page of 50 comments ÷ Isso", "page-cold"),
        ("a post ÷ Isso", "post"),
    )
    return [(name, figures[key].ratio, True) for name, key in named if key in figures]


def _svg(title: str, groups: Sequence[tuple[str, Sequence[Bar]]]) -> str:
    most = max(value for _, bars in groups for _, value, _ in bars)
    parts, y = [], TOP
    for name, bars in groups:
        if name:
            parts.append(f'<text x="12" y="{y + 4}" font-weight="600">{escape(name)}</text>')
            y += GAP
        for label, value, ours in bars:
            length = (WIDTH - LABEL - 80) * value / most
            colour = OURS if ours else OTHERS
            parts += [
                f'<text x="{LABEL - 8}" y="{y + 10}" text-anchor="end">{escape(label)}</text>',
                f'<rect x="{LABEL}" y="{y - 3}" width="{length:.1f}" height="16" rx="2" fill="{colour}"/>',
                f'<text x="{LABEL + length + 6:.1f}" y="{y + 10}">{value:.3g}</text>',
            ]
            y += ROW
        y += GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" role="img"'
        f' aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="13" fill="{INK}">\n'
        f'<rect width="{WIDTH}" height="{y}" fill="{PAPER}"/>\n'
        f'<text x="12" y="22" font-size="15" font-weight="600">{escape(title)}</text>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )
