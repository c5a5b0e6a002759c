"""One cell of a map: a model with two inputs set, the best plan there, and what each part of it is worth.

A part is worth what the best plan makes beyond the best plan without it. Every plan that is known to hold without the
part bounds that from above, so only the parts that may be worth most are planned anew without.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.making import Maker, Tell, shortened
from leverwise.ask.planning.either import best_of_either
from leverwise.ask.planning.found import Found
from leverwise.ask.planning.merit import Draws, Merit, Scales
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.search import Planner
from leverwise.ask.planning.short import ShortPlanner, whole_near
from leverwise.ask.planning.sizes import COSTLY, is_random, row_seconds
from leverwise.ask.removal import Part, Without, parts_of
from leverwise.ask.schedules import starting
from leverwise.ask.seeds import proving, searching
from leverwise.errors import EndlessError, NoAnswerError

if TYPE_CHECKING:
    from leverwise.ask.model import Model

SEARCHED = 128
"""Most samples of a search."""
SAME = 1e-6
"""Relative difference of what plans make below which they make the same."""
SPARED = 3.0
"""How many times what is known without a part a search may be thought to make without it, from a plan near by."""
PARTLY = (0.0, 0.3, 0.6, 0.8, 0.9)
"""Shares of the plan, without a part, that are looked at for a first bound on what the part is worth."""


@dataclass
class Cell:
    """A place on the map, and the plans known there. `plan` is None where none was found that holds."""

    place: tuple[int, int]
    model: Model
    samples: int
    seed: int
    plan: Array | None = None
    refused: str = ""
    """Why there is no plan."""
    endless: bool = False
    """Whether that is because none is best, so that no plan from elsewhere is taken."""
    without: dict[str, Array] = field(default_factory=dict)
    """The best plan known without each part, by its key."""
    replanned: set[str] = field(default_factory=set)
    """Keys of parts that a plan was searched without."""
    spared: set[str] = field(default_factory=set)
    """Keys of parts that are worth most by far with a plan without them that was searched nearby."""

    @cached_property
    def maker(self) -> Maker:
        """Makes plans here from nothing."""
        return Maker(self.model, min(self.samples, SEARCHED), self.seed)

    @cached_property
    def parts(self) -> list[Part]:
        """What can be taken away."""
        return parts_of(self.model)

    @property
    def slots(self) -> tuple[tuple[str, int], ...]:
        """Plans can be handed on between cells where these are the same."""
        return self.model.engine.decisions

    def begin(self, begun: Array | None, tell: Tell) -> None:
        """Plan here with a whole search; where runs are costly without its last climb, which short ones make up for."""
        try:
            if self._costly and not self.model.system.aim.either:
                self.plan = self._searched([self._relaxed(begun, tell)], None)
            else:
                self.plan = self.maker.plan(self.model.system.aim, begun, tell)
        except NoAnswerError as error:
            self._refuse(error)

    def _relaxed(self, begun: Array | None, tell: Tell) -> Array:
        """The best plan found on the samples of the search; it may just not hold on others."""
        aim = self.model.system.aim
        problem = self.maker.problem(aim)
        problem = problem if begun is None else replace(problem, use=begun)
        count = min(self.samples, SEARCHED)
        planner = Planner(self.model.engine, problem, aim, count, searching(self.seed), tell)
        return shortened(planner).find().plan

    def begin_from(self, plans: Sequence[Array]) -> None:
        """Plan here with a short search from plans that are good elsewhere."""
        try:
            self.plan, self.refused = self._searched(plans, None), ""
        except NoAnswerError as error:
            self._refuse(error)
            self.adopt(plans)

    def _refuse(self, error: NoAnswerError) -> None:
        self.refused, self.endless = str(error), isinstance(error, EndlessError)

    def adopt(self, plans: Iterable[Array], gain: float = SAME) -> bool:
        """Take the best of other plans if it holds here and makes more than the plan that there is."""
        best = None if self.endless else self._best(plans, None)
        if best is None or (self.plan is not None and not self._more(best, self.plan, None, gain)):
            return False
        self.plan, self.refused = best, ""
        return True

    def take_away(self, nearby: Mapping[str, Sequence[Array]], searched: Collection[str]) -> None:
        """Find plans without each part, beginning from those known `nearby`, as far as needed to rank the parts.

        Without those `searched` some of these were found by a search of their own.
        """
        if self.plan is None:
            return
        self.learn(nearby)
        while (part := self._doubtful()) is not None:
            if self._costly and part.key in searched and self._leads(part):
                self.spared.add(part.key)
            else:
                self._replan(part, nearby.get(part.key, ()))
        self.adopt([*self.without.values()])

    def learn(self, nearby: Mapping[str, Sequence[Array]]) -> None:
        """Take over plans without a part that are better here than those known."""
        assert self.plan is not None
        for part in self.parts:
            known = self.without.get(part.key)
            begun = starting(self.model.system)
            partly = [begun + share * (self.plan - begun) for share in PARTLY] if known is None else []
            others = [*([] if known is None else [known]), self.plan, *nearby.get(part.key, ()), *partly]
            best = self._best(others, part)
            if best is not None:
                self.without[part.key] = best

    def worth(self, part: Part) -> float:
        """What the part is worth on the samples of the search; infinite if no plan is known to hold without it."""
        assert self.plan is not None
        known = self.without.get(part.key)
        if known is None:
            return np.inf
        return self._made(self.plan, None) - self._made(known, part)

    def impacts(self) -> tuple[Array, Array, dict[str, Array]]:
        """On fresh samples (n,): impact of the plan, alone, and of the plan without each part that is known."""
        assert self.plan is not None
        fresh = self._draws(self.samples, self.seed)
        engine, aim = self.model.engine, self.model.system.aim

        def impact(engine: Any, plan: Array) -> Array:
            return np.asarray(Merit(engine, aim, fresh).impacts(plan[None])[0])

        alone = impact(Without(engine, list(self.model.alone())), self.plan)
        without = {
            part.key: impact(Without(engine, part.names), self.without[part.key])
            for part in self.parts
            if part.key in self.without
        }
        return impact(engine, self.plan), alone, without

    def _doubtful(self) -> Part | None:
        """A part that no plan was searched without yet, and that may be worth most; None if there is none.

        Where runs are cheap, any part that is worth something; a mechanism counts among mechanisms.
        """
        assert self.plan is not None
        least = SAME * abs(self._made(self.plan, None))
        several = {part.mechanism for part in self.parts if part.kind}
        single = [part for part in self.parts if not part.kind]
        kinds = [part for part in self.parts if part.kind or part.mechanism not in ("", *several)]
        for some in (single, kinds):
            worth = {part.key: self.worth(part) for part in some}
            ranked = sorted((part for part in some if worth[part.key] > least), key=lambda part: -worth[part.key])
            for part in ranked[:1] if self._costly else ranked:
                if part.key not in self.replanned | self.spared:
                    return part
        return None

    def _leads(self, part: Part) -> bool:
        """Whether a part is worth most even if a search without it made several times what is known without it."""
        left = self._made(self.without[part.key], part) if part.key in self.without else np.inf
        others = [
            self._made(self.without[o.key], o) for o in self.parts if o.key in self.without and not self._joins(part, o)
        ]
        return bool(left > 0) and len(others) > 0 and SPARED * left < min(others)

    def _joins(self, part: Part, other: Part) -> bool:
        """Whether two parts are one, or one of them is all levers of the other's kind."""
        return part.key == other.key or (part.mechanism == other.mechanism and part.kind != other.kind)

    @property
    def _costly(self) -> bool:
        return row_seconds(self.model.system) > COSTLY

    def _replan(self, part: Part, nearby: Sequence[Array]) -> None:
        self.replanned.add(part.key)
        known = self.without.get(part.key)
        begun = [*([] if known is None else [known]), *nearby]
        try:
            found = self._searched(begun, part)
        except NoAnswerError:
            return
        if known is None or self._more(found, known, part, 0.0):
            self.without[part.key] = found

    def _searched(self, begun: Sequence[Array], part: Part | None) -> Array:
        """A good plan without a part, searched from others. Raises NoAnswerError if none is found that holds."""
        aim = self.model.system.aim
        count = min(self.samples, SEARCHED)

        def searched(without: Sequence[str]) -> tuple[Planner, Found]:
            problem = self.maker.problem(aim, (*without, *(part.names if part else ())))
            planner = ShortPlanner(self._engine(part), problem, aim, count, self.seed)
            plan = planner.find_from(begun, alone=part is None)
            return planner, Found(plan, "", Scales(), None, self._merit(part))

        found = best_of_either(self.model.system, searched)[1].plan
        best = self._best([found, *begun], part)
        return found if best is None else best

    def _best(self, plans: Iterable[Array], part: Part | None) -> Array | None:
        """The best of the plans, made to fit here and without a part, that hold; None if none does."""
        try:
            problem = self._problem(part)
        except NoAnswerError:
            return None
        fitted = {
            whole.tobytes(): whole
            for plan in plans
            if len(plan) == problem.size and (whole := whole_near(problem, plan)) is not None
        }
        if not fitted:
            return None
        self._judge(list(fitted.values()), part)
        key = part.key if part else ""
        ranked = sorted(fitted.values(), key=lambda plan: -self._known[plan.tobytes(), key])
        for plan in ranked:
            if np.isfinite(self._known[plan.tobytes(), key]) and self._holds(plan, part):
                return plan
        return None

    def _judge(self, plans: Sequence[Array], part: Part | None) -> None:
        """Work out what plans make on the samples of the search, those together that are not known yet."""
        key = part.key if part else ""
        new = [plan for plan in plans if (plan.tobytes(), key) not in self._known]
        if not new:
            return
        merit = self._merit(part)
        outcome = merit.outcome(np.stack(new))
        for plan, made, holds in zip(new, outcome.objective.tolist(), merit.holds(outcome).tolist(), strict=True):
            self._known[plan.tobytes(), key] = made
            self._held[plan.tobytes(), key] = None if holds else False

    def _holds(self, plan: Array, part: Part | None) -> bool:
        """Whether a plan that was judged holds on the samples of the search, and on others."""
        key = (plan.tobytes(), part.key if part else "")
        if self._held[key] is None:
            check = self._merit(part, checking=True)
            self._held[key] = not check.margin_names or bool(check.holds(check.outcome(plan[None]))[0])
        return bool(self._held[key])

    def _more(self, plan: Array, other: Array, part: Part | None, gain: float) -> bool:
        """Whether a plan makes more than another by a share of what that makes."""
        mine, its = self._made(plan, part), self._made(other, part)
        return mine > its + gain * abs(its)

    def _made(self, plan: Array, part: Part | None) -> float:
        """The objective of a plan on the samples of the search."""
        self._judge([plan], part)
        return self._known[plan.tobytes(), part.key if part else ""]

    @cached_property
    def _known(self) -> dict[tuple[bytes, str], float]:
        return {}

    @cached_property
    def _held(self) -> dict[tuple[bytes, str], bool | None]:
        """Whether plans hold; None where they do on the samples of the search, and no others were asked."""
        return {}

    def _problem(self, part: Part | None) -> PlanProblem:
        key = part.key if part else ""
        if key not in self._problems:
            self._problems[key] = self.maker.problem(self.model.system.aim, part.names if part else ())
        return self._problems[key]

    @cached_property
    def _problems(self) -> dict[str, PlanProblem]:
        return {}

    def _merit(self, part: Part | None, *, checking: bool = False) -> Merit:
        most, seed = (self.samples, proving(self.seed)) if checking else (SEARCHED, searching(self.seed))
        return Merit(self._engine(part), self.model.system.aim, self._draws(most, seed))

    def _engine(self, part: Part | None) -> Any:
        return Without(self.model.engine, part.names) if part else self.model.engine

    def _draws(self, most: int, seed: int) -> Draws:
        count = min(most, self.samples) if is_random(self.model.system) else 1
        if (count, seed) not in self._drawn:
            values = np.asarray(self.model.engine.draws(0, count, seed))
            self._drawn[count, seed] = Draws(values, np.arange(count), seed)
        return self._drawn[count, seed]

    @cached_property
    def _drawn(self) -> dict[tuple[int, int], Draws]:
        return {}
