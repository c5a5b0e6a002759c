"""The goals that leverwise has set itself, and how far a run reached them: one line for each.

Rows say by `toward` which goal they are a measure of. Figures come from the run; only why a goal is missed, where it
is, is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.rows import Row
from benchmarks.table import amount, times

HEADINGS = ("goal", "reached", "target", "met", "why not")
SEPARATELY = 3
"""Parts of a goal that are told one by one; of more, the best and the worst are."""


@dataclass(frozen=True)
class Goal:
    """What is to be reached."""

    name: str
    case: str
    target: str
    reason: str = ""
    """What stands in the way, told where it is not reached."""


@dataclass(frozen=True)
class Reached:
    """One goal after a run, in words."""

    case: str
    reached: str
    target: str
    met: str
    reason: str

    @property
    def cells(self) -> tuple[str, ...]:
        """A line of the table."""
        return self.case, self.reached, self.target, self.met, self.reason


GOALS = (
    Goal(
        "native",
        "simulate 20 mechanisms x 120 steps x 100,000, against C",
        "<= 1.5 x C in equal precision",
        "each variable is a loop over a chunk that reads and writes the second-level cache; C stays in the first",
    ),
    Goal(
        "logistic",
        "60 months of noisy logistic growth, 100,000 samples, against NumPy",
        "<= NumPy",
        "drawing the noise and its normal quantiles takes most of the time",
    ),
    Goal(
        "sobol indices",
        "Sobol-G, 10 inputs, N = 2^14, 100 bootstraps, against SALib",
        "<= SALib, the same error",
    ),
    Goal(
        "information",
        "EVPPI with a quadratic truth of .351, and with a linear one of .267",
        "right within its standard error",
    ),
    Goal(
        "budget",
        "budget allocation: 8 channels x 24 periods and 16 x 52, 500 draws",
        "<= 0.1 s and <= 0.5 s, the same optimum",
        "a plan is more than a descent: many starts, simplifying and single exchanges, checks on other samples",
    ),
    Goal(
        "shaped",
        "S-shaped separable allocation, 30 instances",
        "100 % within 0.1 %",
        "see the instances that are not solved",
    ),
    Goal(
        "shadow prices",
        "all shadow prices in one reverse pass",
        "<= 4 forward runs",
        "values of each step that the way back needs are written, read, or computed a second time",
    ),
    Goal(
        "first answer",
        "first answer from the shell: simulate an example",
        "<= 3 s cold, <= 1.5 s warm",
        "cold: compiling; warm: importing JAX and loading the program that was kept",
    ),
)


def reached(found: Iterable[tuple[str, Row]], *, whole: bool) -> list[Reached]:
    """Each goal of which something was measured; of a whole run, also those of which nothing was."""
    by_goal: dict[str, list[Row]] = {goal.name: [] for goal in GOALS}
    for _, row in found:
        if row.toward:
            by_goal[row.toward.goal].append(row)
    return [judged(goal, by_goal[goal.name]) for goal in GOALS if whole or by_goal[goal.name]]


def judged(goal: Goal, rows: Sequence[Row]) -> Reached:
    """One goal by its rows."""
    measured = [row for row in rows if not row.trouble]
    trouble = "; ".join(row.trouble for row in rows if row.trouble)
    if not measured or trouble:
        return Reached(goal.case, told(measured), goal.target, "not measured yet", trouble)
    right = all(row.right is not False for row in measured)
    met = "WRONG" if not right else "yes" if all(map(fulfils, measured)) else "NO"
    return Reached(goal.case, told(measured), goal.target, met, "" if met == "yes" else goal.reason)


def fulfils(row: Row) -> bool:
    """Whether a row does its part: its target if it has one, else its answer."""
    return bool(row.right if row.limit is None else row.met)


def told(rows: Sequence[Row]) -> str:
    """What was reached, part by part; of many parts, the range."""
    if len(rows) <= SEPARATELY:
        return ", ".join(f"{row.toward.part} {figure(row)}".strip() for row in rows if row.toward)
    sized = sorted(rows, key=size)
    met = sum(map(fulfils, rows))
    return f"{figure(sized[0])} to {figure(sized[-1])}, {met} of {len(rows)} within"


def figure(row: Row) -> str:
    """The number that the target is about."""
    if row.limit is None or row.ours is None:
        return row.value
    if row.limit.of == "peer":
        return f"{times(row.ratio or 0)} x"
    return amount(row.ours.minimum, row.ours.unit)


def size(row: Row) -> float:
    """The same to sort by."""
    if row.limit is None or row.ours is None:
        return 0.0
    return row.ratio or 0.0 if row.limit.of == "peer" else row.ours.minimum


def show_goals(goals: Sequence[Reached], console: Console) -> None:
    """Print the table of goals."""
    if not goals:
        return
    table = Table(title="Goals", title_justify="left", pad_edge=False)
    for column in HEADINGS:
        table.add_column(column, overflow="fold", no_wrap=column == "met")
    for goal in goals:
        table.add_row(*(escape(text) for text in goal.cells))
    console.print(table)
