"""Regret: how much less a plan makes in a scenario than the best plan there.

A plan is made for each scenario, on samples that lie in it. On other samples in the scenario the plan is then compared
with each of these and with itself, and the best is chosen; how much it makes more is told on fresh samples again. What
does not exceed two standard errors on both is none, so that regret is never negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from leverwise.ask.answer import Chart, Estimate, Row
from leverwise.ask.charts import Array, axis
from leverwise.ask.fresh import Fresh
from leverwise.ask.making import Maker, Tell, part, suffices
from leverwise.ask.numbers import known
from leverwise.ask.planning.merit import SPENDING
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.sizes import CHEAP, COSTLY, row_seconds
from leverwise.ask.scenarios import Scenario, Within, called, deciding, inputs_of, parted, plainly
from leverwise.ask.schedules import amounts
from leverwise.ask.words import listing, percent, quantity, spoken
from leverwise.errors import NoAnswerError
from leverwise.lang.system import Aim, System

SLOPES = 512
"""Samples whose slopes tell on which inputs it depends what is best."""
SEARCHED = 512
"""Most samples of the search for the best plan of a scenario, and of the proof that it holds."""
MOST = 8
"""Scenarios."""
PARTED, PARTED_IF_CHEAP = 2, 3
"""Inputs, at most, whose halves make scenarios."""
ERRORS = 2.0
"""Standard errors that a regret must exceed."""
CHANGED = 0.05
"""Share of a decision's range by which its amount must differ to be told."""


@dataclass(frozen=True)
class Followed:
    """The plan that is looked at: a schedule (None if it has rules), and its impact on fresh samples."""

    schedule: Array | None
    impact: Array
    fresh: Fresh
    choice: Fresh | None = None
    """Samples on which others are chosen to compare it with, where any are."""
    before: Array | None = None
    """Its impact on these."""


@dataclass(frozen=True)
class Regret:
    """What a plan, and the best plan there, make in a scenario on average; base units."""

    scenario: Scenario
    share: float
    """Of all samples, those that lie in it."""
    impact: float
    lost: float
    error: float
    changes: str
    """How the best plan there differs, in words."""
    part: bool
    """Whether it is one of the parts that together hold every sample."""


