"""Lengths of time that do not fit each other: lags beyond the horizon, periods beyond it."""

from __future__ import annotations

from collections.abc import Iterator

from leverwise.errors import Lint, ModelError
from leverwise.lang.decisions import first_open, nearest_starts, opens_late
from leverwise.lang.declarations import Written
from leverwise.lang.system import Call, Expression, walk
from leverwise.model.lints.sheet import Sheet
from leverwise.model.quantities import ends
from leverwise.units import amount

_SLACK = 1e-9


def odd_times(sheet: Sheet) -> Iterator[Lint]:
    """Periods and lags that are longer than what is looked at."""
    yield from _periods(sheet)
    yield from _beginning(sheet)
    yield from _lags(sheet)
    yield from _delays(sheet)


def _periods(sheet: Sheet) -> Iterator[Lint]:
    declarations = sheet.source.declarations
    texts = [("`plan.every`", declarations.plan.every)]
    texts += [(f"`every` of the decision `{each.name}`", each.every) for each in declarations.decisions]
    unit = sheet.system.clock.unit
    for what, text in texts:
        if text is None:
            continue
        try:
            length = ends(Written(text.text), unit.text)[0] * unit.factor
        except ModelError:
            continue
        if length > sheet.horizon * (1 + _SLACK):
            yield Lint(
                "period",
                f"{what} is longer than the horizon, `{text.text.strip()}`",
                "there is one decision for the whole time, and nothing can be changed on the way",
                "shorten it, to a twelfth of the horizon, say",
                text.at,
            )


def _beginning(sheet: Sheet) -> Iterator[Lint]:
    """Planning that begins within a period of what is planned."""
    text, system = sheet.source.declarations.plan.begins, sheet.system
    late = [each for each in system.decisions if not each.frozen and opens_late(each, system.clock, system.aim.begins)]
    once = [each for each in late if each.periods == 1]
    again = [each for each in late if each.periods > 1]
    if text is not None and once:
        yield Lint(
            "period",
            f"`{once[0].name}` is decided once, at the start, but planning begins later, from `{text.text.strip()}`",
            "so it can't be planned, and stays as it is at the start",
            "give it an `every`, or freeze it",
            text.at,
        )
    if text is not None and again:
        length = again[0].steps_per_period * system.clock.step / system.clock.unit.factor
        around = nearest_starts(system.aim.begins, system.clock, again[0].steps_per_period, again[0].periods)
        last = first_open(again[0], system.clock, system.aim.begins) is None
        yield Lint(
            "period",
            f"planning begins within a period of `{again[0].name}`, from `{text.text.strip()}`",
            f"it is decided every {amount(length, system.clock.unit.text)}, and stays as it was "
            f"{'to the end' if last else 'until the next'}",
            f"let `plan.from` be a multiple of `every`: {around}",
            text.at,
        )


def _lags(sheet: Sheet) -> Iterator[Lint]:
    """Hires and deliveries that come after the end."""
    for lever, mechanism in sheet.source.levers.items():
        name = {"delegation": f"{lever}.fill_time", "capital": f"{lever}.delivery"}.get(mechanism, "")
        declared = sheet.declared.get(name)
        if declared is None or sheet.low(name) < sheet.horizon:
            continue
        late = "a position takes as long to fill" if mechanism == "delegation" else "a purchase takes as long to come"
        yield Lint(
            "too late",
            f"{late} as the horizon is long, in the lever `{lever}`",
            "nearly all of its effect comes after the time that is planned for",
            "lengthen `time.horizon`, or shorten the lag if it is too long",
            declared.value.at if sheet.given(name) else sheet.place("time", "horizon"),
        )


def _delays(sheet: Sheet) -> Iterator[Lint]:
    """Fixed delays of the author's own that outlast the run."""
    own = {each.name: each for each in sheet.source.declarations.equations if not each.origin.mechanism}
    for item in sheet.system.auxiliaries:
        if item.name in own and any(_lag(part) >= sheet.whole for part in walk(item.value)):
            yield Lint(
                "too late",
                f"`{item.name}` waits for what comes after the end of the run",
                "until then a fixed delay gives its start value, so nothing that goes in ever comes out",
                "shorten the delay, or lengthen `time.horizon`",
                own[item.name].terms[0].value.at,
            )


def _lag(part: Expression) -> float:
    if isinstance(part, Call) and part.function == "delay_fixed":
        return float(str(part.static[1]))
    return 0.0
