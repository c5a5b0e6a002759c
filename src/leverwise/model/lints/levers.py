"""Levers that can never pay: nobody can afford them, they end nowhere, or they come too late."""

from __future__ import annotations

from collections.abc import Iterator

from leverwise.errors import Lint, Position
from leverwise.lang.reach import aims
from leverwise.lang.system import names_in
from leverwise.model.document import Mapping, follow, plain_name
from leverwise.model.facts import texts_of
from leverwise.model.lints.sheet import Sheet

HOPELESS = 10.0
"""An invention that takes so many times all hours there are succeeds in less than a tenth of the samples."""


def useless_levers(sheet: Sheet) -> Iterator[Lint]:
    """For each lever, why it can't pay; and decisions of the author's own that change nothing."""
    for lever, mechanism in sheet.source.levers.items():
        node = _node(sheet, lever)
        found = [*_too_dear(sheet, lever, mechanism)]
        if mechanism == "technology":
            found += [*_unused_targets(sheet, lever, node), *_too_hard(sheet, lever, node)]
        elif mechanism == "capital":
            found += [*_frees_too_much(sheet, lever)]
        elif mechanism == "delegation":
            found += [*_nothing_to_do(sheet, lever, node)]
        yield from found or _no_effect(sheet, lever)
    for decision in sheet.system.decisions:
        if not decision.origin.lever and not sheet.helps(frozenset({decision.name})):
            yield Lint(
                "no effect",
                f"impact does not depend on the decision `{decision.name}`",
                "a plan would leave it at nothing",
                "let an equation that impact depends on read it, or leave it out",
                sheet.place("decisions", decision.name),
            )


def reachable_money(sheet: Sheet) -> float | None:
    """The most money that there could ever be: cash, credit, income, and everybody buying all that they could want.

    None in a model without money, or with levers that bring money of their own.
    """
    other = next((item for item in sheet.system.auxiliaries if item.name == "other_income"), None)
    if other is None or any(names_in(other.value)):
        return None
    start = sheet.high("cash_start") - sheet.low("cash_floor") + sheet.high("credit")
    deals = sheet.high("price") * sheet.high("most") * sheet.high("reachable") * sheet.whole
    changed = {"price", "most", "reachable", "income"} - sheet.values.keys()
    return None if changed else start + max(0.0, sheet.high("income")) * sheet.whole + deals


def _too_dear(sheet: Sheet, lever: str, mechanism: str) -> Iterator[Lint]:
    """A first unit that costs more than all money there could ever be."""
    money = reachable_money(sheet)
    parts = {"capital": ("price", "rent"), "delegation": ("wage", "hiring_cost", "onboarding_cost")}.get(mechanism, ())
    known = [f"{lever}.{part}" for part in parts if sheet.ends(f"{lever}.{part}")]
    if money is None or not known or any(f"{lever}.{part}.given" in sheet.values for part in parts):
        return
    costs = [sheet.low(name) for name in known]
    least = min(costs) if mechanism == "capital" else sum(costs)
    given = next((name for name in known if sheet.given(name)), "")
    if given and least > money and not sheet.high(f"{lever}.now"):
        first = "the first unit" if mechanism == "capital" else "the first month of one person"
        yield Lint(
            "too dear",
            f"{first} of `{lever}` costs at least ${least:,.0f}, more than the ${money:,.0f} that there could ever be",
            "it is never bought, counting credit and everybody who could care buying all they could want",
            "raise `money.start` or `credit`, or look for a slip in the price",
            sheet.declared[given].value.at,
        )


def _unused_targets(sheet: Sheet, lever: str, node: Mapping | None) -> Iterator[Lint]:
    targets = node.get("multiplies") if node is not None else None
    for key, _ in targets.entries if isinstance(targets, Mapping) else ():
        name = plain_name(key.text)
        if name in sheet.read and not sheet.helps(frozenset({name})):
            yield Lint(
                "no effect",
                f"the lever `{lever}` multiplies `{key.text}`, on which impact does not depend",
                "the invention would change nothing",
                "multiply a number that impact depends on, or let impact depend on this one",
                key.at,
            )