@dataclass(frozen=True)
class Regrets:
    """The regret in each scenario."""

    system: System
    each: Sequence[Regret]
    parting: Sequence[str]
    """Inputs that part the samples."""
    known: bool
    """Whether what is best goes with any input, as far as slopes tell."""
    everywhere: Regret
    """Against the plan that is best of these over all samples."""
    better: Array | None = None
    """That plan (K,), if it is better and holds."""
    unplanned: Sequence[str] = ()
    """Scenarios for which no plan was found that holds."""

    @property
    def worst(self) -> Regret:
        """The scenario with the largest share lost."""
        return max(self.each, key=_share)

    @property
    def ordered(self) -> list[Regret]:
        """All of them, the largest share lost first."""
        return sorted(self.each, key=lambda each: -_share(each))

    @property
    def warnings(self) -> list[str]:
        """Scenarios whose best plan is not known."""
        if not self.unplanned:
            return []
        return [
            f"no best plan was found where {listing(self.unplanned, 3)} (none that holds, or more is always better); "
            "there is no regret to tell there."
        ]

    def numbers(self) -> dict[str, Estimate]:
        """The regret of the worst scenario, and the mean over all parts, in display units."""
        size, unit = self.system.impact_unit.factor, self.system.impact_unit.text
        if not self.each:
            return {}
        worst, parts = self.worst, [each for each in self.each if each.part]
        mean = sum(each.share * each.lost for each in parts)
        error = float(np.sqrt(sum((each.share * each.error) ** 2 for each in parts)))
        return {
            "worst_regret": known(worst.lost / size, unit, worst.error / size),
            "mean_regret": known(mean / size, unit, error / size),
        }

    def rows(self) -> list[Row]:
        """A row per scenario, in display units, the largest share lost first."""
        size, unit = self.system.impact_unit.factor, self.system.impact_unit.text
        rows: list[Row] = [
            {
                "scenario": each.scenario.words,
                "share": each.share,
                "impact": each.impact / size,
                "best_impact": (each.impact + each.lost) / size,
                "regret": each.lost / size,
                "regret_se": each.error / size,
                "regret_share": _share(each),
                "changes": each.changes,
                "unit": unit,
            }
            for each in self.ordered
        ]
        return rows

    def charts(self) -> list[Chart]:
        """What the plan and the best plan make in each scenario, if they differ in any."""
        size, unit = self.system.impact_unit.factor, self.system.impact_unit.text
        if not any(each.lost for each in self.each):
            return []
        rows = [
            {"label": f"{number}. {plainly(each.scenario.words)}", "series": series, "value": made / size}
            for number, each in enumerate(self.ordered, 1)
            for series, made in (("the plan", each.impact), ("the best plan there", each.impact + each.lost))
        ]
        caption = "Mean impact in each scenario: of the plan, and of the best plan found for that scenario alone."
        return [Chart("regret", "bars", "impact by scenario", caption, rows, "", axis("impact", unit))]

    def sentence(self) -> str:
        """Where most is lost, as a sentence."""
        if not self.each:
            return (
                "No scenario could be planned for." if self.unplanned else "Nothing that is uncertain parts the plans."
            )
        worst = self.worst
        if worst.lost == 0:
            return f"In none of {len(self.each)} scenarios was a better plan found."
        size, unit = self.system.impact_unit.factor, self.system.impact_unit.text
        return (
            f"Of {len(self.each)} scenarios, it loses most where {worst.scenario.words}: "
            f"{quantity(worst.lost / size, unit)}, {percent(_share(worst))} of what the best plan there makes."
        )

    def notes(self, *, rules: bool) -> list[str]:
        """How scenarios were chosen, and what knowing them would be worth."""
        notes = []
        if self.parting:
            why = "on which it depends most what is best" if self.known else "that go most with impact"
            which = "the input" if len(self.parting) == 1 else "the inputs"
            notes.append(f"Scenarios part the samples by {which} {why}: {listing(self.parting, 4)}.")
        size, unit = self.system.impact_unit.factor, self.system.impact_unit.text
        better, numbers = self.everywhere.lost / size, self.numbers()
        if better > 0:
            share = percent(_share(self.everywhere))
            notes.append(
                f"One of the plans made for a scenario makes {quantity(better, unit)} ({share}) more over all samples, "
                f"and holds{': ' + self.everywhere.changes if self.everywhere.changes else ''}."
            )
        worth = numbers["mean_regret"].mean - better if self.parting and numbers else 0.0
        if worth > 0:
            notes.append(f"To know beforehand which of these it will be is worth {quantity(worth, unit)} on average.")
        if rules:
            notes.append("The best plan of a scenario is a schedule; the plan looked at reacts to what it sees.")
        return notes


class Measured(NamedTuple):
    """A plan (K,), what it comes to on fresh samples, and the scenario that it was made for."""

    plan: Array
    measures: dict[str, Array]
    place: Scenario
    before: dict[str, Array]
    """What it comes to where plans are chosen; empty where none are."""


@dataclass(frozen=True)
class Tried:
    """Plans made for scenarios, and what they come to on fresh samples."""

    problem: PlanProblem
    parts: Sequence[Scenario]
    parting: Sequence[str]
    known: bool
    measured: Sequence[Measured]
    unplanned: Sequence[str]

    def with_places(self, maker: Maker, followed: Followed, places: Sequence[Scenario], tell: Tell) -> Tried:
        """The same with plans made for some places, too."""
        new = _scenarios(self.parts, places)[len(self.parts) :]
        measured, unplanned = planned(maker, followed, new, tell)
        return replace(self, measured=[*self.measured, *measured], unplanned=[*self.unplanned, *unplanned])

    def compared(self, followed: Followed, places: Sequence[Scenario]) -> Regrets:
        """The regret of a plan in every part, and in some places."""
        system, draws = self.problem.system, followed.fresh.draws
        each = []
        for scenario in _scenarios(self.parts, places):
            if scenario.words not in self.unplanned and np.count_nonzero(scenario.contains(draws)) > 1:
                part = any(scenario is each for each in self.parts)
                each.append(_regret(self.problem, followed, self.measured, scenario, part=part)[0])
        free = np.full(len(draws), np.inf)
        every = Scenario("all samples", -free, free)
        everywhere, better = _regret(self.problem, followed, self.measured, every, part=False)
        return Regrets(system, each, self.parting, self.known, everywhere, better, self.unplanned)


