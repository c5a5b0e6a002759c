"""Time series from a CSV file beside the model."""

from __future__ import annotations

import csv
import io
import math
import re
from pathlib import Path

from leverwise.errors import ModelError, Position, Problem, did_you_mean
from leverwise.lang.declarations import Origin, SeriesDeclaration
from leverwise.model.document import Scalar, plain_name, shorten
from leverwise.model.levers import beside
from leverwise.model.read import decode, read_bytes
from leverwise.model.schema import Series
from leverwise.units import UnitError, parse_unit

MOST_ROWS = 100_000
_NUMBER = re.compile(r"^[\d.,eE+*/() -]+")


def read_series(name: Scalar, item: Series, step: Scalar, folder: Path | None) -> tuple[SeriesDeclaration, Path]:
    """The series and the file that it came from; times come out in the unit of `step`. Raises ModelError."""
    scale = _scale(item, step)
    path = beside(folder, item.file)
    text = decode(read_bytes(path, "CSV file"), str(path))
    rows = csv.reader(io.StringIO(text), strict=True)
    times: list[float] = []
    values: list[float] = []
    try:
        header = [cell.strip() for cell in next(rows, [])]
        value_column = _column(header, item.column, path)
        time_column = _column(header, item.time, path) if item.time is not None else 0
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            at = Position(str(path), rows.line_num, 1)
            if len(times) >= MOST_ROWS:
                raise ModelError(Problem(f"the file has more than {MOST_ROWS:,} rows", at, "thin it out"))
            times.append(_number(row, time_column, header, at) * scale)
            values.append(_number(row, value_column, header, at))
            if len(times) > 1 and times[-1] <= times[-2]:
                raise ModelError(Problem("the times do not rise here", at, "sort the rows by time, each time once"))
    except csv.Error as error:
        raise ModelError(Problem(f"this is not CSV: {error}", Position(str(path), max(1, rows.line_num), 1))) from None
    if not times:
        raise ModelError(
            Problem("the file has no rows of numbers", Position(str(path), 1, 1), "add rows below the header")
        )
    about = " ".join(item.about.text.split()) if item.about else ""
    origin = Origin(about, "", "", item.file.text)
    unit = item.unit.text if item.unit else ""
    return SeriesDeclaration(plain_name(name.text), tuple(times), tuple(values), unit, name.at, origin), path


def _scale(item: Series, step: Scalar) -> float:
    """How many of the step's unit one of the file's time unit is."""
    if item.time_unit is None:
        return 1.0
    try:
        theirs, ours = parse_unit(item.time_unit.text), parse_unit(_NUMBER.sub("", step.text))
    except UnitError as error:
        raise ModelError(Problem(str(error), item.time_unit.at, error.hint)) from None
    if theirs.dimension != ours.dimension:
        hint = f"the step is in {ours.text}" if ours.text else "the step has no unit, so times can have none"
        raise ModelError(Problem(f"times cannot be counted in {item.time_unit}", item.time_unit.at, hint))
    return theirs.factor / ours.factor


def _column(header: list[str], wanted: Scalar, path: Path) -> int:
    if wanted.text in header:
        return header.index(wanted.text)
    hint = did_you_mean(wanted.text, header) or "columns: " + ", ".join(header[:20])
    raise ModelError(Problem(f"{path.name} has no column `{shorten(wanted.text)}`", wanted.at, hint))


def _number(row: list[str], column: int, header: list[str], at: Position) -> float:
    cell = row[column].strip() if column < len(row) else ""
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        what = f"`{shorten(cell)}`" if cell else "nothing"
        raise ModelError(
            Problem(f"the column `{header[column]}` holds {what} here, not a number", at, "write a number")
        )
    return number
