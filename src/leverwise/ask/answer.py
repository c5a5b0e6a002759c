"""What every question gives back: one `Answer`, plain data that any report can show.

No arithmetic happens after this point. Tables are kept as rows so that printing JSON needs no pandas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from leverwise.ask.words import number, quantity, spoken
from leverwise.files import aside

if TYPE_CHECKING:
    import pandas
    import xarray

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Estimate:
    """A number under uncertainty: over samples, and the standard error of its mean. `unit` is for showing."""

    mean: float
    sd: float
    se: float
    p5: float
    p50: float
    p95: float
    unit: str = ""


@dataclass(frozen=True, repr=False)
class Chart:
    """A picture as data: `kind` says how to draw `rows`. A notebook shows the picture.

    fan: time, low, lower, middle, upper, high (5, 25, 50, 75, 95 %), optionally `series` (two fans compared).
    area: time, series, value, stacked.  line: time, series, value, optionally low, high (a band about it). For both,
    `time` stands for whatever `x` says.
    bars: label, value, optionally low, high, series.  steps: time, series, value (constant until the next).
    tornado: label, start, end (what comes where the input is low, and high), from, to (these inputs, as text), middle.
    scatter: at, value of each point; at, middle of each place of a running mean or median.
    waterfall: label, value, start, end (where its bar leads from and to), log (whether these are factors), text (at the
    bar), total (true for the first and the last).  matrix: label, series, value, own (true on the diagonal).
    map: x, low_x, mid_x, high_x, and the same of y if there are two axes; series (colour), value, text (on the
    tile), label (its name, on one tile of each colour), clear, part (0 but for further tiles of the same place).
    """

    name: str
    kind: Literal["fan", "area", "line", "bars", "steps", "tornado", "scatter", "waterfall", "matrix", "map"]
    title: str
    caption: str
    """One sentence that says what the picture shows."""
    rows: Sequence[Row]
    x: str = ""
    y: str = ""
    """Axis titles, with units."""
    until: float | None = None
    """When the horizon ends and the tail begins, if there is one."""
    marks: Sequence[tuple[float, str]] = ()
    """Of bars and lines: places on the lower axis that are ruled, and a word for each."""
    logs: Sequence[str] = ()
    """Axes of a map, `x` and `y`, on which neighbours have equal ratios."""
    ticks: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """Of a map: the values that are marked on an axis, `x` or `y`; all that there are, if it is not named."""
    lines: Sequence[Row] = ()
    """Of a map: level lines, point by point: line (its number), order, x, y, text (where it is labelled)."""

    def __repr__(self) -> str:
        """One short line."""
        return f"<Chart {self.name}: {self.kind} of {self.title!r}, {len(self.rows):,} rows>"

    def _repr_svg_(self) -> str | None:
        """The picture for a notebook; none where there is no number to draw."""
        drawing = _drawing()
        return drawing.svg(self) if drawing.drawable(self) else None

    def save(self, path: str | Path) -> None:
        """Save the picture as `.png` or `.svg`. Raises ValueError for another ending, or if it has no number."""
        _drawing().save(self, path)


class Charts(tuple[Chart, ...]):
    """The pictures of an answer. Printed, they are a list of what there is, and how to see it."""

    def __repr__(self) -> str:
        """A line per chart, and what can be done with them."""
        if not self:
            return "no charts"
        names = [c.title if spoken(c.name) == c.title else f"{c.name}: {c.title}" for c in self]
        lines = [f"{index}  {name} ({self[index].kind})" for index, name in enumerate(names)]
        how = 'charts[0].save("chart.svg") writes one (or .png); in a notebook charts[0] shows itself'
        return "\n".join([*lines, how])


def _drawing() -> Any:
    """What draws charts. Found by name: an answer is data, and knows nothing of reports until it is shown."""
    return import_module("leverwise.report.charts")


@dataclass(frozen=True)
class Provenance:
    """What is needed to get the same answer again."""

    version: str
    seed: int
    samples: int
    precision: str
    backend: str
    seconds: Mapping[str, float]
    """By phase: load, compile, run."""


@dataclass(frozen=True, repr=False)
class Answer:
    """The answer to one question. `print` shows its headline and numbers; a notebook its pictures and tables too."""

    question: str
    headline: str
    model: str
    sha256: str
    next: str
    """The one command or action that follows."""
    numbers: Mapping[str, Estimate]
    rows: Mapping[str, Sequence[Row]]
    charts: Sequence[Chart]
    """Kept as `Charts`."""
    warnings: Sequence[str]
    """Caveats: what the reader must know before trusting the numbers."""
    provenance: Provenance
    series: Mapping[str, Any] = field(default_factory=dict)
    """Per-sample trajectories in display units: name -> array (sample, time)."""
    times: Any = None
    units: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    """Further plain sentences for the terminal and the page, in order of weight."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "charts", Charts(self.charts))

    @property
    def tables(self) -> dict[str, pandas.DataFrame]:
        """The tables as pandas data frames."""
        import pandas

        return {name: pandas.DataFrame(list(rows)) for name, rows in self.rows.items()}

    @property
    def data(self) -> xarray.Dataset:
        """Trajectories per sample: dims (sample, time), with units as attributes."""
        import xarray

        variables = {
            name: (("sample", "time"), values, {"units": self.units.get(name, "")})
            for name, values in self.series.items()
        }
        unit = {"units": self.units.get("time", "")}
        coordinates = {} if self.times is None else {"time": ("time", self.times, unit)}
        return xarray.Dataset(
            variables,
            coords=coordinates,
            attrs={"model": self.model, "sha256": self.sha256, "seed": self.provenance.seed},
        )

    def __str__(self) -> str:
        """The headline, and each number with its unit and range."""
        rows = self._numbers()
        wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)).rstrip() for row in rows]
        return "\n".join([self.headline, *(["", *lines] if lines else [])])

    def __repr__(self) -> str:
        """One short line."""
        return f"<Answer to {self.question} of {self.model}: {self.headline}>"

    def _repr_html_(self) -> str:
        """The answer for a notebook: headline, numbers, warnings, pictures, and tables to fold out."""
        shown: str = import_module("leverwise.report.notebook").html(self)
        return shown

    def _numbers(self) -> list[tuple[str, str, str]]:
        return [
            (spoken(name), quantity(e.mean, e.unit), "" if e.p5 == e.p95 else f"{number(e.p5)} to {number(e.p95)}")
            for name, e in self.numbers.items()
        ]

    def save(self, path: str | Path) -> None:
        """Save the trajectories as NetCDF."""
        with aside(Path(path)) as part:
            self.data.to_netcdf(part, engine="h5netcdf")
