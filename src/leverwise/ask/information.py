"""What is worth finding out before acting: by how much impact would grow if an input were known when choosing.

It is the worth of perfect information, more than any study gives, and so told as "up to".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from leverwise.ask import caveats
from leverwise.ask.alternatives import Levels
from leverwise.ask.answer import Answer, Chart, Row
from leverwise.ask.charts import axis
from leverwise.ask.commands import command, in_a_file
from leverwise.ask.informed import Information, informed
from leverwise.ask.knowing import Worth
from leverwise.ask.numbers import estimate, known
from leverwise.ask.planning.sizes import is_random
from leverwise.ask.schedules import Plan, called, listed, span
from leverwise.ask.sides import NOTHING, USE
from leverwise.ask.studies import in_words, named, studies, study_rows
from leverwise.ask.switching import Along, along, chart, switch_rows
from leverwise.ask.switching import in_words as where_words
from leverwise.ask.words import listing, number, percent, quantity, spoken, with_error

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

DRAWN = 2
"""Inputs along which what is best is drawn."""
BARS = 12
LARGE = 0.25
"""Share of the largest worth above which its error is told to be large."""
Plans = Plan | Sequence[Plan]


def information(
    model: Model,
    samples: int,
    seed: int,
    *,
    plan: Plans | None = None,
    levels: Levels | None = None,
    study: Mapping[str, str | float] | Sequence[str] = (),
    progress: Progress | None = None,
) -> Answer:
    """What each uncertain input is worth to be found out before choosing what to do.

    `plan` is the plan (a file, `nothing` or `use`), else one is made; several plans, or `levels` of decisions such as
    `{"q": [10, 20]}`, are the choice themselves. `study` says what finding out costs, as `{"demand": "$5k"}` or
    `["demand=$5k"]`. Gives
    tables information (input, evppi, se), pairs, alternatives, switches, studies; numbers impact (of what is best
    without knowing), evpi, and cash_shadow_price where there is one. Raises NoAnswerError if nothing is uncertain or
    nothing can be chosen, ModelError for studies and levels that are none.
    """
    begun, compiled = perf_counter(), model.engine.compile_seconds
    system = model.system
    asked = studies(system, study)
    plans = listed(plan)
    found = informed(model, samples, seed, plans=plans, levels=levels, progress=progress)
    cost = [found.of(each.inputs) for each in asked]
    followed = [along(found.inputs[k], found.choice, k) for k in found.sure[:DRAWN]]
    told = [each for place, each in enumerate(followed) if not place or len(each.stretches) > 1]
    size, unit = system.impact_unit.factor, system.impact_unit.text
    everything, best = found.choice.everything, found.choice.impact[found.choice.best]
    numbers = {
        "impact": estimate(best, system.impact_unit),
        "evpi": known(everything.value / size, unit, everything.error / size),
    }
    if found.price and found.among.price is not None and unit != "$":
        numbers["cash_shadow_price"] = found.among.price
    rows = study_rows(system, asked, cost, found.price)
    warnings = [*model.warnings, *found.among.warnings, *caveats.not_finite("impact", best), *_warnings(found)]
    warnings += [*caveats.heavy_tail("impact", best / size), *caveats.defaults(system)]
    compiling = model.engine.compile_seconds - compiled
    return Answer(
        question="information",
        headline=_headline(found, told),
        model=system.name,
        sha256=model.sha256,
        next=_next(model, found, rows, plans),
        numbers=numbers,
        rows={
            "information": found.rows(),
            "studies": rows,
            "pairs": found.pair_rows(),
            "switches": switch_rows(told, found.names),
            "alternatives": found.alternative_rows(),
        },
        charts=[*_bars(found), *(chart(each, found.among.each, found.choice.best, system) for each in told)],
        warnings=caveats.unique(warnings),
        provenance=model.provenance(seed, samples, {"compile": compiling, "run": perf_counter() - begun - compiling}),
        units={"time": system.clock.unit.text},
        notes=_notes(found, told, rows),
    )


def _headline(found: Information, told: Sequence[Along]) -> str:
    names, best = found.names, found.choice.best
    if not found.sure:
        text = f"Nothing here is worth finding out first: whatever any one input turns out to be, {names[best]} stays "
        text += f"the best of {len(names)} things to do over {span(found.system)}"
        rest = found.choice.everything
        return text + (f"; knowing all of them would bring up to {_told(found, rest)}." if rest.sure else ".")
    k = found.sure[0]
    what, where = _told(found, found.worth[k]), where_words(told[0], found.among.each, best)
    if not found.matters:
        text = f"Next to nothing here is worth finding out first: {_called(found, k)}, which is worth most, would bring"
        return f"{text} up to {what}, where {names[best]} makes {_made(found)}."
    text = f"Finding out {_called(found, k)} is worth up to {what} before you act"
    return text + (f": {where} than {names[best]}." if where else ".")


def _made(found: Information) -> str:
    """What is made without knowing anything."""
    made = estimate(found.choice.impact[found.choice.best], found.system.impact_unit)
    return quantity(made.mean, made.unit)


def _called(found: Information, k: int) -> str:
    return f"`{named(found.inputs[k])}`"


def _told(found: Information, worth: Worth) -> str:
    """A worth in dollars, if that can be said, and in impact with its error."""
    size, unit = found.system.impact_unit.factor, found.system.impact_unit.text
    made = with_error(worth.value / size, worth.error / size, unit or "")
    if unit == "$" or not found.price:
        return made if unit else f"{made} of impact"
    return f"{quantity(worth.value / size / found.price, '$')} ({made or 'impact'})"


def _next(model: Model, found: Information, rows: Sequence[Row], plans: Sequence[Plan]) -> str:
    if not found.matters:
        return command("robust", model, _best_file(found, plans))
    wanted = found.sure[0]
    if rows and rows[0]["net"] is not None and rows[0]["net"] > 0:
        wanted = [named(each) for each in found.inputs].index(str(rows[0]["study"]).split(" ")[0])
    value, name = found.inputs[wanted], named(found.inputs[wanted])
    joined = {each for a, b, _ in model.system.correlations for each in (a, b)}
    if value.name in joined or (value.origin.mechanism and not value.origin.lever):
        return command("plan", model)  # set, it would not tell of others; the enterprise's own names are not the file's
    others = {path: text for path, text in model.settings.items() if path.rpartition(".")[2] != name}
    return command("plan", replace(model, settings=others)) + f" --set '{name}=WHAT YOU FIND'"


def _best_file(found: Information, plans: Sequence[Plan]) -> Plan | None:
    """Of the plans that were given, files alone, the one that is best without finding anything out, else the first."""
    files = {called(plan): plan for plan in plans if plan not in (NOTHING, USE) and in_a_file(plan)}
    return files.get(found.names[found.choice.best], next(iter(files.values()), None))


def _bars(found: Information) -> list[Chart]:
    """What each input is worth, under what everything is worth."""
    size, unit = found.system.impact_unit.factor, found.system.impact_unit.text
    rows: list[Row] = [
        {
            "label": spoken(named(found.inputs[k])),
            "value": found.worth[k].value / size,
            "low": max(0.0, (found.worth[k].value - 2 * found.worth[k].error) / size),
            "high": (found.worth[k].value + 2 * found.worth[k].error) / size,
        }
        for k in found.ordered[:BARS]
        if found.worth[k].value > 0
    ]
    if not rows:
        return []
    caption = "What knowing each input before acting would add to impact; lines span two standard errors on each side. "
    caption += "The rule is what knowing everything would add."
    limit = found.choice.everything.value / size
    title = "what is worth finding out"
    return [Chart("information", "bars", title, caption, rows, "", axis("impact", unit), marks=[(limit, "everything")])]


def _notes(found: Information, told: Sequence[Along], rows: Sequence[Row]) -> tuple[str, ...]:
    names = found.names
    notes = []
    if found.sure:
        notes.append(f"Without finding anything out, {names[found.choice.best]} is best.")
        for each in told[1:]:
            if where := where_words(each, found.among.each, found.choice.best):
                notes.append(f"If {spoken(named(each.value))} were known: {where} than {names[found.choice.best]}.")
        notes.append(f"Knowing everything would bring up to {_told(found, found.choice.everything)}.")
        if len(found.sure) < len(found.inputs):
            count = len(found.inputs) - len(found.sure)
            notes.append(f"Of the {len(found.inputs)} uncertain inputs, {count} would change nothing that is sure.")
    notes += _together(found)
    notes += _on_studies(rows)
    return (*notes, *found.among.notes)


def _together(found: Information) -> list[str]:
    """Two inputs that are worth much more together than apart."""
    rows = []
    for (a, b), worth in found.pairs.items():
        apart = found.worth[a].value + found.worth[b].value
        beyond, errors = worth.value - apart, [each.error for each in (worth, found.worth[a], found.worth[b])]
        if beyond > 2 * float(np.linalg.norm(errors)) and beyond > 0.1 * apart:
            rows.append((beyond, a, b, worth))
    if not rows:
        return []
    _, a, b, worth = max(rows, key=lambda row: row[0])
    both = f"{_called(found, a)} and {_called(found, b)}"
    return [f"{both} are worth more together than apart: up to {_told(found, worth)} if both are found out."]


def _on_studies(rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    if all(row["evppi"] <= 2 * row["se"] for row in rows):
        known = "what it finds out" if len(rows) == 1 else "what any of them finds out"
        which = "The study is not" if len(rows) == 1 else "No study here is"
        return [f"{which} worth what it costs: {known} would change nothing that is sure about what to do."]
    if rows[0]["net"] is None:
        ordered = ", then ".join(in_words(row) for row in rows)
        return [f"What a dollar is worth in impact is not known here; by what studies bring per dollar: {ordered}."]
    worth = [row for row in rows if row["net"] > 0]
    if not worth:
        return ["No study is worth what it costs, even if it told everything about its input."]
    told = [f"{in_words(row)} (up to {quantity(row['net'], '$')} more than it costs)" for row in worth]
    rest = [in_words(row) for row in rows if row["net"] <= 0]
    text = f"Learn first: {listing(told, 6)}."
    return [text + (f" Not worth what it costs: {listing(rest, 6)}." if rest else "")]


def _warnings(found: Information) -> list[str]:
    system, said = found.system, []
    said.append("a study never tells everything, so that what it is worth is less than what is told here.")
    if found.sure and found.among.price is not None and not found.price:
        said.append(
            "what one more dollar brings can not be told from nothing here, so that worth is told in impact alone."
        )
    if system.aim.kind != "mean":
        said.append("worth is told by the mean of impact, though the plan aims at something else.")
    if is_random(replace(system, values=())):
        said.append("knowing everything includes fresh noise, which nobody can find out beforehand.")
    joined = {name for a, b, _ in system.correlations for name in (a, b)}
    if names := [f"`{named(found.inputs[k])}`" for k in found.sure if found.inputs[k].name in joined]:
        said.append(
            f"{listing(names)} tell something of what they are correlated with, and that counts as worth of theirs."
        )
    if found.matters:
        worth = found.worth[found.sure[0]]
        if worth.error > LARGE * worth.value:
            samples = found.choice.impact.shape[1]
            wanted = samples * (worth.error / (LARGE * worth.value)) ** 2
            said.append(
                f"worth is known roughly: about {number(wanted, 2)} samples would bring the error to {percent(LARGE)}."
            )
    return said
