"""An explanation in words, tables and pictures; what it tells comes from `probing`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask.answer import Chart, Estimate, Row
from leverwise.ask.charts import Array, axis, layered_rows, shown_times, time_axis
from leverwise.ask.commands import command
from leverwise.ask.naming import ALONE, LEVERAGE, LISTED, OF_TWO_RUNS, ORDERS
from leverwise.ask.numbers import estimate, summary
from leverwise.ask.probing import Told
from leverwise.ask.schedules import Plan, moment, slots, span
from leverwise.ask.tracing import IMPACT, TIME, Branch, Tracer, readers, rests_on, undiscounted
from leverwise.ask.words import listing, low_to_high, number, quantity, spoken, with_error
from leverwise.ask.written import places
from leverwise.lang.system import Call, Expression, Name, System, Value, names_in

if TYPE_CHECKING:
    from leverwise.ask.model import Model

SAID = 3
"""Of so many parts a headline tells."""
ALIKE = 1e-6
SMALL = 0.005
"""A smaller share is not worth a word."""
WHOLE = "whole"
NAMELESS = ("term", "constant", "time")
"""Kinds of lines that are no variables of the model."""
GIVEN = (*NAMELESS, "number", "decision")
"""Kinds of lines without an equation."""


def unit_of(name: str) -> str:
    """The unit of a ratio, or of its logarithm."""
    return "orders of magnitude" if name == ORDERS else "times"


@dataclass(frozen=True)
class Found:
    """The lines of an explanation, and what they are of."""

    asked: Model
    system: System
    tracer: Tracer
    name: str
    told: Sequence[Told]
    step: int
    words: str
    decisions: Array

    @property
    def root(self) -> Told:
        """The line that is explained."""
        return self.told[0]

    @property
    def direct(self) -> list[Told]:
        """What the first line is made of; what alone is added up in it gives way to its terms."""
        found = self._under(0)
        while True:
            places = [k for k in found if self.told[k].branch.added or self.told[k].branch.sharing == WHOLE]
            below = self._under(places[0]) if len(places) == 1 else []
            if not below or self.told[below[0]].branch.sharing not in ("sum", WHOLE):
                return [self.told[k] for k in found]
            at = found.index(places[0])
            found[at : at + 1] = below

    def _under(self, place: int) -> list[int]:
        """The places of the lines right below one."""
        depth, found = self.told[place].branch.depth, list[int]()
        for k in range(place + 1, len(self.told)):
            if self.told[k].branch.depth <= depth:
                break
            if self.told[k].branch.depth == depth + 1:
                found.append(k)
        return found

    def number(self) -> Estimate:
        """The number that is explained."""
        if self.name in (LEVERAGE, ORDERS):
            return summary(self.root.samples, unit_of(self.name))
        return estimate(self.root.samples, self.root.unit)

    @cached_property
    def table(self) -> list[Row]:
        """A row for each line of the tree."""
        names = [each.branch.label for each in self.told if each.branch.kind not in NAMELESS]
        where = places(self.asked, dict.fromkeys(names))
        return [self._row(each, where) for each in self.told]

    def _row(self, line: Told, where: dict[str, str]) -> Row:
        branch, told = line.branch, estimate(line.samples, line.unit)
        named_so = branch.kind not in NAMELESS and branch.label not in OF_TWO_RUNS
        item = self._item(branch.label) if named_so else None
        origin = getattr(item, "origin", None)
        return {
            "name": branch.label.rpartition(".")[2] if getattr(item, "hidden", False) else branch.label,
            "depth": branch.depth,
            "kind": branch.kind,
            "equation": self._written(branch, item),
            "value": told.mean,
            "low": told.p5,
            "high": told.p95,
            "share": line.share,
            "weight": line.weight,
            "sharing": branch.sharing,
            "unit": told.unit,
            "over": "total" if branch.added else "average" if branch.throughout else "start" if branch.initial else "",
            "about": origin.about if origin else "",
            "source": origin.source if origin else "",
            "default": bool(origin and origin.default),
            "where": where.get(branch.label, "") if named_so else "",
            "negative": branch.negative,
            "repeated": branch.repeated,
        }

    def equations(self) -> list[Row]:
        """A row for each variable of the tree: its equation (of what is given, its text), meaning and source."""
        keys = ("name", "equation", "about", "source", "default", "where")
        found = {row["name"]: {key: row[key] for key in keys} for row in self.table if row["kind"] not in NAMELESS}
        found |= {row["name"]: row for row in self._in_terms() if row["name"] not in found}
        return [row for row in found.values() if row["equation"] or row["about"]]

    def _in_terms(self) -> Iterator[Row]:
        """A row for each variable that is a part of a term with no name of its own."""
        terms = [each.branch for each in self.told if each.branch.kind == "term"]
        unknown = {*self.tracer.switches, TIME, *(name for name in self.tracer.lifted.values())}
        names = [name for term in terms for name in names_in(undiscounted(term.value)) if name not in unknown]
        where = places(self.asked, dict.fromkeys(names))
        for name in dict.fromkeys(names):
            item = self._item(name)
            if item is None:
                continue
            origin = item.origin
            known = {"about": origin.about, "source": origin.source, "default": bool(origin.default)}
            kind = self.tracer.kind(name)
            written = self._written(Branch(name, kind, 0, Name(name)), item)
            yield {"name": name, "equation": written, **known, "where": where.get(name, "")}

    def _item(self, name: str) -> Any:
        tracer = self.tracer
        for group in (tracer.values, tracer.decisions, tracer.stocks, tracer.auxiliaries, tracer.measures):
            if name in group:
                return group[name]
        return None

    def _written(self, branch: Branch, item: Any) -> str:
        if isinstance(item, Value):
            return item.text
        return "" if branch.kind in GIVEN else self._equation(branch.label)

    def _equation(self, name: str) -> str:
        if name in OF_TWO_RUNS:
            return "impact with every lever off" if name == ALONE else f"impact over {ALONE}"
        return self.tracer.equation(name)

    def headline(self) -> str:
        """The number, when, and what it is mostly made of."""
        told, name = self.number(), "leverage" if self.name == ORDERS else spoken(self.name)
        verb = f"{name[:1].upper()}{name[1:]}{self._when()} is {with_error(told.mean, told.se, told.unit)}"
        if told.sd > 0:
            verb += f" on average (90 % from {low_to_high(told.p5, told.p95, told.unit)})"
        return f"{verb}{self._mostly()}."

    def _when(self) -> str:
        clock = self.system.clock
        if self.root.branch.kind in ("number",):
            return ""
        over = self.root.branch.kind == "impact" or self.name in OF_TWO_RUNS
        if over and self.step == clock.steps + clock.tail:
            return f" over {span(self.system)}"
        return f" at {moment(self.system, self.step)}"

    def _mostly(self) -> str:
        lines = [each for each in self.direct if each.weight > SMALL]
        lines = [each for each in lines if each.share is not None or each.branch.sharing in ("sum", WHOLE)]
        lines.sort(key=lambda each: -abs(float(np.mean(each.samples)) if each.share is None else each.share))
        if not lines:
            return ""
        if lines[0].branch.sharing in ("sum", WHOLE):
            return self._summed(lines)
        parts = [f"1 % more {called(each)} by {_more(each.share)}" for each in lines[:SAID]]
        return f"; it changes with {listing(parts)}"

    def _summed(self, lines: Sequence[Told]) -> str:
        if len(lines) == 1 and lines[0].branch.sharing == WHOLE:
            return f"; it is {self._in_words(lines[0])}"
        gives = [each for each in lines if float(np.mean(each.samples)) > 0][:SAID]
        takes = [each for each in lines if float(np.mean(each.samples)) < 0][:SAID]
        said = f"; made of {listing([self._amount(each) for each in gives])}" if gives else ""
        less = listing([self._amount(each) for each in takes])
        return f"{said}, less {less}" if gives and takes else said or (f"; {less} are taken away" if takes else "")

    def _amount(self, line: Told) -> str:
        mean = abs(float(np.mean(line.samples))) / line.unit.factor
        name = "" if line.branch.kind == "constant" else f" {self._in_words(line)}"
        when = " at the start" if line.branch.initial and "start" not in name else ""
        return f"{quantity(mean, line.unit.text)}{name}{when}"

    def _in_words(self, line: Told) -> str:
        """What a line is called; a term that is a share of one variable by that one, and by what it means."""
        size = self._of_shares(undiscounted(line.branch.value)) if line.branch.kind == "term" else None
        about = getattr(getattr(self._item(size), "origin", None), "about", "") if size else ""
        if size is None or not about:
            return called(line)
        return f"{spoken(size)} ({about[:1].lower()}{about[1:].rstrip('.')})"

    def _of_shares(self, term: Expression) -> str | None:
        """The variable of which a product takes shares: the only factor with a dimension; None if it is none such."""
        names = _factors(term)
        if names is None or any(name in (*self.tracer.switches, TIME) for name in names):
            return None
        sized = [name for name in names if self.system.unit_of(name).dimension]
        return sized[0] if len(sized) == 1 and len(names) > 1 else None

    def notes(self) -> tuple[str, ...]:
        """Who decides, who gave the numbers, and who reads it."""
        root, system = self.root.branch, self.system
        if root.kind in ("number", "decision"):
            return self._of_given()
        behind = rests_on(system, IMPACT if self.name in OF_TWO_RUNS else self.name)
        decided = [d.name for d in self.asked.system.decisions if d.name in behind]
        values = [v for v in system.values if v.name in behind]
        defaults = [v for v in values if v.origin.default]
        notes = [f"Run with {self.words}."] if system.decisions else []
        if decided:
            notes.append(f"Decisions that reach it: {listing(decided, LISTED)}.")
        elif system.decisions:
            notes.append("No decision reaches it.")
        if values:
            drawn = sum(value.drawn for value in values)
            said = f"It rests on {len(values)} number{'s' if len(values) > 1 else ''}, {drawn} of them drawn"
            said += f"; {len(defaults)} are defaults, {len(values) - len(defaults)} are not" if defaults else ""
            notes.append(said + ".")
        return tuple(notes)

    def _of_given(self) -> tuple[str, ...]:
        item, notes = self._item(self.name), list[str]()
        reading = readers(self.system, self.name)
        if isinstance(item, Value):
            known = "a default of the mechanism" if item.origin.default else "the author's" if item.origin.given else ""
            source = f" ({item.origin.source})" if item.origin.source else ""
            notes.append(
                f"{'Drawn' if item.drawn else 'Given'} as `{item.text}`{', ' + known if known else ''}{source}."
            )
        elif self.name in self.tracer.reacting:
            notes.append(f"Decided by rules of what is seen, with {self.words}.")
        else:
            values = [number(value / item.unit.factor) for value in self.decisions[slots(self.system)[self.name]]]
            told = f"{values[0]} throughout" if len(set(values)) == 1 else ", ".join(values)
            unit = f" ({item.unit.text})" if item.unit.text else ""
            notes.append(f"Decided, period by period{unit}: {told}, with {self.words}.")
        if reading:
            notes.append(f"It enters {listing([f'`{each}`' for each in reading], LISTED)}.")
        else:
            notes.append("No equation reads it.")
        return tuple(notes)

    def next(self, plan: Plan | None) -> str:
        """To look behind the line that matters most and is not a plain number."""
        shown = command("explain", self.asked, plan)
        path, best, found = list[float](), SMALL, ""
        for line in self.told[1:]:
            branch = line.branch
            path = [*path[: branch.depth - 1], line.weight]
            leaf = branch.kind in ("equation", "stock") and not branch.branches and branch.label != self.name
            weight = float(np.prod(path))
            if leaf and weight > best * (1 + ALIKE) and self.tracer.tree(branch.label, 1).branches:
                best, found = weight, branch.label
        if found:
            return f"{shown} {found}"
        return command("diagnose" if self.asked.system.capacities else "show", self.asked, plan)

    def charts(self, times: Array) -> list[Chart]:
        """The direct parts as bars, and what flows over time as lines."""
        found, lines = list[Chart](), [each for each in self.direct if each.branch.sharing != "none"]
        if not lines:
            return found
        summed = lines[0].branch.sharing in ("sum", WHOLE)
        unit = self.root.unit.text if summed else "%"
        rows: list[Row] = []
        for line in lines:
            told = estimate(line.samples, line.unit)
            label = called(line)
            if summed:
                rows.append({"label": label, "value": told.mean, "low": told.p5, "high": told.p95})
            else:
                rows.append({"label": label, "value": line.share})
        title = f"what {spoken(self.name)} is made of" if summed else f"what 1 % more changes {spoken(self.name)} by"
        caption = (
            "Each term with its sign: mean, and 5 to 95 % of the samples." if summed else
            "By how many per cent it changes if one of what enters is 1 % larger and all else in its equation stays."
        )  # fmt: skip
        found.append(Chart("terms", "bars", title, caption, rows, "", axis("value" if summed else "change", unit)))
        until = self.step + 1
        layers = {called(line): line.path[:until] / line.unit.factor for line in lines if line.path is not None}
        if layers and self.step:
            found.append(self._over_time(layers, times[:until]))
        return found

    def _over_time(self, layers: dict[str, Array], times: Array) -> Chart:
        clock = self.system.clock
        until = clock.steps * clock.step / clock.unit.factor if self.step > clock.steps else None
        rows = layered_rows(shown_times(clock, times), layers)
        title = f"what came and went of {spoken(self.name)}"
        caption = f"Each flow of {spoken(self.name)} added up from the start, with its sign: means of the samples."
        unit = axis(spoken(self.name), self.root.unit.text)
        return Chart("flows", "line", title, caption, rows, time_axis(clock), unit, until)


def _factors(term: Expression) -> list[str] | None:
    """The variables that a product multiplies; None of anything else."""
    if isinstance(term, Name):
        return [term.name]
    if not isinstance(term, Call) or term.function != "mul":
        return None
    parts = [_factors(each) for each in term.arguments]
    return None if None in parts else [name for part in parts for name in part or ()]


def called(line: Told) -> str:
    """Its name in a sentence; a term as it is written."""
    return line.branch.label if line.branch.kind in NAMELESS else spoken(line.branch.label)


def _more(share: float | None) -> str:
    return "" if share is None else f"{'+' if share > 0 else ''}{number(share, 2)} %"
