"""Plans as numbers, for questions that make several of them, and what plans come to on the same fresh samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask.accounts import Account, accounts
from leverwise.ask.charts import Array
from leverwise.ask.numbers import estimate, standard_error
from leverwise.ask.planning.either import best_of_either
from leverwise.ask.planning.found import Found
from leverwise.ask.planning.merit import MARGINS, SPENDING, Scales
from leverwise.ask.planning.problem import PlanProblem, drawn_values, fail_if_empty, problem_of
from leverwise.ask.planning.risk import error, value
from leverwise.ask.planning.search import Planner
from leverwise.ask.planning.short import ShortPlanner
from leverwise.ask.planning.sizes import COSTLY, row_seconds
from leverwise.ask.planning.verify import holding, made_to_hold
from leverwise.ask.seeds import proving, searching
from leverwise.engine.sobol import SCRAMBLINGS
from leverwise.errors import NoAnswerError

if TYPE_CHECKING:
    from leverwise.ask.answer import Estimate
    from leverwise.ask.model import Model
    from leverwise.lang.system import Aim, System

Tell = Callable[[float, str], None]
SEARCHED, CHECKED = 1024, 1024
"""Most samples of each search, where there are several, and of the proof that a plan holds."""
SHORT = 256
"""Most samples of a search that begins from a good plan, where runs are costly."""
FEW, TURNS = 128, 2
"""Samples of a search from many starts whose result another search begins from, and descents of the latter."""
TAIL = 0.1
"""Risk is told as the mean of this share of the samples, the worst ones."""


def part(tell: Tell | None, first: float, last: float, doing: str) -> Tell:
    """Hands a search's progress on as a share of the whole, in the words of what it is for."""

    def told(share: float, _: str) -> None:
        if tell is not None:
            tell(first + share * (last - first), doing)

    return told


@dataclass(frozen=True)
class Maker:
    """Makes plans of one model for different aims, on samples of its own for `seed`, which give the same plans."""

    model: Model
    samples: int
    seed: int

    @cached_property
    def drawn(self) -> dict[str, Array]:
        """Samples of the drawn values, for mean costs."""
        return drawn_values(self.model, searching(self.seed))

    def problem(self, aim: Aim, without: Sequence[str] = ()) -> PlanProblem:
        """What may be planned under an aim. Raises NoAnswerError if nothing may, or no schedule keeps its limits."""
        if not self.model.system.decisions:
            raise NoAnswerError("the model has no decisions, so there is nothing to plan: add a lever or `decisions:`.")
        problem = problem_of(replace(self.model.system, aim=aim), self.drawn, without=without)
        fail_if_empty(problem)
        return problem

    def plan(self, aim: Aim, begun: Array | None, tell: Tell, engine: Any = None, leave: Sequence[str] = ()) -> Array:
        """The best plan found (K,) under an aim; see `search`."""
        return self.search(aim, begun, tell, engine, leave)[1].plan

    def search(
        self, aim: Aim, begun: Array | None, tell: Tell, engine: Any = None, leave: Sequence[str] = ()
    ) -> tuple[Planner, Found]:
        """The best plan found under an aim, and its search.

        The search begins from the plan `begun`, too, and is then short where runs are costly. `engine` stands for the
        model's own where samples are chosen; levers and decisions to `leave` stay at their start. Raises NoAnswerError
        if no plan holds.
        """
        system = replace(self.model.system, aim=aim)
        short = begun is not None and row_seconds(system) > COSTLY
        samples = min(self.samples, SHORT if short else SEARCHED)

        def searched(without: Sequence[str]) -> tuple[Planner, Found]:
            problem = self.problem(aim, (*leave, *without))
            if begun is not None:
                problem = replace(problem, use=begun)
            planner = Planner(engine or self.model.engine, problem, aim, samples, searching(self.seed), tell)
            planner = shortened(planner) if short else planner
            return planner, made_to_hold(planner, planner.find(), min(self.samples, CHECKED), proving(self.seed))

        return best_of_either(system, searched)

    def near(
        self, aim: Aim, begun: Array, tell: Tell, engine: Any = None, leave: Sequence[str] = (), *, wide: bool = False
    ) -> Array:
        """A plan (K,) under an aim that is one of several to choose from; see `search`.

        Where runs are costly it is searched from `begun` by the short search that maps make; if nothing is decided in
        that, from all sides, and if it is to be `wide`, from what a search from many starts comes to on few samples.
        """
        system = replace(self.model.system, aim=aim)
        if row_seconds(system) <= COSTLY:
            return self.plan(aim, begun, tell, engine=engine, leave=leave)
        run, count = engine or self.model.engine, min(self.samples, SHORT)

        def searched(without: Sequence[str]) -> tuple[Planner, Found]:
            problem, known = self.problem(aim, (*leave, *without)), [begun]
            if wide:
                few = min(count, FEW)
                planner = Planner(run, replace(problem, use=begun), aim, few, searching(self.seed), tell)
                known.insert(0, shortened(planner).find().plan)
            short = ShortPlanner(run, problem, aim, count, self.seed)
            plan = short.find_from(known, alone=np.array_equal(begun, problem.start), turns=TURNS)
            return short, Found(plan, "", Scales(), None, short.merit(count))

        return best_of_either(system, searched)[1].plan


