"""Where a number comes from: its equation, the values that enter it, their shares, who gave them, and who decides."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask import caveats
from leverwise.ask.answer import Answer
from leverwise.ask.charts import Array
from leverwise.ask.explained import Found, unit_of
from leverwise.ask.following import following
from leverwise.ask.leverage import fail_if_alone_makes_nothing
from leverwise.ask.moments import base_time
from leverwise.ask.naming import ALONE, LEVERAGE, OF_TWO_RUNS, ORDERS, named
from leverwise.ask.probing import Probes, Reader, Told, most_samples, names_to_record
from leverwise.ask.schedules import Plan, moment, slots
from leverwise.ask.tracing import IMPACT, Branch, Sharing, Tracer
from leverwise.ask.words import count_of, quantity, spoken
from leverwise.engine.layout import Layout
from leverwise.errors import ModelError, Problem
from leverwise.lang.system import Name, System, Unit

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

SAMPLES = 4096
"""How many samples are run if nothing else is asked for, and if that many can be kept."""
LEVELS, DEEPEST = 2, 8


def explain(
    model: Model,
    name: str,
    samples: int | None,
    seed: int,
    *,
    at: str | float | None = None,
    depth: int = LEVELS,
    plan: Plan | None = None,
    progress: Progress | None = None,
) -> Answer:
    """What a variable, or a number of an answer, is made of: `depth` levels of terms and arguments.

    `at` is a time (in the clock's unit, or with one). Left out, impact is told at the end of the run, all else at the
    end of the horizon, with what is decided last. Gives the number itself, and table `terms`: `name`, `depth`, `kind`,
    `equation` (base units), `value` (mean), `low` and `high` (5 and 95 %), `share` of the line above (`sharing` says in
    which sense: `sum`, its part of a sum; `slope`, by how many times as much in per cent the line above changes with
    it), `unit`, `about`, `source`, `default`, `where` (file:line). Raises ModelError for a name that the model does
    not have, and for a time outside the run.
    """
    begun = perf_counter()
    if not 1 <= int(depth) <= DEEPEST:
        raise ModelError(Problem(f"`depth` must lie between 1 and {DEEPEST}, not {depth}", None, "leave it out"))
    asked, (model, decisions, words) = model, following(model, plan)
    system = model.system
    name = named(name, system)
    traced = IMPACT if name in OF_TWO_RUNS else name
    kept = {decision.name for decision in system.decisions}
    reacting = {decision.name for decision in asked.system.decisions} - kept
    tracer = Tracer(system, on=name != ALONE, reacting=reacting)
    tree = replace(tracer.tree(traced, int(depth)), label=traced)
    step = _step(at, system, tree)
    probes = Probes(system, {}, {})
    record = names_to_record(tree, probes)
    grown = probes.added(tracer)
    samples = samples or min(SAMPLES, most_samples(Layout(grown, tuple(record))))
    run = _Run(model, grown, tuple(record), samples, seed, decisions, progress)
    given = _given(model, tree, decisions, samples, seed)
    told = Reader(grown, probes, given or run.paths(on=name != ALONE), step).told(tree)
    if name in (LEVERAGE, ORDERS):
        told = _over_alone(name, told, run.alone(step), system)
    if name == ALONE:
        told[0] = replace(told[0], branch=replace(told[0].branch, label=ALONE))
    found = Found(asked, system, tracer, name, told, step, words, decisions)
    seconds = {"compile": run.compiled, "run": perf_counter() - begun - run.compiled}
    return Answer(
        question="explain",
        headline=found.headline(),
        model=system.name,
        sha256=model.sha256,
        next=found.next(plan),
        numbers={name: found.number()},
        rows={"terms": found.table, "equations": found.equations()},
        charts=found.charts(run.times),
        warnings=caveats.unique([*model.warnings, *run.warnings, *caveats.not_finite(spoken(name), told[0].samples)]),
        provenance=model.provenance(seed, samples, seconds),
        notes=(*_other_time(at, system, step), *found.notes()),
    )


def _step(at: str | float | None, system: System, tree: Branch) -> int:
    """The step at which lines are told. Raises ModelError for a time outside the run."""
    clock = system.clock
    if at is None:
        if tree.kind in ("impact", "measure"):
            return clock.steps + clock.tail
        acting = clock.tail > 0 and tree.kind not in ("stock", "number")
        return clock.steps - 1 if acting else clock.steps
    time = base_time(at, system)
    last = (clock.steps + clock.tail) * clock.step
    if not -1e-9 * last <= time <= last * (1 + 1e-9):
        end = quantity(last / clock.unit.factor, clock.unit.text)
        raise ModelError(Problem(f"`at` must lie between 0 and {end}, not {at}", None, "leave it out for the end"))
    return round(time / clock.step)


def _other_time(at: str | float | None, system: System, step: int) -> tuple[str, ...]:
    """That what is told is of another time than was asked for, if it is."""
    clock = system.clock
    if at is None or abs(base_time(at, system) - step * clock.step) <= 1e-6 * clock.step:
        return ()
    length = quantity(clock.step / clock.unit.factor, clock.unit.text)
    return (f"All is told at {moment(system, step)}, the step nearest to {at}: the model goes in steps of {length}.",)


def _given(model: Model, tree: Branch, decisions: Array, samples: int, seed: int) -> dict[str, Any]:
    """The path of what is known without a run: a number (n, T+1), or a decision (1, T+1); empty for anything else."""
    clock, engine, name = model.system.clock, model.engine, tree.label
    steps = np.arange(clock.steps + clock.tail + 1)
    if tree.kind == "number":
        known = dict(zip(engine.constant_names, engine.constants, strict=True))
        drawn = np.atleast_1d(known[name] if name in known else _drawn(engine, name, samples, seed))
        return {name: np.repeat(drawn[:, None], len(steps), axis=1)}
    if tree.kind == "decision" and name in slots(model.system):
        decision = next(each for each in model.system.decisions if each.name == name)
        values = decisions[slots(model.system)[name]]
        path = values[np.minimum(steps // decision.steps_per_period, decision.periods - 1)]
        over = (steps >= clock.steps) & (decision.after == "zero") & (clock.tail > 0)
        return {name: np.where(over, 0.0, path)[None]}
    return {}


def _drawn(engine: Any, name: str, samples: int, seed: int) -> Array:
    row: Array = engine.draws(0, samples, seed)[engine.draw_names.index(name)]
    return row


class _Run:
    """The runs that are needed, of the system with what is to be told in it."""

    def __init__(
        self,
        model: Model,
        grown: System,
        record: tuple[str, ...],
        samples: int,
        seed: int,
        decisions: Array,
        progress: Progress | None,
    ) -> None:
        from leverwise.engine import Engine

        self.model, self.samples, self.seed, self.decisions = model, samples, seed, decisions
        self.engine = Engine(grown, precision=model.precision, record=record)
        self.progress, self.compiled, self.warnings = progress, 0.0, list[str]()
        self.times: Array = np.zeros(0)

    def paths(self, *, on: bool) -> dict[str, Any]:
        """What is recorded of every sample. Raises ModelError if there is not room for so many."""
        if self.samples > most_samples(self.engine.layout):
            most = most_samples(self.engine.layout)
            raise ModelError(
                Problem(
                    f"there is room for {count_of(most, 'sample')} of all that this rests on", None, "ask for fewer"
                )
            )
        found = self._simulate(on=on)
        self.warnings = list(found.warnings)
        return dict(found.trajectories)

    def alone(self, step: int) -> Array:
        """Impact with every lever off, up to a step. Raises NoAnswerError if that is nothing."""
        impact = np.asarray(self._simulate(on=False).trajectories[IMPACT], dtype=float)[:, step]
        fail_if_alone_makes_nothing(self.model.system, impact)
        return impact

    def _simulate(self, *, on: bool) -> Any:
        switches = None if on else self.model.alone()
        found = self.engine.simulate(self.samples, self.seed, self.decisions, switches, keep=True, fans=())
        self.compiled += found.seconds.get("compile", 0.0)
        self.times = np.asarray(found.times)
        if self.progress:
            self.progress(0.9, "running samples")
        return found


def _over_alone(name: str, told: list[Told], alone: Array, system: System) -> list[Told]:
    """Impact over impact alone, with the branches of impact below."""
    impact = told[0].samples
    usable = (impact > 0) & (alone > 0)
    ratio = np.divide(impact, alone, out=np.full(len(impact), np.nan), where=usable)
    value = np.log10(ratio) if name == ORDERS else ratio
    slopes = (None, None) if name == ORDERS else (1.0, -1.0)
    sharing: Sharing = "none" if name == ORDERS else "slope"
    root = Told(Branch(name, "term", 0, Name(IMPACT)), value[usable], Unit(unit_of(name)), None)
    below = [replace(each, branch=replace(each.branch, depth=each.branch.depth + 1)) for each in told]
    below[0] = replace(below[0], branch=replace(below[0].branch, sharing=sharing), share=slopes[0])
    other = Told(Branch(ALONE, "impact", 1, Name(IMPACT), sharing), alone, system.impact_unit, slopes[1])
    return [root, *below, other]
