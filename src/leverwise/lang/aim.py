"""Reads what is to be planned: the objective, linear constraints on decisions, confidence and budget.

Objectives: `mean`, `log`, `quantile 10 %`, `cvar 10 %`, `P(impact > 5)`. A constraint compares two linear
expressions of decisions; it holds in every period, or, where decisions stand in `integral(...)`, over
the whole horizon. What levers cost is limited by `spending(...)` (see `limits`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal as Choice
from typing import NoReturn

from leverwise.errors import did_you_mean
from leverwise.lang.context import Context, Read
from leverwise.lang.decisions import decision_unit
from leverwise.lang.declarations import DecisionDeclaration, PlanDeclaration, Written
from leverwise.lang.evaluate import NotConstantError, evaluate
from leverwise.lang.functions import COMPARISONS, Maybe
from leverwise.lang.limits import CASH, SIGNS, hint_of_floor, is_spending, names_alone, read_spending, written_unit
from leverwise.lang.problems import locate
from leverwise.lang.site import Site
from leverwise.lang.syntax import Apply, Literal, Node, Reference, walk
from leverwise.lang.system import Aim, Clock, LinearConstraint, Unit
from leverwise.units import DIMENSIONLESS, MONEY, amount, in_number, per, times

_OWNER = "plan"
_OBJECTIVES = "write `mean`, `log`, `quantile 10 %`, `cvar 10 %` or `P(impact > 5)`"

_EACH = re.compile(r"\b(each|every|per|a)\s+(month|year|period|quarter|week|day)s?\b")
"""How people say in a limit for how long it counts."""
OTHERS = {"median": "quantile 50 %", "average": "mean", "expected": "mean", "expectation": "mean"}
"""What objectives are called elsewhere, and how they are written here."""

Kind = Choice["mean", "quantile", "cvar", "probability", "log"]


def read_aim(
    plan: PlanDeclaration, declared: Sequence[DecisionDeclaration], clock: Clock, impact_unit: Unit, context: Context
) -> Aim:
    """What to plan for; what can't be read is reported."""
    decisions = {each.name: each for each in declared}
    kind, level = _objective(plan.objective, impact_unit, context) if plan.objective else ("mean", 0.0)
    constraints = [each for written in plan.subject_to for each in _constraints(written, decisions, context)]
    confidence = 0.95
    if plan.confidence is not None:
        confidence = _fraction(plan.confidence, "the confidence", context, confidence)
    budget = None
    if plan.budget is not None and _is_sum(plan.budget, context):
        money = Unit("$", 1.0, MONEY) if context.checker.time else Unit()
        found = context.quantity(plan.budget, _OWNER, money, what="the budget")
        budget = None if found is None else found.value
        if budget is not None and budget < 0:
            context.problems.at(plan.budget, _OWNER, "the budget can't be negative", hint="leave out the `-`")
    begins = 0.0 if plan.begins is None else _begins(plan.begins, clock, context)
    either = tuple(group for written in plan.either if (group := _either(written, decisions, context)))
    return Aim(kind, level, tuple(constraints), confidence, budget, begins=begins, either=either)


def _is_sum(written: Written, context: Context) -> bool:
    """Whether a budget is more than a word that has no meaning, which is reported."""
    word = written.text.strip()
    if not word.isidentifier() or context.names.find(word, ""):
        return True
    hint = "write for example `$300k`" if context.checker.time else "write a number"
    context.problems.at(written, _OWNER, f"the budget is a sum of money, and `{word}` is none", hint=hint)
    return False


def _begins(written: Written, clock: Clock, context: Context) -> float:
    found = context.quantity(
        written, _OWNER, clock.unit if context.checker.time else Unit(), what="when planning begins"
    )
    horizon = clock.steps * clock.step
    if found is None:
        return 0.0
    if not 0 <= found.value < horizon:
        until = amount(horizon / clock.unit.factor, clock.unit.text)
        context.problems.at(written, _OWNER, f"planning must begin within the horizon, from 0 to before {until}")
    return found.value


