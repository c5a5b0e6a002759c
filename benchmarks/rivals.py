"""Plans of the examples beside long searches that begin from them, on samples that neither was made on.

Takes some twenty minutes, so it is measured only when asked for by name. To look closer at one example, or longer:
`python -m benchmarks.rivals --example choir --seconds 600`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.contest import RIVALS, Contest
from benchmarks.rows import Measured, MissingPeerError, Row
from benchmarks.timer import ROOT, once
from leverwise.ask.making import Maker
from leverwise.ask.numbers import standard_error
from leverwise.ask.planning.merit import MARGINS, SPENDING, Merit
from leverwise.ask.planning.settle import TOLERANCE
from leverwise.ask.schedules import chosen
from leverwise.engine.sobol import SCRAMBLINGS

if TYPE_CHECKING:
    from leverwise.ask.model import Model

Array = np.ndarray

ORDER = ("keyboard", "choir", "campaign", "consultancy", "maintainer", "marketplace", "inventor", "lab", "superstar")
SECONDS = 120.0
"""For all rivals of one plan together."""
BEATEN = 0.005
"""Share of what a plan makes by which no rival may make more, beyond two standard errors."""
SEARCHED, PICKED, JUDGED = 77, 1077, 2077
"""Seeds of the samples on which rivals search, those that tell which of their plans hold, and those that all are
judged on; plans are made and checked on samples of seeds that nobody asks for (`leverwise.ask.seeds`)."""
PICKING, JUDGING = 4096, 8192
BACK = (1.0, 0.9, 0.75, 0.5, 0.25)
"""Where a rival's plan does not hold, plans on the way back are looked at."""
UNIT = 1e-9


def rows() -> Iterator[Row]:
    """All examples."""
    for name in ORDER:
        yield from example(name, SECONDS)


@dataclass(frozen=True)
class Judged:
    """What a plan makes on the samples of the judge, and how surely money and hours suffice."""

    impact: Array
    """Per sample, base units."""
    kept: dict[str, tuple[float, float]]
    """By margin: the share of samples, and its standard error from the scramblings."""
    spending: float

    def surely(self, confidence: float) -> bool:
        """Whether each margin holds as surely as asked, within one standard error."""
        return all(share >= confidence - error for share, error in self.kept.values())


def judged(merit: Merit, plan: Array) -> Judged:
    """A plan (K,) on the samples of a merit."""
    names = tuple(merit.engine.measure_names)
    draws = merit.draws
    measures = np.asarray(merit.engine.measures(draws.values, draws.index, plan, seed=draws.seed))
    kept = {}
    for name in MARGINS:
        if name in names:
            left = measures[names.index(name)]
            held = (left >= -UNIT * (1 + np.max(np.abs(left)))).astype(float)
            chance = float(np.sqrt(max(held.mean() * (1 - held.mean()), 0.0) / len(held)))
            kept[name] = (float(held.mean()), max(standard_error(held), chance))
    spending = float(np.mean(measures[names.index(SPENDING)])) if SPENDING in names else 0.0
    return Judged(measures[0], kept, spending)


def example(name: str, seconds: float, rivals: Sequence[str] = (), plan: Path | None = None) -> Iterator[Row]:
    """A plan of one example, its rivals one after the other, how surely it holds, and plans of growing budgets.

    Where rivals are named, those only, and no other plans.
    """
    import leverwise

    model = leverwise.load(ROOT / "examples" / f"{name}.yaml")
    if plan is None:
        took, answer = once(model.plan)
        vector = chosen(model, _schedule(answer))[0]
    else:
        took, (vector, _) = once(lambda: chosen(model, plan))
    aim = model.system.aim
    problem = Maker(model, 1, 0).problem(aim)
    contest = Contest(model.engine, problem, aim, vector, SEARCHED)
    judge, pick = contest.on(JUDGING, seed=JUDGED), contest.on(PICKING, seed=PICKED)
    ours = judged(judge, vector)
    unit = model.system.impact_unit
    made = f"{np.mean(ours.impact) / unit.factor:.6g} {unit.text}"
    for rival in rivals or RIVALS:
        search, share = RIVALS[rival]
        contest.evaluations, begun = 0, perf_counter()
        try:
            found = _that_holds(pick, contest, search(contest, share * seconds))
        except MissingPeerError as error:
            yield Row(f"{name}: plan", took, made, rival, trouble=str(error))
            continue
        theirs = judged(judge, found)
        more, error = _more(ours.impact, theirs.impact)
        said = f"{np.mean(theirs.impact) / unit.factor:.6g} ({100 * more:+.2f} % ± {100 * error:.2f}"
        said += f"; {contest.evaluations:,} plans)"
        beaten = more - 2 * error > BEATEN
        if beaten:
            _tell_how(model, vector, found)
        yield Row(f"{name}: plan", took, made, rival, Measured((perf_counter() - begun,)), said, right=not beaten)
    for margin, (share, error) in ours.kept.items():
        yield Row(
            f"{name}: {margin.split('_')[0]} suffices on fresh samples",
            value=f"{100 * share:.2f} % ± {100 * error:.2f}",
            peer_value=f"{100 * aim.confidence:g} % asked",
            right=share >= aim.confidence - error,
        )
    if plan is None and not rivals and ours.spending > 1:
        yield from budgets(model, judge, ours)


