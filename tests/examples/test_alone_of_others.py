"""What else stands in a model leaves every bit of it alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import leverwise
from leverwise.engine import Engine

READERS = ("{0}*0.5 + {0}*7", "max(0*{0}, {0})*3 - {0}", "{0} - {0}*1.5")
"""Readers of a variable that invite a processor to fuse its products with their sums."""


@pytest.mark.parametrize("example", ["keyboard", "inventor"])
def test_own_equations_leave_the_example_as_it_is(example: str, repository: Path, tmp_path: Path) -> None:
    """Equations that read a model's variables change no bit of its stocks, sample by sample."""
    source = repository / "examples" / f"{example}.yaml"
    bare = leverwise.load(source)
    names = [a.name for a in bare.system.auxiliaries if not a.constant][::5]
    lines = [f"  own_{k}: {READERS[k % 3].format(name)}" for k, name in enumerate(names)]
    copy = tmp_path / source.name
    copy.write_text("\n".join([source.read_text(encoding="utf-8"), "equations:", *lines, ""]), encoding="utf-8")
    more = leverwise.load(copy)
    stocks = tuple(stock.name for stock in bare.system.stocks)
    plan = np.concatenate([np.full(d.periods, min(d.high, d.low + 3 * d.unit.factor)) for d in bare.system.decisions])
    runs = [
        Engine(model.system).simulate(600, decisions=plan, record=(*stocks, *own))
        for model, own in ((bare, ()), (more, tuple(f"own_{k}" for k in range(len(names)))))
    ]
    assert all(np.array_equal(runs[0].trajectories[name], runs[1].trajectories[name]) for name in stocks)
    assert np.array_equal(runs[0].measures["impact"], runs[1].measures["impact"])
    assert np.ptp(runs[0].measures["impact"]) > 0
