"""Rules in plan files, beside the schedule that they change; numbers count in the units of what they are of.

    plan:
      crew.positions: [0, 1, 2, 2]
    rules:
      - {decision: crew.positions, seen: cash, above: $120k, more: 1, lasting: yes}
      - {decision: name.care, seen: trust, more: -40, expected: [0.5, 0.6, 0.7, 0.7]}

The first adds one from the first period on that opens with so much cash; without `lasting`, in those periods alone.
The second adds `more` for each unit that is seen above what is expected in the period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import numpy as np

from leverwise.ask import planfile
from leverwise.ask.answer import Answer, Row
from leverwise.ask.planning.rules import Policy, Rule
from leverwise.ask.reading import Piped
from leverwise.ask.schedules import merged
from leverwise.ask.words import listing
from leverwise.errors import ModelError, Position, Problem, did_you_mean
from leverwise.lang.react import obstacles
from leverwise.lang.seeing import Seeing, UnseenError, in_sight
from leverwise.lang.system import Decision, System
from leverwise.model.document import Mapping as Table
from leverwise.model.document import Node, Scalar
from leverwise.model.document import Sequence as Listing

KEYS = ("decision", "seen", "above", "below", "more", "lasting", "expected")
YES, NO = ("yes", "true"), ("no", "false")
MOST_NAMES, MOST_RESTING = 12, 6
"""More names than this are counted, not told, to someone whose rule has none that is known."""


def read(path: str | Path | Piped, system: System) -> Policy | None:
    """The policy in a plan file, None if it has no rules. Raises ModelError with every problem."""
    root = planfile.document(path)
    rules = root.get("rules") if isinstance(root, Table) else None
    if rules is None:
        return None
    if not isinstance(rules, Listing):
        raise ModelError(Problem("`rules` is a list, one `- {decision: ..., seen: ..., more: ...}` for each", rules.at))
    schedule = merged(planfile.read(path, system), system)
    found: list[Rule] = []
    expected: dict[tuple[str, int], np.ndarray] = {}
    problems: list[Problem] = []
    for item in rules.items:
        try:
            rule, values, steps = _Reader(system, item).rule()
        except ModelError as error:
            problems.extend(error.problems)
            continue
        if any(_same_place(rule, other) for other in found):
            problems.append(Problem(f"`{rule.decision}` has another rule of that kind", item.at, "keep one of them"))
        found.append(rule)
        if values is not None:
            expected[rule.seen, steps] = values
    if problems:
        raise ModelError(problems)
    return Policy(schedule, tuple(found), expected) if found else None


def whole(answer: Answer, system: System) -> str:
    """The plan of an answer as a plan file: its schedule, and rules if it has any. Raises ModelError if it has none."""
    table = "adaptive_schedule" if answer.rows.get("rules") else "schedule"
    schedule = planfile.checked(planfile.scheduled(answer, system, table), system)
    return planfile.text(schedule, system) + text(answer, system)


def text(answer: Answer, system: System) -> str:
    """The rules of a plan's answer as a part of a plan file; empty if it has none."""
    lines = []
    known = {decision.name: decision for decision in system.decisions}
    for row in answer.rows.get("rules", ()):
        name = planfile.full_name(row, known)
        parts = [f"decision: {name}", f"seen: {row['seen']}"]
        if row["side"] is not None:
            parts.append(f"{row['side']}: {row['threshold']:.10g}")
        parts.append(f"more: {row['more']:.10g}")
        if row["side"] is not None and not known[name].lump:
            parts.append(f"lasting: {'yes' if row['form'] == 'once' else 'no'}")
        if row["side"] is None:
            values = _expected(answer.rows["expected"], row, known[name], system)
            parts.append(f"expected: [{', '.join(f'{value:.10g}' for value in values)}]")
        lines.append(f"  - {{{', '.join(parts)}}}  # {row['rule']}")
    return "\n".join(["rules:", *lines]) + "\n" if lines else ""


def _expected(rows: Sequence[Row], rule: Row, decision: Decision, system: System) -> list[float]:
    every = decision.steps_per_period * system.clock.step / system.clock.unit.factor
    return [row["value"] for row in rows if row["seen"] == rule["seen"] and row["every"] == every]


def _same_place(first: Rule, second: Rule) -> bool:
    """Whether two rules can't both be had: a decision has one threshold, and one slope for each variable."""
    linear = first.form == second.form == "linear"
    both = (linear and first.seen == second.seen) or "linear" not in (first.form, second.form)
    return first.decision == second.decision and both