def tried(maker: Maker, problem: PlanProblem, followed: Followed, places: Sequence[Scenario], tell: Tell) -> Tried:
    """The best plans for where inputs that matter are high or low, and for `places`: at most eight scenarios."""
    inputs = inputs_of(maker.model.system)
    tell(0.0, "")
    most = PARTED_IF_CHEAP if row_seconds(maker.model.system) < CHEAP else PARTED
    most = most if 2**most + len(places) <= MOST else PARTED
    chosen, known_ = decided_by(maker, problem, followed, most)
    parts = parted(inputs, followed.fresh.draws, chosen) if chosen else []
    measured, unplanned = planned(maker, followed, _scenarios(parts, places), tell)
    return Tried(problem, parts, [called(inputs[k]) for k in chosen], known_, measured, unplanned)


def decided_by(maker: Maker, problem: PlanProblem, followed: Followed, most: int) -> tuple[list[int], bool]:
    """The inputs on which it depends most what would be better than the plan, at most so many, and whether any does."""
    engine, fresh = maker.model.engine, followed.fresh
    count = min(SLOPES, fresh.count)
    slopes = np.zeros((problem.size, count))
    if followed.schedule is not None:
        slopes = _slopes(engine, followed.schedule, fresh, count)
    schedule = problem.start if followed.schedule is None else followed.schedule
    most = most if inputs_of(maker.model.system) else 0
    return deciding(problem, schedule, slopes, fresh.draws[:, :count], followed.impact[:count], most)


def _scenarios(parts: Sequence[Scenario], places: Sequence[Scenario]) -> list[Scenario]:
    """Parts, and the places that are none of them, as far as they are looked at."""
    words = {each.words for each in parts}
    return [*parts, *(place for place in places if place.words not in words)][:MOST]


def planned(
    maker: Maker, followed: Followed, scenarios: Sequence[Scenario], tell: Tell, *, quick: bool = False
) -> tuple[list[Measured], list[str]]:
    """Plans made for scenarios with what they come to on fresh samples, and scenarios for which none was found.

    `quick`: by shorter searches, which begin from the plan that is followed, too; where runs are costly side by side.
    """
    model, fresh = maker.model, followed.fresh
    aim = replace(model.system.aim, kind="mean", level=0.0)
    few = replace(maker, samples=min(maker.samples, SEARCHED))
    plans: dict[bytes, tuple[Array, Scenario]] = {}
    unplanned = []
    shares = [0.05 + 0.9 * k / max(1, len(scenarios)) for k in range(len(scenarios) + 1)]
    together = quick and followed.schedule is not None and row_seconds(model.system) > COSTLY

    def made(k: int) -> Array | None:
        engine, told = (
            Within(model.engine, scenarios[k]),
            part(None if together else tell, shares[k], shares[k + 1], ""),
        )
        try:
            if quick and followed.schedule is not None:
                return few.near(aim, followed.schedule, told, engine, wide=True)
            return few.plan(aim, followed.schedule, told, engine)
        except NoAnswerError:
            return None

    with ThreadPoolExecutor(model.engine.workers if together else 1) as pool:
        found = pool.map(made, range(len(scenarios))) if together else map(made, range(len(scenarios)))
        for k, plan in enumerate(found):
            tell(shares[k + 1], "")
            if plan is None:
                unplanned.append(scenarios[k].words)
            else:
                plans.setdefault(plan.tobytes(), (plan, scenarios[k]))
    choice = followed.choice
    return [
        Measured(
            plan,
            fresh.measures(model.engine, plan),
            place,
            {} if choice is None else choice.measures(model.engine, plan),
        )
        for plan, place in plans.values()
    ], unplanned


