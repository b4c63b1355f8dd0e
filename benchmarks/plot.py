"""Draws one group of figures as SVG: a bar a case, its interval across the end, the goal as a line."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from report import RESULTS, Document, amount

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw"]

_OURS: Final = "#1b6ac9"
_PEER: Final = "#b9bec6"
_GOAL: Final = "#c0392b"
_BAR_HEIGHT: Final = 0.3  # inches
_HEADING_HEIGHT: Final = 0.75
_WIDTH: Final = 9.0
_WIDE_RANGE: Final = 100  # where the largest is more than this times the smallest, small bars would vanish

# The same figures give the same file.
_SETTINGS: Final[Any] = {"svg.hashsalt": "orgkey", "svg.fonttype": "none", "font.size": 9}


def draw(name: str, group: Document) -> None:
    """Write ``group`` to its SVG file."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    figures = [(figure, list(rows)) for figure, rows in groupby(group["rows"], key=lambda row: row["figure"])]
    heights = [_HEADING_HEIGHT + _BAR_HEIGHT * len(rows) for _, rows in figures]
    with mpl.rc_context(_SETTINGS):
        sheet = Figure(figsize=(_WIDTH, sum(heights)), layout="constrained")
        axes = sheet.subplots(len(figures), 1, squeeze=False, height_ratios=heights)
        for (figure, rows), (axis,) in zip(figures, axes, strict=True):
            _bars(axis, figure, rows)
        sheet.savefig(RESULTS / f"{name}.svg", metadata={"Date": None, "Creator": None})


def _bars(axis: Axes, figure: str, rows: list[dict[str, Any]]) -> None:
    rows.reverse()  # barh draws from the bottom
    medians = [row["median"] for row in rows]
    errors = [
        [row["median"] - row["interval"][0] for row in rows],
        [row["interval"][1] - row["median"] for row in rows],
    ]
    colors = [_OURS if row["case"].startswith(("orgkey", "import orgkey", "from orgkey")) else _PEER for row in rows]
    axis.barh([row["case"] for row in rows], medians, xerr=errors, color=colors, ecolor="#444444", capsize=2)
    sizes = [abs(value) for value in medians if value]
    if sizes and max(sizes) > _WIDE_RANGE * min(sizes):
        axis.set_xscale("symlog", linthresh=min(sizes))
    for limit in {row["goal"]["limit"] for row in rows if row["goal"]}:
        axis.axvline(limit, color=_GOAL, linestyle="--", linewidth=1)
    for place, row in enumerate(rows):
        label = f" {amount(row['median'], row['unit'])}"
        axis.annotate(label, (max(row["interval"][1], 0), place), va="center")
    axis.set_title(figure, loc="left", fontsize=9, fontweight="bold")
    axis.spines[["top", "right"]].set_visible(False)
    axis.margins(x=0.15)
