"""`assemble`: from declarations to the immutable equation system, or one error with everything wrong.

The phases, each in a module of its own: names are collected and sets unfolded, clock and values read,
every text resolved and lowered, equations put in order, units inferred and checked, and at last what
needs all of these: decisions, measures, impact and aim.
"""

from __future__ import annotations

from dataclasses import replace

from leverwise.lang.aim import read_aim
from leverwise.lang.check import Checker
from leverwise.lang.clock import read_clock
from leverwise.lang.context import Context
from leverwise.lang.correlations import read_correlations
from leverwise.lang.decisions import cost_dimension, decision_unit, period_steps, read_decision
from leverwise.lang.declarations import Declarations
from leverwise.lang.declared import checked_sets, collect, own_units
from leverwise.lang.drafts import Text, draft, read_text
from leverwise.lang.finish import (
    capacities,
    evaluation_order,
    finished_auxiliaries,
    finished_stocks,
    records,
    starting_order,
)
from leverwise.lang.inference import check, infer
from leverwise.lang.lower import Lowerer
from leverwise.lang.names import Names
from leverwise.lang.problems import Problems
from leverwise.lang.purpose import check_impact, discount_rate, finished_measure, read_impact, read_measures
from leverwise.lang.resolve import TIME_NAME, Resolver
from leverwise.lang.seeing import read_react
from leverwise.lang.system import Clock, Decision, System, Unit, Value
from leverwise.lang.unfold import Budget
from leverwise.lang.values import Expressed, read_value
from leverwise.units import DIMENSIONLESS, TIME, Units


def assemble(declarations: Declarations) -> System:
    """The equation system of a model.

    All numbers are in base units; auxiliaries stand in an order in which they can be evaluated. Raises
    `ModelError` with every problem found, each with its place in the file.
    """
    problems, budget = Problems(), Budget()
    units = own_units(declarations, problems)
    sets = checked_sets(declarations, problems)
    names, stock_groups, equation_groups = collect(declarations, sets, units, budget, problems)
    context = _context(declarations, units, names, budget, problems)
    clock = read_clock(declarations.time, context)
    values, expressed = _values(declarations, context)
    decision_units = _known_units(declarations, context)

    drafts = draft(expressed, declarations.series, stock_groups, equation_groups, context)
    impact = read_impact(declarations, context)
    measures = read_measures(declarations, context)
    costs = {each.name: read_text(each.costs, each.name, context) for each in declarations.decisions if each.costs}
    order = evaluation_order(drafts, context)
    infer(drafts, order, context)
    check(drafts, context)
    _check_costs(declarations, costs, decision_units, context)
    impact_unit = check_impact(impact, context)

    nudged = capacities(declarations, context)
    auxiliaries = finished_auxiliaries(drafts, order, frozenset(name for _, name in nudged), context)
    stocks = finished_stocks(drafts, context)
    correlations, held = read_correlations(declarations, values, context)
    system = System(
        name=declarations.name,
        about=declarations.about,
        clock=clock,
        values=tuple(values),
        correlations=correlations,
        decisions=_decisions(declarations, decision_units, costs, clock, context),
        switches=declarations.switches,
        stocks=stocks,
        auxiliaries=auxiliaries,
        starting=starting_order(drafts, stocks, context),
        impact=impact.expression,
        impact_unit=impact_unit,
        final=None if impact.final is None else impact.final.expression,
        discount=discount_rate(declarations.discount, context),
        measures=tuple(finished_measure(declaration, text, context) for declaration, text in measures),
        capacities=nudged,
        aim=read_aim(declarations.plan, declarations.decisions, clock, impact_unit, context),
        record=records(declarations, drafts, context),
        held=held,
    )
    system = replace(system, aim=replace(system.aim, react=read_react(declarations.plan, system, context)))
    problems.fail_if_any()
    return system


def _context(declarations: Declarations, units: Units, names: Names, budget: Budget, problems: Problems) -> Context:
    resolver = Resolver(names, declarations.relations, units, budget)
    return Context(
        units, names, problems, budget, resolver, Checker(units, TIME), Lowerer(units, taken=set(names.kinds))
    )


def _values(declarations: Declarations, context: Context) -> tuple[list[Value], list[Expressed]]:
    values: list[Value] = []
    expressed: list[Expressed] = []
    for declaration in declarations.values:
        found = read_value(declaration, context)
        if isinstance(found, Value):
            values.append(found)
        elif found is not None:
            expressed.append(found)
    return values, expressed


def _known_units(declarations: Declarations, context: Context) -> dict[str, Unit]:
    """The units of the decisions; enters those of decisions, switches and time in the checker."""
    units = {each.name: decision_unit(each, context) for each in declarations.decisions}
    known = context.checker.known
    known.update({name: unit.dimension for name, unit in units.items()})
    known.update({f"{switch}.on": DIMENSIONLESS for switch in declarations.switches})
    known[TIME_NAME] = context.checker.time
    return units


def _check_costs(declarations: Declarations, costs: dict[str, Text], units: dict[str, Unit], context: Context) -> None:
    for declaration in declarations.decisions:
        text = costs.get(declaration.name)
        if text is not None:
            wanted = cost_dimension(declaration, units[declaration.name], context.checker.time)
            found = text.dimension(context, report=True)
            what = f"the cost of one unit of `{declaration.name}`"
            context.checker.must_be(text.read.node, wanted, found, text.read.site, what)


def _decisions(
    declarations: Declarations, units: dict[str, Unit], costs: dict[str, Text], clock: Clock, context: Context
) -> tuple[Decision, ...]:
    every = period_steps(declarations.plan.every, "plan", clock, context, otherwise=clock.steps)
    made = []
    for declaration in declarations.decisions:
        cost = costs.get(declaration.name)
        expression = None if cost is None else cost.expression
        made.append(read_decision(declaration, units[declaration.name], clock, every, expression, context))
    return tuple(made)
