"""C6: brand can not be bought."""

from __future__ import annotations

import numpy as np
import pytest

from claims.conftest import example
from leverwise.lang.system import System, names_in


def ancestors(system: System, name: str, without: set[str]) -> set[str]:
    """Everything that `name` depends on, along any path that avoids the nodes in `without`."""
    parents = {a.name: set(names_in(a.value)) for a in system.auxiliaries}
    parents |= {s.name: set(names_in(s.change)) | set(names_in(s.start)) for s in system.stocks}
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for parent in parents.get(waiting.pop(), set()) - without - found:
            found.add(parent)
            waiting.append(parent)
    return found


@pytest.mark.parametrize("name", ["superstar", "consultancy", "campaign", "lab"])
def test_no_decision_reaches_trust_but_through_deals_and_kept_promises(name: str) -> None:
    """Without deals and what is seen of the delivered work, no decision is an ancestor of the flow into trust."""
    system = example(name).system
    decisions = {decision.name for decision in system.decisions}
    camps = [a.name.removesuffix(".trust_change") for a in system.auxiliaries if a.name.endswith(".trust_change")]
    assert camps
    cut = {f"{camp}.camp_deals" for camp in camps}
    brand = next(lever for lever, mechanism in example(name).levers.items() if mechanism == "brand")
    cut |= {f"{brand}.{camp}.seen" for camp in camps}
    for camp in camps:
        flow = f"{camp}.trust_change"
        assert not ancestors(system, flow, cut) & decisions
        assert ancestors(system, flow, set()) & decisions


def test_money_alone_leaves_trust_where_it_is() -> None:
    """Where nobody deals, no amount of spending moves trust."""
    model = example("superstar", ("market.rate", "1e-15 listens/month/person/song"), ("money.start", "$5M"))
    answer = model.simulate(
        samples=128, plan={"media.spent": 30_000, "studio.bought": [1] + [0] * 11, "limo.rented": 1}
    )
    trust = answer.series["trust"]
    assert np.ptp(trust, axis=1).max() < 1e-6
    assert answer.series["recognised"][:, -1].min() > answer.series["recognised"][:, 0].max()


def test_trust_is_earned_by_deals_and_lost_faster_than_won() -> None:
    """Trust rises with kept promises; the same gap downwards closes faster."""
    rise = example("superstar", ("market.trust.start", "60 %")).simulate(samples=256)
    assert (rise.series["trust"][:, -1] > rise.series["trust"][:, 0]).all()
    system = example("superstar").system
    values = {value.name: value for value in system.values}
    gain, loss = (values[f"name.{k}"].distribution for k in ("gain", "loss"))
    assert np.exp(loss.parameters[0]) > np.exp(gain.parameters[0])
