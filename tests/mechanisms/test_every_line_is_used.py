"""No line of a mechanism file is there for nothing: each is expanded by some model of these tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from leverwise.lang.declarations import Declarations, Written
from leverwise.model import build
from leverwise.model.mechanism import Mechanism, built_in, built_in_names
from mechanisms.models import ONE_OF_EACH, VARIANTS, named, written

MODELS = {**ONE_OF_EACH, **VARIANTS}
MECHANISMS = ("base", *built_in_names())


def expressions(mechanism: Mechanism) -> dict[tuple[str, int, int], str]:
    """Where each expression of a mechanism file stands, and what it belongs to."""
    found = {}
    for group in (mechanism.decisions, mechanism.stocks, mechanism.equations, mechanism.measures):
        for key, alternatives in group.items():
            for item in alternatives:
                for part in ("value", "start", "change", "costs"):
                    scalar = getattr(item, part, None)
                    if scalar is not None and (part != "start" or group is mechanism.stocks):
                        found[scalar.at.file, scalar.at.line, scalar.at.column] = f"{key} ({part})"
    for item in mechanism.contributes:
        found[item.value.at.file, item.value.at.line, item.value.at.column] = f"contribution to {item.to.text}"
    return found


def expanded(declarations: Declarations) -> Iterator[Written]:
    """Every text of a model that became an equation for at least one member of its sets."""

    def members(scope: str, indices: tuple[str, ...]) -> bool:
        sets = declarations.sets
        return all(sets.get(f"{scope}.{index}", sets.get(index, ())) for index in indices)

    for decision in declarations.decisions:
        if decision.costs:
            yield decision.costs
    for stock in declarations.stocks:
        if members(stock.change.scope, stock.indices):
            yield from (stock.start, stock.change)
    for equation in declarations.equations:
        yield from (term.value for term in equation.terms if members(term.value.scope, term.indices))
    yield from (measure.value for measure in declarations.measures)


@cache
def declared(name: str) -> Declarations:
    return build(written(*MODELS[name])).declarations


def models() -> Iterator[Declarations]:
    for name in MODELS:
        yield declared(name)


@pytest.mark.parametrize("name", MECHANISMS)
def test_every_expression_is_expanded_by_some_model(name: str) -> None:
    """Each stock, equation, contribution, cost and measure of the file becomes an equation of some small model."""
    used = {(text.at.file, text.at.line, text.at.column) for model in models() for text in expanded(model) if text.at}
    missing = [what for place, what in expressions(built_in(name)).items() if place not in used]
    assert not missing, f"{name}.yaml: no model of the tests uses {', '.join(missing)}"


@pytest.mark.parametrize("name", MECHANISMS)
def test_every_decision_and_parameter_is_there_in_some_model(name: str) -> None:
    """Each decision can be made and each number be given in some small model."""
    mechanism = built_in(name)
    present = set()
    for model in models():
        for item in (*model.values, *model.decisions):
            if item.origin.mechanism == name:
                present.add(item.name.removesuffix(".given").rpartition(".")[2])
    numbers = [key for key, item in mechanism.parameters.items() if item.sort in ("quantity", "bound")]
    wanted = {key.partition("[")[0].replace(" ", "_") for key in (*numbers, *mechanism.decisions)}
    assert wanted <= present


def test_every_mechanism_has_a_model() -> None:
    """The small models show each mechanism file at least once."""
    shown = {mechanism for name in ONE_OF_EACH for mechanism in named(name).levers.values()}
    assert shown == set(built_in_names())
