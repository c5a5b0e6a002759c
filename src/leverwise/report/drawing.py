"""What the drawings of all kinds of charts share: how large they are, their data, titles, labels and colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from leverwise.ask.answer import Chart
from leverwise.report.json import plain
from leverwise.report.numbers import sentence, unit_in
from leverwise.report.theme import inks

if TYPE_CHECKING:
    import altair as alt

AXIS_WIDTH = 44
"""What the labels of a value axis take at least, so that charts stand in line."""


@dataclass(frozen=True)
class Setting:
    """How large a chart is to be, and whether it carries its own title and caption."""

    width: int = 640
    titled: bool = True
    background: str = "white"

    @property
    def narrow(self) -> bool:
        """True for the width of a telephone."""
        return self.width < 480

    @property
    def labels(self) -> int:
        """The width of the names beside bars."""
        return 104 if self.narrow else 170


def data(rows: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    """The rows as a chart takes them: without a limit of their number, and what is no number as a gap."""
    import altair as alt

    return alt.InlineData(values=[plain(row) for row in rows])


def title(chart: Chart, setting: Setting, more: str = "") -> Any:
    """Title and caption, and `more` that explains the marks; nothing where a page says them."""
    import altair as alt

    if not setting.titled:
        return alt.Undefined
    more = "" if "median" in chart.caption else more
    caption = " ".join(filter(None, (chart.caption, more)))
    return alt.TitleParams(sentence(chart.title), subtitle=_wrapped(caption, setting.width))


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, max(20, int(width / 5.6))) if text else []


def series(chart: Chart) -> list[str]:
    """The names of the series in order of appearance; empty if they have none."""
    return list(dict.fromkeys(str(row["series"]) for row in chart.rows if row.get("series")))


def labels(title: str) -> str:
    """A Vega expression that writes axis labels as the rest of the reports do: 400k, 1.2M, 3B."""
    dollar = "'$' + " if unit_in(title).startswith("$") else ""
    size = "abs(datum.value)"
    text = f"{size} >= 1000 ? replace(format({size}, '.3~s'), 'G', 'B') : format({size}, '.3~g')"
    return f"(datum.value < 0 ? '-' : '') + {dollar}({text})"


def colour(names: Sequence[str], setting: Setting, symbol: Literal["square", "stroke"]) -> Any:
    """A colour for each series, with a legend; the first colour if they have no names."""
    import altair as alt

    if not names:
        return alt.value(inks(1)[0])
    longest = max(len(name) for name in names)
    columns = max(1, min(len(names), setting.width // (longest * 7 + 34)))
    legend = alt.Legend(
        title=None, orient="top", columns=columns, symbolType=symbol, symbolOpacity=1, labelLimit=setting.width - 40
    )
    return alt.Color("series:N", scale=alt.Scale(domain=list(names), range=inks(len(names))), legend=legend, sort=None)


def sides(names: Sequence[str], setting: Setting) -> alt.Y:
    """The names beside bars, in this order."""
    import altair as alt

    axis = alt.Axis(
        grid=False,
        domain=False,
        ticks=False,
        labelLimit=setting.labels - 8,
        minExtent=setting.labels,
        maxExtent=setting.labels,
    )
    return alt.Y("label:N", sort=list(names), title=None, axis=axis)


def across(chart: Chart, setting: Setting) -> alt.Axis:
    """The value axis below bars."""
    import altair as alt

    return alt.Axis(title=chart.y or None, labelExpr=labels(chart.y), tickCount=4 if setting.narrow else 6)
