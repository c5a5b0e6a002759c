"""Rich or poor in money, rich or short of talent: what that says about where to push."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leverwise.ask.resources import Resource

SHORT = 0.1
"""A group is short if 1 % more of it brings at least this share of what 1 % more of the best resource brings."""

ADVICE = {
    (True, True): (
        "poor in money and short of talent",
        "start with what costs little of both: hand off chores, use publicity that costs hours rather than dollars, "
        "and put the first earnings into the bottleneck",
    ),
    (True, False): (
        "poor in money and rich in talent",
        "bring in money first: price, credit, or a smaller payroll; more hands would not help now",
    ),
    (False, True): (
        "rich in money and short of talent",
        "buy infrastructure around the bottleneck, and delegate every task that others may do",
    ),
    (False, False): (
        "rich in money and in talent",
        "the audience is the limit: recognition, trust and members, by publicity, brand or a network",
    ),
}


def regime(resources: Sequence[Resource], gains: Mapping[str, float]) -> tuple[str, str]:
    """The regime and the advice that goes with it; `gains` is what 1 % more of each resource adds to impact."""
    best = max((abs(gain) for gain in gains.values()), default=0.0)
    poor = _is_short([gains[r.name] for r in resources if r.money], best)
    short = _is_short([gains[r.name] for r in resources if r.talent], best)
    return ADVICE[poor, short]


def _is_short(gains: Sequence[float], best: float) -> bool:
    return best > 0 and max(gains, default=0.0) >= SHORT * best