def _either(written: Written, decisions: Mapping[str, DecisionDeclaration], context: Context) -> tuple[str, ...]:
    """The names between which stands `or`."""
    known = {*decisions, *(each.switch for each in decisions.values() if each.switch)}
    names = ["_".join(name.split()) for name in re.split(r"\bor\b", written.text)]
    if len(names) < 2 or len(set(names)) < len(names):
        joined = re.split(r"\s*(?:,|\band\b)\s*", written.text.strip())
        hint = (
            f"join them with `or`: `{' or '.join(joined)}`" if len(joined) > 1 else "write for example `studio or limo`"
        )
        context.problems.at(written, _OWNER, "this needs two levers or more", hint=hint)
        return ()
    unknown = [name for name in names if name not in known]
    for name in unknown:
        hint = did_you_mean(name, known) or f"levers and decisions: {', '.join(sorted(known)) or 'none'}"
        context.problems.at(written, _OWNER, f"`{name}` is no lever and no decision", hint=hint)
    owners = {name: decisions[name].switch for name in names if name in decisions}
    same = [(owners[name], name) for name in owners if owners[name] in names]
    for lever, name in same:
        context.problems.at(
            written, _OWNER, f"`{name}` belongs to `{lever}`", hint="name either the lever or decisions of it, not both"
        )
    return () if unknown or same else tuple(names)


def _fraction(written: Written, what: str, context: Context, otherwise: float) -> float:
    found = context.quantity(written, _OWNER, Unit(), what=what)
    if found is None:
        return otherwise
    if not 0 < found.value < 1:
        percent = 1 < found.value < 100 and "%" not in written.text
        hint = f"write `{found.value:g} %`" if percent else "write less than 100 %, such as `99 %`"
        hint = "write more than 0 %, such as `50 %`" if found.value <= 0 else hint
        context.problems.at(written, _OWNER, f"{what} must lie between 0 and 100 %", hint=hint)
        return otherwise
    return found.value


def _objective(written: Written, impact_unit: Unit, context: Context) -> tuple[Kind, float]:
    text = written.text.strip()
    if text == "mean":
        return "mean", 0.0
    if text == "log":
        return "log", 0.0
    match = re.match(r"\s*(quantile|cvar)\b\s*", written.text)
    if match:
        kind: Kind = "quantile" if match[1] == "quantile" else "cvar"
        if match.end() == len(written.text):
            context.problems.at(written, _OWNER, f"`{kind}` needs a level", hint=f"write `{kind} 10 %`")
            return kind, 0.1
        rest = " " * match.end() + written.text[match.end() :]
        return kind, _fraction(replace(written, text=rest), f"the level of `{kind}`", context, 0.1)
    if re.match(r"\s*P\s*\(", written.text):
        return "probability", _threshold(written, impact_unit, context)
    meant = f"write `{OTHERS[text]}`, which is that" if text in OTHERS else ""
    meant = meant or did_you_mean(text, ("mean", "log", "quantile 10 %", "cvar 10 %"))
    context.problems.at(written, _OWNER, f"there is no objective `{text}`", hint=meant or _OBJECTIVES)
    return "mean", 0.0


def _threshold(written: Written, impact_unit: Unit, context: Context) -> float:
    read = context.parse(written, _OWNER)
    node = read.node
    if isinstance(node, Literal):
        return 0.0
    inner = node.arguments[0] if isinstance(node, Apply) and node.function == "P" and len(node.arguments) == 1 else None
    if not isinstance(inner, Apply) or inner.function not in (">", ">=") or inner.arguments[0] != Reference("impact"):
        context.problems.at(written, _OWNER, "the probability must be of the impact passing a number", hint=_OBJECTIVES)
        return 0.0
    found = context.constant(inner.arguments[1], read.site)
    if found is None:
        return 0.0
    if found.dimension == DIMENSIONLESS and not found.unit:
        return found.value * impact_unit.factor
    if found.dimension is not None and found.dimension != impact_unit.dimension:
        context.misfit(Read(inner.arguments[1], read.site), "the impact", impact_unit, found.dimension, ())
    return found.value


@dataclass(frozen=True)
class _Linear:
    """`constant` plus multiples of decisions in each period (`rates`) and over the horizon (`totals`)."""

    constant: float = 0.0
    rates: Mapping[str, float] = field(default_factory=dict)
    totals: Mapping[str, float] = field(default_factory=dict)
    dimension: Maybe = DIMENSIONLESS

    def times(self, factor: float, dimension: Maybe) -> _Linear:
        return _Linear(
            self.constant * factor,
            {name: each * factor for name, each in self.rates.items()},
            {name: each * factor for name, each in self.totals.items()},
            dimension,
        )

    def plus(self, other: _Linear) -> _Linear:
        return _Linear(
            self.constant + other.constant,
            _added(self.rates, other.rates),
            _added(self.totals, other.totals),
            other.dimension if self.dimension is None else self.dimension,
        )


class _NotLinearError(Exception):
    """Already reported."""


