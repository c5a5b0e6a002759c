"""Sets: an equation over a set is one per member, and a loop is its terms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from leverwise.errors import ModelError
from leverwise.lang import System, build
from leverwise.lang.declarations import Declarations, EquationDeclaration, StockDeclaration, Term
from leverwise.lang.render import text
from leverwise.lang.system import Call, Workshop
from unit.lang.host import Run, plain, written

SETS = {"task": ("writing", "sound"), "worker": ("star", "crew"), "none": ()}
VALUES = {"writing.effort": "2", "sound.effort": "3", "star.hours": "10", "crew.hours": "20"}


def equation(name: str, *terms: Term | str, combine: str = "is", unit: str = "") -> EquationDeclaration:
    """An equation; `name[task]` runs over sets."""
    plain_name, _, indices = name.rstrip("]").partition("[")
    made = tuple(term if isinstance(term, Term) else Term(written(term)) for term in terms)
    return EquationDeclaration(plain_name, made, combine, tuple(filter(None, indices.split(", "))), unit)  # type: ignore[arg-type]


def model(*equations: EquationDeclaration, **more: object) -> Declarations:
    declarations = replace(plain(values=VALUES), sets=SETS, equations=equations)
    return replace(declarations, **more)  # type: ignore[arg-type]


def auxiliaries(system: System) -> dict[str, str]:
    return {each.name: text(each.value) for each in system.auxiliaries}


def test_an_equation_per_member() -> None:
    """Over two sets there is one equation per pair; members stand before the last part of a name."""
    system = build(
        model(equation("share[worker, task]", "hours[worker]/effort[task]"), equation("crew.a[task]", "effort[task]"))
    )
    assert auxiliaries(system) == {
        "star.writing.share": "star.hours/writing.effort",
        "star.sound.share": "star.hours/sound.effort",
        "crew.writing.share": "crew.hours/writing.effort",
        "crew.sound.share": "crew.hours/sound.effort",
        "crew.writing.a": "writing.effort",
        "crew.sound.a": "sound.effort",
    }


def test_three_ways_to_name_a_member() -> None:
    """A bound set, a member in brackets and a dotted name mean the same."""
    system = build(model(equation("x", "sum(effort[task] for task) - effort[writing] - sound.effort")))
    assert Run(system).now["x"] == 0


@pytest.mark.parametrize(
    ("loop", "expected"),
    [
        ("sum(effort[task] for task)", 5.0),
        ("prod(effort[task] for task)", 6.0),
        ("min(effort[task] for task)", 2.0),
        ("max(effort[task]*hours[worker] for worker, task)", 60.0),
        ("sum(sum(effort[task]*hours[worker] for task) for worker)", 150.0),
        ("sum(effort[task] for none)", 0.0),
        ("prod(2 for none)", 1.0),
    ],
)
def test_loops(loop: str, expected: float) -> None:
    """Loops add, multiply and compare over members, nested too."""
    assert Run(build(model(equation("x", loop.replace("effort[task] for none", "1 for none"))))).now["x"] == expected


def test_terms_of_a_port() -> None:
    """Terms add up or multiply, each over its own part of the set, each with its switch."""
    terms = (Term(written("1")), Term(written("5", "crew"), ("task",), "crew"))
    more = {"sets": {**SETS, "crew.task": ("sound",)}, "switches": ("crew",)}
    system = build(model(equation("load[task]", *terms, combine="sum", unit="1"), **more))
    assert auxiliaries(system) == {"writing.load": "1", "sound.load": "1 + (if crew.on then 5 else 0)"}
    system = build(model(equation("load[task]", *terms, combine="product", unit="1"), **more))
    assert auxiliaries(system) == {"writing.load": "1", "sound.load": "if crew.on then 5 else 1"}
    system = build(
        model(equation("load[task]", combine="sum", unit="1"), equation("other", combine="product", unit="1"))
    )
    assert auxiliaries(system) == {"writing.load": "0", "sound.load": "0", "other": "1"}


def test_further_sets_of_a_term_are_added_up() -> None:
    """A term over more sets than its equation contributes once per member of the further ones."""
    term = Term(written("hours[worker]*effort[task]"), ("task", "worker"))
    system = build(model(equation("load[task]", term, combine="sum", unit="1")))
    assert auxiliaries(system)["writing.load"] == "star.hours*writing.effort + crew.hours*writing.effort"


def test_stocks_over_sets_are_separate_resources() -> None:
    """A stock over a set is one per member, and so is what nudges it."""
    stock = StockDeclaration("name.trust", written("0.3"), written("0.1*effort[task]"), ("task",), nudge="trust")
    system = build(model(stocks=(stock,)))
    assert [(each.name, each.nudge) for each in system.stocks] == [
        ("name.writing.trust", "writing trust"),
        ("name.sound.trust", "sound trust"),
    ]


@pytest.mark.parametrize(
    ("text_", "message"),
    [
        ("effort*2", "`effort` is one number per task"),
        ("effort[task]", "`task` is a set and stands for no member here"),
        ("effort[wrting]", "`wrting` is neither a set nor a member"),
        ("effort[star]", "there is no `effort[star]`"),
        ("task + 1", "`task` is a set, not a number"),
        ("sum(effort[task] for tusk)", "there is no set `tusk`"),
        ("min(effort[task] for none)", "runs over an empty set"),
        ("max(2 for none)", "runs over an empty set"),
        ("sum(1 for task, task)", "same set twice"),
        ("load + 1", "`load` is one number per task"),
        ("load[writing, star]", "has 2 subscripts, not 1"),
    ],
)
def test_misuse_of_sets(text_: str, message: str) -> None:
    """A wrong subscript is an error that says what is right."""
    with pytest.raises(ModelError) as caught:
        build(model(equation("load[task]", "1"), equation("x", text_)))
    assert message in str(caught.value)


def test_one_mistake_is_reported_once() -> None:
    """A mistake in an equation over a set is one problem, not one per member."""
    from leverwise.errors import Position
    from leverwise.lang.declarations import Written

    term = Term(Written("effort[task]*nothing", Position("m.yaml", 1, 1)))
    with pytest.raises(ModelError) as caught:
        build(model(equation("load[task]", term)))
    assert len(caught.value.problems) == 1


def test_unfolding_is_bounded() -> None:
    """Sets multiplied into the millions are refused, in time."""
    many = tuple(f"m{n}" for n in range(5000))
    sets = {"a": many, "b": many, "c": many[:100]}
    with pytest.raises(ModelError, match="more than 10,000 combinations"):
        build(replace(model(equation("x", "sum(1 for a, b)")), sets=sets))
    with pytest.raises(ModelError, match="more than 20,000 variables"):
        build(replace(model(equation("x[a, b]", "1")), sets=sets))
    with pytest.raises(ModelError, match="more than 600,000 parts"):
        build(replace(model(equation("x", "sum(sum(sum(1 for a) for c) for b)")), sets=sets))


SHOP = {
    "relations": {"may": frozenset({("star", "writing"), ("star", "sound"), ("crew", "sound"), ("crew", "chores")})},
}


def test_throughput_takes_its_members() -> None:
    """The call has an effort and a limit per task, hours per worker, and who may do what."""
    system = build(
        model(equation("limit[task]", "9"), equation("y", "throughput(may, effort, hours, 4, limit)"), **SHOP)
    )
    call = system.auxiliaries[-1].value
    assert isinstance(call, Call)
    names = "writing.effort sound.effort star.hours crew.hours 4 writing.limit sound.limit"
    assert [text(each) for each in call.arguments] == names.split()
    assert call.static == (Workshop(("writing", "sound"), ("star", "crew"), ((0, 1), (1,)), (False, True)),)


def test_allotment_knows_its_place() -> None:
    """Each allotment carries the positions of its worker and its task."""
    system = build(
        model(
            equation("limit[task]", "9"),
            equation("score[worker, task]", "1"),
            equation("assigned[worker, task]", "allotment(may, effort, hours, 4, limit, score, 3)"),
            **SHOP,
        )
    )
    places = [each.value.static[1:] for each in system.auxiliaries if each.name.endswith("assigned")]  # type: ignore[union-attr]
    assert places == [(0, 0), (0, 1), (1, 0), (1, 1)]


@pytest.mark.parametrize(
    ("text_", "message"),
    [
        ("throughput(may, effort, hours, 4)", "takes 5 arguments"),
        ("throughput(mey, effort, hours, 4, effort)", "`mey` is not a relation"),
        ("throughput(may, 3, hours, 4, effort)", "needs the name of an equation over a set"),
        ("throughput(may, effort, hours, 4 $, effort)", "`throughput` needs the same unit"),
        ("allotment(may, effort, hours, 4, effort, effort, 3)", "belongs in an equation over a worker and a task"),
    ],
)
def test_misuse_of_throughput(text_: str, message: str) -> None:
    """A wrong use of the enterprise's functions is refused."""
    with pytest.raises(ModelError) as caught:
        build(model(equation("x", text_), **SHOP))
    assert message in str(caught.value)


def test_records_and_capacities_of_families() -> None:
    """Naming a family means all its members."""
    system = build(
        model(
            equation("load[task]", "effort[task]"),
            equation("x", "1"),
            record=("load", "x", "load[sound]"),
            capacities=(("seats", "load"), ("hours", "x")),
        )
    )
    assert system.record == ("writing.load", "sound.load", "x")
    assert system.capacities == (("writing seats", "writing.load"), ("sound seats", "sound.load"), ("hours", "x"))
    assert not any(each.constant for each in system.auxiliaries)
