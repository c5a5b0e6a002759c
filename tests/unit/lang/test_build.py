"""The whole build: clock, decisions, order, impact, measures, aim, and how its work grows."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import pytest

from leverwise.errors import ModelError
from leverwise.lang import build
from leverwise.lang.declarations import (
    Correlation,
    DecisionDeclaration,
    Declarations,
    MeasureDeclaration,
    SeriesDeclaration,
    TimeDeclaration,
    ValueDeclaration,
)
from leverwise.lang.render import text
from leverwise.lang.system import LinearConstraint, Number
from unit.lang.host import Run, built, plain, written
from unit.work import calls

MONTHLY = {"step": "1 month", "horizon": "12 months"}


def problems(**parts: object) -> str:
    with pytest.raises(ModelError) as caught:
        built(**parts)
    return str(caught.value)


def test_nerlove_arrow_by_hand() -> None:
    """The plain model of the design builds, and runs to the sum that its recursion gives."""
    system = built(
        horizon="30",
        values={"margin": "2", "cost": "1.5", "fade": "0.1"},
        decisions={"u": {"low": written("0"), "high": written("50"), "every": written("1"), "start": written("4")}},
        stocks={"G": ("5", "u - fade*G")},
        equations={"profit": "margin*G - cost*u^2/2", "sum_of": "integral(0.97^t*profit)"},
        impact="0.97^t*profit",
        plan={"subject_to": (written("integral(u) <= 200"), written("u <= 9"))},
    )
    goodwill, expected = 5.0, 0.0
    for step in range(30):
        expected += 0.97**step * (2 * goodwill - 1.5 * 4**2 / 2)
        goodwill += 4 - 0.1 * goodwill
    assert Run(system).now["sum_of"] == pytest.approx(expected, rel=1e-12)
    assert system.aim.constraints == (
        LinearConstraint("integral(u) <= 200", (("u", 1.0),), 200.0, False),
        LinearConstraint("u <= 9", (("u", 1.0),), 9.0, True),
    )
    assert system.record == ("G", "profit", "sum_of")


def test_clock() -> None:
    """Step, horizon and tail may be in different units of time."""
    time_ = TimeDeclaration(written("1 quarter"), written("3 years"), written("6 months"), "rk4")
    clock = build(replace(plain(), time=time_)).clock
    assert (clock.step, clock.steps, clock.tail, clock.method) == (3.0, 12, 2, "rk4")
    assert clock.unit.text == "quarter"


@pytest.mark.parametrize(
    ("step", "horizon", "message"),
    [
        ("1 month", "3", "the horizon must be in months, but `3` is a plain number"),
        ("1 month", "3.5 months", "whole number of steps"),
        ("1 month", "0 months", "whole number of steps"),
        ("1 $", "3 $", "must be a length of time"),
        ("0 months", "1 month", "must be a length of time"),
        ("1 second", "10 years", "steps; 100,000 are allowed"),
        ("1 to 2", "3", "not a range"),
    ],
)
def test_wrong_clocks(step: str, horizon: str, message: str) -> None:
    """A clock that can't run is refused."""
    assert message in problems(step=step, horizon=horizon)


def test_decisions() -> None:
    """Bounds, periods and the author's own schedule come in base units."""
    use = ((written("0 months"), written("1 $/year")), (written("6 months"), written("3 $/month")))
    system = built(
        **MONTHLY,
        values={"most": "24k $/year"},
        decisions={
            "pay": {"unit": "$/month", "high": written("most/2"), "use": use, "after": "hold", "costs": written("1")}
        },
        plan={"every": written("1 quarter")},
    )
    (pay,) = system.decisions
    assert (pay.low, pay.high, pay.start) == (0.0, 1000.0, 0.0)
    assert (pay.steps_per_period, pay.periods) == (3, 4)
    assert pay.use == pytest.approx((1 / 12, 1 / 12, 3.0, 3.0))
    assert pay.costs == Number(1.0)