def _added(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    return {name: first.get(name, 0.0) + second.get(name, 0.0) for name in (*first, *second)}


def _constraints(
    written: Written, decisions: Mapping[str, DecisionDeclaration], context: Context
) -> list[LinearConstraint]:
    before = len(context.problems)
    if each := _EACH.search(written.text):
        hint = (
            "in $/month, or on a decision by itself, a limit holds in every period; in $, or on an `integral`, in all"
        )
        context.problems.at(written, _OWNER, f"a limit has no `{each[0]}`", each.start(), each.end(), hint=hint)
        return []
    asked = context.parse(written, _OWNER)
    if names_alone(asked.node, decisions, asked.site):
        return []
    if is_spending(asked.node):
        return read_spending(written, asked, decisions, context, _OWNER)
    if not _is_of_decisions(asked, decisions, context):
        return []
    read = context.resolve(written, _OWNER)
    if len(context.problems) > before:
        return []
    node, site = read.node, read.site
    if not isinstance(node, Apply) or node.function not in COMPARISONS or node.function == "!=":
        site.report(node, "a constraint compares two numbers", "write for example `integral(u) <= 200` or `u <= 9`")
        return []
    reader = _Reader(decisions, context, site)
    try:
        left, right = reader.read(node.arguments[0]), reader.read(node.arguments[1])
        reader.fail_if_different(node, left, right)
    except _NotLinearError:
        return []
    difference = left.plus(right.times(-1.0, right.dimension))
    if difference.rates and difference.totals:
        site.report(node, "a constraint can't mix numbers of a period with sums over the horizon")
        return []
    terms = difference.totals or difference.rates
    if not any(terms.values()):
        site.report(node, "there is no decision in this limit", _known(decisions))
        return []
    sides = sorted(node.arguments, key=lambda side: any(_is_decision(part, decisions) for part in walk(side)))
    unit = written_unit(sides, difference.dimension, context)
    made = []
    for sign in SIGNS[node.function]:
        pairs = tuple((name, sign * each) for name, each in terms.items())
        bound = -sign * difference.constant + 0.0
        text, at = " ".join(written.text.split()), locate(written, 0, len(written.text))
        made.append(LinearConstraint(text, pairs, bound, not difference.totals, unit=unit, at=at))
    return made


def _is_of_decisions(asked: Read, decisions: Mapping[str, DecisionDeclaration], context: Context) -> bool:
    """Whether a limit, as written, names decisions, and nothing that there is not; what else it names is reported."""
    named = [part for part in walk(asked.node) if isinstance(part, Reference)]
    if not named or any(part.subscripts for part in named):
        return True
    missing = [part for part in named if part.name not in decisions and context.names.find(part.name, "") is None]
    if not any(part.name in decisions for part in named):
        message, hint = f"`{named[0].name}` is no decision", _near(named[0].name, decisions)
        if floor := hint_of_floor(asked, context):
            message, hint = f"`{CASH.name}` is what comes of it", floor
        asked.site.report(named[0], f"a limit is on what is decided, and {message}", hint, kind="name")
        return False
    likely = [part for part in missing if did_you_mean(part.name, decisions)]
    for part in likely:
        asked.site.report(part, f"there is no decision `{part.name}`", _near(part.name, decisions), kind="name")
    return not likely


def _near(name: str, decisions: Mapping[str, DecisionDeclaration]) -> str:
    """Which decision may be meant: those of the same lever, one that is spelt alike, or which there are."""
    lever, _, last = name.rpartition(".")
    own = [each.removeprefix(f"{lever}.") for each in decisions if lever and each.startswith(f"{lever}.")]
    if own and not did_you_mean(last, own):
        return f"decisions of `{lever}`: {', '.join(f'`{lever}.{each}`' for each in own)}"
    return did_you_mean(name, decisions) or _known(decisions)


def _known(decisions: Mapping[str, DecisionDeclaration]) -> str:
    return f"decisions: {', '.join(list(decisions)[:12]) or 'none'}"


def _is_decision(node: Node, decisions: Mapping[str, DecisionDeclaration]) -> bool:
    return isinstance(node, Reference) and node.name in decisions


@dataclass(frozen=True)
class _Reader:
    """Reads one side of a constraint as a linear expression, with its unit."""

    decisions: Mapping[str, DecisionDeclaration]
    context: Context
    site: Site

    def read(self, node: Node) -> _Linear:
        if isinstance(node, Reference) and node.name in self.decisions:
            return _Linear(0.0, {node.name: 1.0}, {}, self.context.checker.known.get(node.name))
        if isinstance(node, Apply):
            parts = {"+": self._sum, "-": self._sum, "neg": self._negative, "*": self._product, "/": self._quotient}
            if node.function in parts:
                return parts[node.function](node)
            if node.function in ("integral", "total"):
                return self._total(node)
        return self._constant(node)

    def fail_if_different(self, node: Node, left: _Linear, right: _Linear) -> None:
        if None not in (left.dimension, right.dimension) and left.dimension != right.dimension:
            text = self.context.checker.text
            self._fail(
                node,
                f"these have different units: one is {text(left.dimension or ())}, "
                f"the other {text(right.dimension or ())}",
                self._mend(left, right),
            )

    def _mend(self, left: _Linear, right: _Linear) -> str:
        """How to write the number that decisions are compared with: of one decision in its own unit.

        In another unit the same number would mean another one, so that only the unit is told.
        """
        sides = sorted((left, right), key=lambda side: bool(side.rates or side.totals))
        plain, decided = sides
        if plain.rates or plain.totals or not (decided.rates or decided.totals):
            return ""
        names, time = list(decided.totals or decided.rates), self.context.checker.time
        of, own = names[0], decision_unit(self.decisions[names[0]], self.context)
        alone = len(names) == 1 and own.dimension == decided.dimension
        unit = own if alone else self.context.checker.shown(decided.dimension)
        many = in_number(unit.text, one=False)
        if time and decided.rates and plain.dimension == times(decided.dimension or DIMENSIONLESS, time):
            return f"write it in {many} for every period, or limit `integral({of})` for all of the time together"
        if time and decided.totals and decided.dimension == times(plain.dimension or DIMENSIONLESS, time):
            return f"write it in {many} for all of the time together, or limit `{of}` for every period"
        if plain.dimension == DIMENSIONLESS and unit.text and alone:
            return f"write `{amount(plain.constant, unit.text)}`"
        return f"write it in {many}" if unit.text else "write a plain number"

    def _sum(self, node: Apply) -> _Linear:
        made = self.read(node.arguments[0])
        for argument in node.arguments[1:]:
            part = self.read(argument)
            self.fail_if_different(node, made, part)
            made = made.plus(part if node.function == "+" else part.times(-1.0, part.dimension))
        return made

    def _negative(self, node: Apply) -> _Linear:
        part = self.read(node.arguments[0])
        return part.times(-1.0, part.dimension)

    def _product(self, node: Apply) -> _Linear:
        made = self.read(node.arguments[0])
        for argument in node.arguments[1:]:
            part = self.read(argument)
            if part.rates or part.totals:
                made, part = part, made
            if part.rates or part.totals:
                self._fail(node, "a constraint must be linear; this multiplies decisions")
            both = None if made.dimension is None or part.dimension is None else times(made.dimension, part.dimension)
            made = made.times(part.constant, both)
        return made

    def _quotient(self, node: Apply) -> _Linear:
        above, below = (self.read(argument) for argument in node.arguments)
        if below.rates or below.totals or below.constant == 0:
            self._fail(node, "a constraint must be linear; this divides by a decision or by 0")
        both = None if above.dimension is None or below.dimension is None else per(above.dimension, below.dimension)
        return above.times(1 / below.constant, both)

    def _total(self, node: Apply) -> _Linear:
        inner = self.read(node.arguments[0])
        if inner.totals or inner.constant:
            self._fail(node, f"`{node.function}` in a constraint must be of decisions alone")
        lumps = {self.decisions[name].lump for name in inner.rates}
        if len(lumps) > 1:
            self._fail(node, "this adds up purchases and rates; write an `integral` for each")
        dimension = inner.dimension
        if dimension is not None and lumps != {True}:
            dimension = times(dimension, self.context.checker.time)
        return _Linear(0.0, {}, inner.rates, dimension)

    def _constant(self, node: Node) -> _Linear:
        try:
            value = evaluate(self.context.lowerer.lower(node, self.site), self.context.lowerer.constants)
        except NotConstantError as error:
            hint = _near(error.name, self.decisions)
            self._fail(node, f"a limit is made of decisions and fixed numbers; `{error.name}` is neither", hint)
        if not math.isfinite(value):
            self._fail(node, "this is not a finite number")
        return _Linear(value, {}, {}, self.context.checker.infer(node, self.site, report=True))

    def _fail(self, node: Node, message: str, hint: str = "") -> NoReturn:
        self.site.report(node, message, hint)
        raise _NotLinearError