def _too_hard(sheet: Sheet, lever: str, node: Mapping | None) -> Iterator[Lint]:
    difficulty = f"{lever}.difficulty"
    people = [name for name in sheet.values if name.endswith(".hours") and not sheet.declared[name].origin.lever]
    hours = sum(sheet.high(name) for name in people)
    for item in texts_of(node.get("staff")) if node is not None else ():
        team = plain_name(item.text)
        hours += sheet.high(f"{team}.at_most") * sheet.high(f"{team}.hours")
    given = sheet.given(difficulty)
    if given is not None and sheet.low(difficulty) > HOPELESS * hours * sheet.horizon:
        yield Lint(
            "too hard",
            f"`{given.called}` is more than {HOPELESS:g} times all hours that there are until the horizon",
            "even with every hour in it, fewer than one sample in ten would see the invention",
            f"there are {hours * sheet.horizon:.3g} hours: look for a slip, or lengthen the horizon",
            given.value.at,
        )


def _frees_too_much(sheet: Sheet, lever: str) -> Iterator[Lint]:
    """Hours freed beyond those that chores, managing and training could ever take."""
    teams = [name for name, mechanism in sheet.source.levers.items() if mechanism == "delegation"]
    spent = sheet.high("chores")
    for team in teams:
        most = sheet.high(f"{team}.at_most")
        spent += sheet.high(f"{team}.managing") * min(most, sheet.high(f"{team}.span", most))
        spent += sheet.high(f"{team}.hours") * sheet.high(f"{team}.training") * most
    name = f"{lever}.frees"
    given = sheet.given(name)
    if given is not None and sheet.low(name) > spent:
        yield Lint(
            "frees too much",
            f"`{given.called}` is more than the {spent:.3g} hours a month that chores and managing could ever take",
            "hours that nobody spends there can't be freed, and the rest is paid for nothing",
            "lower it, or raise `work.chores` if there are more of them",
            given.value.at,
        )


def _nothing_to_do(sheet: Sheet, lever: str, node: Mapping | None) -> Iterator[Lint]:
    """A team for chores alone, where there are none."""
    tasks = texts_of(node.get("tasks")) if node is not None else ()
    chores = [item for item in tasks if item.text == "chores"]
    if chores and len(chores) == len(tasks) and sheet.high("chores") <= 0:
        yield Lint(
            "no effect",
            f"the team `{lever}` may do chores alone, and there are none",
            "its wages would buy nothing",
            "give it a task of the work, or say how many hours of `work.chores` there are",
            chores[0].at,
        )


def _no_effect(sheet: Sheet, lever: str) -> Iterator[Lint]:
    """A lever that takes, but gives nothing that impact depends on."""
    groups = (sheet.system.values, sheet.system.decisions, sheet.system.stocks, sheet.system.auxiliaries)
    own = frozenset(item.name for group in groups for item in group if item.origin.lever == lever)
    if not sheet.helps(own | {f"{lever}.on"}):
        what = ", ".join(f"`{name}`" for name in sorted(aims(sheet.system))[:3]) or "nothing"
        yield Lint(
            "no effect",
            f"nothing that impact depends on is changed by the lever `{lever}`",
            f"it takes money or hours, and impact, which reads {what}, gains nothing by it",
            "leave it out, or let impact depend on what it is good for",
            _place(sheet, lever),
        )


def _node(sheet: Sheet, lever: str) -> Mapping | None:
    """What stands under the lever's mechanism."""
    found = follow(sheet.source.document, ("levers", lever, sheet.source.levers[lever]))
    return found if isinstance(found, Mapping) else None


def _place(sheet: Sheet, lever: str) -> Position | None:
    return sheet.place("levers", lever)