def _slopes(engine: Any, plan: Array, fresh: Fresh, count: int) -> Array:
    """Slopes of impact by each slot (K, n)."""
    found = engine.gradient(fresh.draws[:, :count], np.arange(count), plan, seed=fresh.seed)
    return np.asarray(found.decisions, dtype=float)


def _regret(
    problem: PlanProblem,
    followed: Followed,
    measured: Sequence[Measured],
    scenario: Scenario,
    *,
    part: bool,
) -> tuple[Regret, Array | None]:
    """The regret in a scenario, and the plan (K,) that was chosen there as a better one, if there is one."""
    inside = scenario.contains(followed.fresh.draws)
    own, found = followed.impact[inside], _better(problem, followed, measured, scenario)
    share, made = float(np.mean(inside)), float(np.mean(own))
    if found is None:
        return Regret(scenario, share, made, 0.0, 0.0, "", part), None
    gain, error = _sure_gain(found.measures["impact"][inside], own) or (0.0, 0.0)
    changes = "" if not gain or followed.schedule is None else changed(problem, followed.schedule, found.plan)
    return Regret(scenario, share, made, gain, error, changes, part), found.plan


def _better(
    problem: PlanProblem, followed: Followed, measured: Sequence[Measured], scenario: Scenario
) -> Measured | None:
    """Of some plans the one that makes most more in a scenario, and is allowed there, where plans are chosen."""
    if followed.choice is None or followed.before is None:
        return None
    inside = scenario.contains(followed.choice.draws)
    if np.count_nonzero(inside) < 2:
        return None
    own, best, most = followed.before[inside], None, 0.0
    for each in measured:
        here = {name: all_[inside] for name, all_ in each.before.items()}
        gain, _ = _sure_gain(here["impact"], own) or (0.0, 0.0)
        if gain > most and allowed(here, problem.system.aim):
            best, most = each, gain
    return best


def _sure_gain(impact: Array, own: Array) -> tuple[float, float] | None:
    """How much more one impact (n,) is than another on average, and the standard error; None if that is chance."""
    gains = impact - own
    gain, error = float(np.mean(gains)), float(np.std(gains, ddof=1) / np.sqrt(len(gains)))
    sure = gain > ERRORS * error and gain > 1e-6 * abs(float(np.mean(own)))
    return (gain, error) if sure else None


def allowed(measures: dict[str, Array], aim: Aim) -> bool:
    """Whether a plan keeps money, hours and budget in the samples of a scenario, but for chance."""
    if not suffices(measures, aim.confidence):
        return False
    if aim.budget is None or SPENDING not in measures:
        return True
    spent = measures[SPENDING]
    return float(np.mean(spent)) <= aim.budget * (1 + 1e-9) + ERRORS * float(np.std(spent) / np.sqrt(len(spent)))


def changed(problem: PlanProblem, plan: Array, other: Array) -> str:
    """Of which decisions another plan has more, less, or nothing."""
    system = problem.system
    now, then = amounts(system, plan), amounts(system, other)
    said = []
    for decision in system.decisions:
        old, new = now[decision.name][0], then[decision.name][0]
        size = max(abs(old), abs(new), 1e-300)
        if abs(new - old) > CHANGED * size:
            word = "no" if new == 0 else "more" if new > old else "less"
            said.append((abs(new - old) / size, f"{word} {spoken(decision.name)}"))
    moved = "other times" if not said and np.any(plan != other) else ""
    return listing([text for _, text in sorted(said, key=lambda each: -each[0])], 3) or moved


def _share(regret: Regret) -> float:
    """The regret as a share of what the best plan there makes."""
    best = abs(regret.impact + regret.lost)
    return regret.lost / best if best > 0 else 0.0