def budgets(model: Model, judge: Merit, free: Judged) -> Iterator[Row]:
    """Plans with half of what the plan without a budget spends, then twice that: more money never makes less.

    But for what a plan may lose by being simple.
    """
    sums = [float(f"{free.spending / share:.2g}") for share in (2, 1)]
    before: Judged | None = None
    for budget in [*sums, None]:
        if budget is None:
            now, took, said = free, None, "without a budget"
        else:
            took, answer = once(lambda budget=budget: model.plan(budget=f"${budget:.15g}"))
            now, said = judged(judge, chosen(model, _schedule(answer))[0]), f"with ${budget:,.0f}"
        if before is not None:
            more, error = _more(before.impact, now.impact)
            yield Row(
                f"{model.system.name}: plan {said}, beside the one before",
                took,
                f"{np.mean(now.impact) / model.system.impact_unit.factor:.6g}",
                peer_value=f"{np.mean(before.impact) / model.system.impact_unit.factor:.6g} ({100 * more:+.2f} % ± "
                f"{100 * error:.2f})",
                right=more >= -2 * error - TOLERANCE,
            )
        before = now


def _more(ours: Array, theirs: Array) -> tuple[float, float]:
    """How much more the other makes on average, as a share of ours, and the standard error; pair by pair."""
    assert len(ours) >= 2 * SCRAMBLINGS
    size = abs(float(np.mean(ours))) + 1e-300
    return float(np.mean(theirs - ours)) / size, standard_error(theirs - ours) / size


def _that_holds(pick: Merit, contest: Contest, found: Array) -> Array:
    """The best of a rival's plan and those on the way back from it that holds on samples that it was not made on."""
    way = contest.allowed(np.stack([contest.plan + share * (found - contest.plan) for share in BACK]))
    outcome = pick.outcome(way)
    held = pick.holds(outcome)
    return way[int(np.argmax(np.where(held, outcome.objective, -np.inf)))] if np.any(held) else contest.plan


def _schedule(answer: Any) -> dict[str, list[float]]:
    """The schedule of an answer as a plan."""
    plan: dict[str, list[float]] = {}
    for row in answer.rows["schedule"]:
        name = row["decision"] if row["lever"] is None else f"{row['lever']}.{row['decision']}"
        plan.setdefault(name.replace(" ", "_"), []).append(row["value"])
    return plan


def _tell_how(model: Model, ours: Array, theirs: Array) -> None:
    """Print how a plan that is beaten differs from the one that beats it."""
    first = 0
    for decision in model.system.decisions:
        place = slice(first, first + decision.periods)
        first = place.stop
        if np.any(np.abs(ours[place] - theirs[place]) > 1e-6 * np.max(np.abs(theirs[place]))):
            for whose, plan in (("plan", ours), ("rival", theirs)):
                numbers = " ".join(f"{value / decision.unit.factor:.4g}" for value in plan[place])
                print(f"  {decision.name} {whose}: {numbers}", file=sys.stderr)


def main() -> int:
    """Rows of one example as they come, one JSON line each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rivals", description="One plan beside its rivals.")
    parser.add_argument("--example", choices=ORDER, action="append")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for all rivals of a plan together")
    parser.add_argument("--rival", choices=list(RIVALS), action="append")
    parser.add_argument("--plan", type=Path, help="this plan (of one example) instead of a new one")
    asked = parser.parse_args()
    good = True
    for name in asked.example or ORDER:
        for row in example(name, asked.seconds, asked.rival or (), asked.plan):
            told = {"what": row.what, "value": row.value, "peer": row.peer, "peer_value": row.peer_value}
            told |= {"seconds": [m and round(m.minimum, 1) for m in (row.ours, row.theirs)], "right": row.right}
            print(json.dumps(told | ({"trouble": row.trouble} if row.trouble else {}), ensure_ascii=False), flush=True)
            good &= not row.failed
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