def test_a_decision_without_a_period_is_made_once() -> None:
    """Without `every`, of its own or of the plan, a decision holds over the horizon."""
    (u,) = built(
        decisions={"u": {"low": written("2"), "high": written("3 %")}} | {"u": {"low": written("2")}}
    ).decisions
    assert (u.periods, u.start, u.high) == (1, 2.0, math.inf)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"unit": "$", "high": written("3 months")}, "the most `u` must be in $, but `3 months` is in month"),
        ({"high": written("v")}, "one fixed number is needed here, but `v` is a range"),
        ({"low": written("3"), "high": written("2")}, "the most `u` is less than the least"),
        ({"start": written("3"), "high": written("2")}, "`u` must be between 0 and 2"),
        ({"start": written("1.5"), "whole": True}, "`u` must be a whole number"),
        ({"every": written("1.5 months")}, "whole number of steps"),
        ({"every": written("2 months"), "use": ((written("3 months"), written("1")),)}, "every 2 months from 0"),
        ({"costs": written("3 $")}, "the cost of one unit of `u` must be in $/month, but `3 $` is in $"),
        ({"costs": written("3 $/month"), "lump": True}, "must be in $, but"),
    ],
)
def test_wrong_decisions(fields: dict[str, object], message: str) -> None:
    """A decision that can't be read is refused."""
    assert message in problems(**MONTHLY, values={"v": "1 to 2"}, decisions={"u": fields})


def test_order_and_constants() -> None:
    """Auxiliaries stand after what they need; those of values alone are constant."""
    system = built(
        values={"v": "1 to 2"},
        stocks={"s": ("c", "a")},
        equations={"a": "b + s", "b": "2*c", "c": "v", "d": "t*v", "e": "noise()"},
    )
    names = [each.name for each in system.auxiliaries]
    assert names.index("c") < names.index("b") < names.index("a")
    assert {each.name for each in system.auxiliaries if each.constant} == {"b", "c"}
    assert system.starting.index("c") < system.starting.index("s")


def test_switched_stocks() -> None:
    """A stock that belongs to a lever has its start and change switched."""
    declarations = plain(stocks={"s": ("3", "2")}, equations={"x": "if crew.on then 1 else 0"}, switches=("crew",))
    stock = replace(declarations.stocks[0], switch="crew")
    (made,) = build(replace(declarations, stocks=(stock,))).stocks
    assert (text(made.start), text(made.change)) == ("if crew.on then 3 else 0", "if crew.on then 2 else 0")


@pytest.mark.parametrize(
    ("written_", "expected"),
    [("5 %/year", math.log(1.05) / 12), ("1 %/month", math.log(1.01)), ("0", 0.0), ("0.05/year", math.log(1.05) / 12)],
)
def test_discount(written_: str, expected: float) -> None:
    """A discount is compounded once per unit of its own time."""
    assert built(**MONTHLY, discount=written(written_)).discount == pytest.approx(expected)


def test_unitless_discount() -> None:
    """Without units of time it is compounded once per unit of time."""
    assert built(discount=written("3 %")).discount == pytest.approx(math.log(1.03))


def test_impact_and_measures() -> None:
    """Impact has the unit of its rate times time; measures may have a memory of their own."""
    system = built(
        **MONTHLY,
        units=("deal",),
        stocks={"cash": ("100 $", "-7 $/month")},
        equations={"deals": "3 deals/month"},
        impact="deals",
        final=written("2 deals"),
        measures=(
            MeasureDeclaration("margin", written("lowest(cash)"), "$"),
            MeasureDeclaration("sold", written("total(deals)")),
        ),
    )
    assert system.impact_unit.text == "deal"
    assert [(each.name, each.unit.text) for each in system.measures] == [("margin", "$"), ("sold", "deal")]
    run = Run(system)
    assert (run.now["margin.lowest"], run.now["sold.integral"]) == (100 - 7 * 12, 36.0)


def test_wrong_impact() -> None:
    """The final value has the unit of the impact."""
    text_ = problems(**MONTHLY, equations={"deals": "3/month"}, impact="deals", final=written("2 $"))
    assert "the final value must be a plain number, but `2 $` is in $" in text_


@pytest.mark.parametrize(
    ("objective", "kind", "level"),
    [
        ("mean", "mean", 0.0),
        ("log", "log", 0.0),
        ("quantile 10 %", "quantile", 0.1),
        ("cvar 0.05", "cvar", 0.05),
        ("P(impact > 5)", "probability", 5.0),
        ("P(impact >= $2k)", "probability", 2000.0),
    ],
)
def test_objectives(objective: str, kind: str, level: float) -> None:
    """Every objective is read."""
    aim = built(**MONTHLY, equations={"x": "2 $/month"}, impact="x", plan={"objective": written(objective)}).aim
    assert (aim.kind, aim.level) == (kind, pytest.approx(level))