def shortened(planner: Planner) -> Planner:
    """The same search with one plan that goes on from the starts, and few descents and exchanges of it."""
    sizes = planner.sizes
    planner.sizes = replace(sizes, kept=1, outer=min(sizes.outer, 2), exchanges=min(sizes.exchanges, 3))
    return planner


@dataclass(frozen=True)
class Outcome:
    """What a plan comes to on fresh samples."""

    plan: Array
    impact: Array
    """Per sample (n,), base units."""
    measures: Mapping[str, Any]
    spending: float
    """Dollars, on average."""
    taken: Mapping[str, Account]
    """By lever, and by plain decision that costs money or hours."""
    system: System

    @property
    def tail(self) -> float:
        """The mean of the worst tenth, base units."""
        return value(self.impact, "cvar", TAIL)

    @property
    def tail_error(self) -> float:
        """The standard error of that."""
        return error(self.impact, "cvar", TAIL)

    def objective(self, aim: Aim) -> float:
        """What an aim makes of the impact."""
        return value(self.impact, aim.kind, aim.level)

    def gain(self, other: Outcome, aim: Aim) -> tuple[float, float]:
        """What an aim makes of the impact beyond another on the same samples, and the standard error; base units."""
        return gain(self.impact, other.impact, aim)

    def numbers(self) -> Estimate:
        """The impact in its own unit."""
        return estimate(self.impact, self.system.impact_unit)

    def holds(self, confidence: float) -> bool:
        """Whether money and hours suffice as surely as asked, but for chance."""
        return suffices(self.measures, confidence)


def gain(impact: Array, other: Array, aim: Aim) -> tuple[float, float]:
    """What an aim makes of one impact (n,) beyond another on the same samples, and the standard error; base units."""
    whole = value(impact, aim.kind, aim.level) - value(other, aim.kind, aim.level)
    if aim.kind == "mean" or len(impact) < 2 * SCRAMBLINGS:
        return whole, standard_error(impact - other)
    pairs = [(impact[k::SCRAMBLINGS], other[k::SCRAMBLINGS]) for k in range(SCRAMBLINGS)]
    parts = [value(mine, aim.kind, aim.level) - value(its, aim.kind, aim.level) for mine, its in pairs]
    return whole, float(np.std(parts, ddof=1) / np.sqrt(SCRAMBLINGS))


def suffices(measures: Mapping[str, Any], confidence: float) -> bool:
    """Whether there is enough money and hours in the share of samples asked for, less two standard errors."""
    slack = 2 * float(np.sqrt(confidence * (1 - confidence) / len(measures["impact"])))
    return all(share >= confidence - slack for share in holding(measures, MARGINS).values())


def outcome(model: Model, problem: PlanProblem, plan: Array, samples: int, seed: int) -> Outcome:
    """A plan on `samples` samples of a seed that it was not made on."""
    levers = tuple(model.levers)
    engine = model.accountant if levers else model.engine
    result = engine.simulate(samples, seed, decisions=plan, record=(), keep=False, fans=())
    taken = dict(accounts(result.measures, levers))
    for name, place in problem.slots().items():
        if not problem.decision(name).switch and (np.any(problem.spending[place]) or np.any(problem.hours[place])):
            spent, hours = problem.spending[place] @ plan[place], problem.hours[place] @ plan[place]
            taken[name] = Account(float(spent), float(hours))
    measured = result.measures.get(SPENDING)
    spending = float(problem.spending @ plan) if measured is None else float(np.mean(measured))
    impact = np.asarray(result.measures["impact"], dtype=float)
    return Outcome(plan, impact, result.measures, spending, taken, model.system)
