"""Inputs that are correlated, set to numbers: an intervention, after which the rest is as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise.ask.model import Model
from leverwise.errors import ModelError

JOINED: dict[str, Any] = {
    "leverwise": 1,
    "model": "joined",
    "time": {"step": 1, "horizon": 1, "method": "euler"},
    "values": {"fee": "normal(5, 1)", "skew": "normal(2, 1)", "wide": "normal(0, 2)", "free": "1 to 2"},
    "correlate": [{"between": ["fee", "skew"], "rank": 0.5}, {"between": ["wide", "skew"], "rank": -0.6}],
    "decisions": {"u": {"min": 0, "max": 4}},
    "impact": "fee + 10*skew + 100*wide + 1000*free + sqrt(u) - 0.1*u",
}
SAID = "`fee` is set, not drawn, and so leaves its correlations: `skew` keeps its range"


@pytest.fixture(scope="module")
def joined() -> Model:
    """The model, loaded once."""
    return leverwise.load(JOINED)


def test_the_rest_keeps_its_draws(joined: Model) -> None:
    """Sample by sample nothing changes but what was set: neither ranges nor the correlations of the others."""
    fixed = joined.with_settings({"fee": "3"})
    before = dict(zip(joined.engine.draw_names, joined.engine.draws(0, 512, 4), strict=True))
    after = dict(zip(fixed.engine.draw_names, fixed.engine.draws(0, 512, 4), strict=True))
    assert list(after) == ["skew", "wide", "free"]
    assert all(np.array_equal(values, before[name]) for name, values in after.items())
    assert any(text.startswith(SAID) for text in fixed.simulate(samples=16).warnings)
    assert not any("correlations" in text for text in joined.simulate(samples=16).warnings)


def test_a_comparison_is_paired(joined: Model) -> None:
    """The difference is that of the fee alone, in every sample, and so is the cause beside another change."""
    answer = joined.compare(settings={"fee": "3"}, samples=512)
    difference = answer.numbers["difference"]
    assert difference.mean == pytest.approx(-2, abs=0.01)
    assert difference.sd == pytest.approx(1, abs=0.05), "other inputs do not spread it"
    rows = [(row["name"], row["a"], row["b"]) for row in answer.rows["changes"]]
    assert rows == [("fee", "normal(5, 1)", "3"), ("fee, skew", "0.5", "-")]
    assert any(SAID in text for text in answer.warnings)
    two = joined.compare(settings={"fee": "3", "free": "1.5"}, samples=512)
    effects = {row["change"]: row["effect"] for row in two.rows["causes"]}
    assert effects["fee"] == pytest.approx(-2, abs=0.01)
    assert sum(effects.values()) == pytest.approx(two.numbers["difference"].mean)


def test_a_map_varies_it(joined: Model) -> None:
    """From cell to cell impact differs by what the fee adds, since all else is drawn alike."""
    answer = joined.map(x="fee=3,5,8", samples=64)
    impact = [row["impact"] for row in answer.rows["cells"]]
    assert np.diff(impact) == pytest.approx([2, 3], abs=1e-6)
    assert any(text.startswith(SAID) for text in answer.warnings)


def test_shares_are_those_of_what_is_left(joined: Model) -> None:
    """With one of three fixed the other two are still a group; with the one that joined them, there is none."""
    (group,) = joined.with_settings({"fee": "3"}).sensitivity(samples=256).rows["groups"]
    assert group["inputs"] == "skew and wide"
    apart = joined.with_settings({"skew": "2"}).sensitivity(samples=256)
    assert "groups" not in apart.rows
    assert {row["input"] for row in apart.rows["indices"]} == {"fee", "wide", "free"}


def test_the_file_itself_must_keep_its_ranges() -> None:
    """A number that stands in the file under `correlate` is a mistake, as is a setting that is an expression."""
    with pytest.raises(ModelError, match="`fee` is not a value with a range"):
        leverwise.load({**JOINED, "values": {**JOINED["values"], "fee": "5"}})
    with pytest.raises(ModelError) as refused:
        leverwise.load(JOINED, set={"fee": "2*free"})
    (problem,) = refused.value.problems
    assert str(problem.at) == "--set fee=2*free"
    assert problem.message.startswith("`fee` is correlated with others")
    assert problem.hint == "set a number or a range"
    ranged = leverwise.load(JOINED, set={"fee": "4 to 5"})
    assert ranged.system.correlations == (("fee", "skew", 0.5), ("wide", "skew", -0.6))


def test_how_settings_are_worded_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was set leaves its correlations because it was set, whatever messages about settings begin with."""
    monkeypatch.setattr("leverwise.model.settings.OPTION", "with ")
    fixed = leverwise.load(JOINED, set={"fee": "{is: 3}"})
    assert fixed.system.correlations == (("wide", "skew", -0.6),)
    with pytest.raises(ModelError) as refused:
        leverwise.load(JOINED, set={"fee": "2*nothing"})
    assert str(refused.value.problems[0].at) == "with fee=2*nothing"
    assert "\n  with fee=2*nothing\n" in str(refused.value)