@pytest.mark.parametrize(
    ("constraint", "terms", "bound", "per_period"),
    [
        ("u + v <= 9 $/month", {"u": 1.0, "v": 1.0}, 9.0, True),
        ("9 $/year >= 2*u - v/4", {"u": 2.0, "v": -0.25}, 0.75, True),
        ("integral(u + 2*v) <= $200", {"u": 1.0, "v": 2.0}, 200.0, False),
        ("3*integral(u) <= 100 $ + 2*integral(v)", {"u": 3.0, "v": -2.0}, 100.0, False),
        ("u >= v + 1 $/month", {"u": -1.0, "v": 1.0}, -1.0, True),
        ("total(b) <= 4", {"b": 1.0}, 4.0, False),
        ("u <= cap", {"u": 1.0}, 5.0, True),
    ],
)
def test_constraints(constraint: str, terms: dict[str, float], bound: float, per_period: bool) -> None:
    """Linear constraints become coefficients and a bound, in base units."""
    (made,) = _planned(constraint).aim.constraints
    assert dict(made.terms) == pytest.approx(terms)
    assert made.bound == pytest.approx(bound)
    assert made.per_period is per_period


def test_an_equation_as_a_constraint_holds_both_ways() -> None:
    """`==` is at most and at least."""
    signs = [(dict(each.terms)["u"], each.bound) for each in _planned("u == 3 $/month").aim.constraints]
    assert signs == [(1.0, 3.0), (-1.0, -3.0)]


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        ("u*v <= 3 $/month", "must be linear"),
        ("u <= 3", "different units"),
        ("u + integral(v) <= 3", "different units"),
        ("u*(1 month) + integral(v) <= $3", "can't mix"),
        ("1 <= 2", "no decision"),
        ("x <= 3 $/month", "`x` is no decision"),
        ("u", "compares two numbers"),
        ("integral(u*v) <= 2 $", "must be linear"),
    ],
)
def test_wrong_constraints(constraint: str, message: str) -> None:
    """What is not linear in decisions is refused."""
    with pytest.raises(ModelError) as caught:
        _planned(constraint)
    assert message in str(caught.value)


def _planned(constraint: str):  # type: ignore[no-untyped-def]
    return built(
        **MONTHLY,
        values={"cap": "5 $/month"},
        decisions={"u": {"unit": "$/month"}, "v": {"unit": "$/month"}, "b": {"lump": True, "whole": True}},
        stocks={"s": ("0 $", "u")},
        equations={"x": "s/(1 month)"},
        plan={"subject_to": (written(constraint),)},
    )


def test_plan_numbers() -> None:
    """Confidence and budget are read; nonsense is refused."""
    aim = built(**MONTHLY, plan={"confidence": written("90 %"), "budget": written("$300k")}).aim
    assert (aim.confidence, aim.budget) == (pytest.approx(0.9), 300_000.0)
    for asked, mend in (("190 %", "less than 100 %, such as `99 %`"), ("0 %", "more than 0 %, such as `50 %`")):
        told = problems(plan={"confidence": written(asked)})
        assert "must lie between 0 and 100 %" in told
        assert mend in told
    assert "there is no objective `best`" in problems(plan={"objective": written("best")})
    assert "write `quantile 50 %`, which is that" in problems(plan={"objective": written("median")})
    assert "the budget must be in $" in problems(**MONTHLY, plan={"budget": written("3 months")})


def test_series() -> None:
    """A series is linear between its points, in the model's unit of time."""
    series = SeriesDeclaration("price", (0.0, 4.0), (2.0, 6.0), "cent")
    system = built(step="1 year", horizon="2 years", series=(series,), equations={"x": "price*3"})
    assert Run(system).now["x"] == pytest.approx(0.12)
    assert system.unit_of("price").text == "cent"
    bad = replace(series, times=(4.0, 0.0))
    assert "must have rising times" in problems(series=(bad,))