class _Reader:
    """Reads one rule."""

    def __init__(self, system: System, node: Node) -> None:
        if not isinstance(node, Table):
            raise ModelError(Problem("a rule is written `{decision: ..., seen: ..., more: ...}`", node.at))
        self.system, self.node, self.at = system, node, node.at
        self.entries = {key.text.strip(): value for key, value in node.entries}
        for key, _ in node.entries:
            if key.text.strip() not in KEYS:
                self._fail(
                    f"a rule has no `{key.text}`", key.at, did_you_mean(key.text, KEYS) or f"keys: {', '.join(KEYS)}"
                )

    def rule(self) -> tuple[Rule, np.ndarray | None, int]:
        """The rule, what is expected of a linear one, and the length of its period in steps."""
        known = {decision.name: decision for decision in self.system.decisions}
        name = self._name("decision", known)
        decision = known[name]
        if reason := obstacles(self.system).get(name):
            self._fail(f"`{name}` can't react: {reason}", self.entries["decision"].at, self._usable("decision"))
        seeing = Seeing(self.system)
        seen = self._name("seen", {**dict.fromkeys(seeing.stocks), **dict.fromkeys(seeing.auxiliaries)})
        try:
            seeing.expression(seen)
        except UnseenError as error:
            self._fail(str(error), self.entries["seen"].at, self._usable("seen"))
        more, steps, unit = self._number("more", decision), decision.steps_per_period, self.system.unit_of(seen)
        like = replace(decision, name=seen, unit=unit)
        sides = [side for side in ("above", "below") if side in self.entries]
        if len(sides) > 1:
            self._fail("a rule has one threshold, `above` or `below`", self.at)
        if sides:
            once = decision.lump or self._yes("lasting")
            level = self._number(sides[0], like) * unit.factor
            amount, above = more * decision.unit.factor, sides[0] == "above"
            return Rule(name, "once" if once else "while", seen, amount, level, above), None, steps
        if "expected" not in self.entries:
            self._fail("this rule has neither a threshold (`above`, `below`) nor what is `expected`", self.at)
        node = self.entries["expected"]
        items = node.items if isinstance(node, Listing) else (node,) * decision.periods
        if len(items) != decision.periods:
            self._fail(f"`{name}` has {decision.periods} periods, but {len(items)} values are given", node.at)
        values = np.array([planfile.number(like, item, planfile.units_of(self.system)) for item in items]) * unit.factor
        return Rule(name, "linear", seen, more * decision.unit.factor / unit.factor), values, steps

    def _name(self, key: str, known: Mapping[str, object]) -> str:
        node = self.entries.get(key)
        name = node.text.strip().replace(" ", "_") if isinstance(node, Scalar) else ""
        if name not in known:
            message = f"there is no {'decision' if key == 'decision' else 'variable'} `{name}`" if name else ""
            hint = did_you_mean(name, known) or self._usable(key)
            self._fail(message or f"a rule needs `{key}`", node.at if node else self.at, hint)
        return name

    def _usable(self, key: str) -> str:
        """Which names a rule may have there: decisions that can react, or what is held in stock."""
        if key == "decision":
            against = obstacles(self.system)
            names = [each.name for each in self.system.decisions if each.name not in against]
            return f"decisions that can react: {listing(names, MOST_NAMES) or 'none'}"
        names, resting = in_sight(self.system)
        also = f", and what rests on them: {listing(resting, MOST_RESTING)}" if resting else ", and what rests on them"
        return f"a rule sees stocks: {listing(names, MOST_NAMES) or 'there are none'}{also}"

    def _number(self, key: str, like: Decision) -> float:
        if key not in self.entries:
            self._fail(f"a rule needs `{key}`", self.at)
        return planfile.number(like, self.entries[key], planfile.units_of(self.system))

    def _yes(self, key: str) -> bool:
        node = self.entries.get(key)
        word = node.text.strip().lower() if isinstance(node, Scalar) else "no" if node is None else ""
        if word not in YES + NO:
            self._fail(f"`{key}` is yes or no", self.at if node is None else node.at)
        return word in YES

    def _fail(self, message: str, at: Position | None, hint: str = "") -> NoReturn:
        raise ModelError(Problem(message, at, hint))