def _correlated(*ranks: float) -> tuple[Correlation, ...]:
    pairs = (("a", "b"), ("b", "c"), ("a", "c"))
    return tuple(Correlation(written(x), written(y), written(str(r))) for (x, y), r in zip(pairs, ranks, strict=False))


def test_correlations() -> None:
    """Correlations of drawn values are kept; impossible ones are refused."""
    values = {"a": "1 to 2", "b": "1 to 2", "c": "1 to 2", "d": "3"}
    system = built(values=values, correlations=_correlated(0.5, -0.2))
    assert system.correlations == (("a", "b", 0.5), ("b", "c", -0.2))
    assert "no numbers can have all these" in problems(values=values, correlations=_correlated(0.9, 0.9, -0.9))
    assert "lies between -1 and 1" in problems(values=values, correlations=_correlated(1.5))
    wrong = (Correlation(written("a"), written("d"), written("0.1")),)
    assert "`d` is not a value with a range" in problems(values=values, correlations=wrong)


def test_a_number_that_was_set_leaves_its_correlations() -> None:
    """Only what was set over the file's text may be a number there; the rest stays correlated."""
    values = {"a": "1 to 2", "b": "1.5", "c": "1 to 2"}
    system = built(values=values, correlations=_correlated(0.5, -0.2, 0.1), settled=frozenset("b"))
    assert (system.correlations, system.held) == ((("a", "c", 0.1),), (("a", "b", 0.5), ("b", "c", -0.2)))
    ranged = built(values={**values, "b": "3 to 4"}, correlations=_correlated(0.5), settled=frozenset("b"))
    assert (ranged.correlations, ranged.held) == ((("a", "b", 0.5),), ())
    assert "`b` is not a value with a range" in problems(values=values, correlations=_correlated(0.5))
    impossible = problems(values=values, correlations=_correlated(0.9, 0.9, -0.9), settled=frozenset("b"))
    assert "no numbers can have all these" in impossible


def test_simplification() -> None:
    """What changes nothing is left out; 0*x stays, because x may be infinite."""
    system = built(stocks={"x": ("1", "0")}, equations={"a": "1*x + 0 - 0", "b": "0*x", "c": "x/1 + (2 + 3)*x^1"})
    assert [text(each.value) for each in system.auxiliaries] == ["x", "0*x", "x + 5*x"]


def test_limits_in_base_units() -> None:
    """Limits are in the variable's own unit; those of one without dimension, such as %, are plain numbers."""
    declarations = plain(**MONTHLY, equations={"share": "30 %"})
    limited = replace(declarations.equations[0], unit="%", low=0.0, high=1.0)
    (made,) = build(replace(declarations, equations=(limited,))).auxiliaries
    assert (made.low, made.high) == (0.0, 1.0)


def test_understood_parts_of_decisions() -> None:
    """Bounds of a decision may leave out what is understood."""
    declaration = DecisionDeclaration("n", "person", ("person",), high=written("at_most"))
    value = ValueDeclaration("at_most", written("4"), "person", ("person",))
    (made,) = build(replace(plain(**MONTHLY), decisions=(declaration,), values=(value,))).decisions
    assert made.high == 4.0


def test_the_work_of_a_build_grows_with_the_number_of_equations() -> None:
    """The third hundred of equations, each built on the one before, takes no more calls than the second."""

    def chain(count: int) -> Declarations:
        equations = {
            f"x{n}": f"max(0, x{n - 1})*(1 + rate*{n}) - 3 $/month + smooth(x{n - 1}, 2 months)/4"
            for n in range(1, count)
        }
        return plain(**MONTHLY, values={"rate": "1 to 2"}, equations={"x0": "5 $/month", **equations})

    build(chain(2))
    one, two, three = (calls(partial(build, chain(count))) for count in (100, 200, 300))
    assert three - two < 1.1 * (two - one)
    assert len(build(chain(300)).auxiliaries) == 300


def test_a_sign_before_both_ends_of_a_range_is_understood() -> None:
    """`$7k to $9k/month` is the range that `7k to 9k $/month` is."""
    signed, plain = (built(values={"wage": text}).values[0] for text in ("$7k to $9k/month", "7k to 9k $/month"))
    assert signed.distribution == plain.distribution
    assert signed.unit == plain.unit
