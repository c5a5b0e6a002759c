"""The model file that answers make: every line with what it means, and with why it is a range where nobody knew."""

from __future__ import annotations

import math

from leverwise.model.interview.guesses import FEWEST_FOR_NETWORK, Answers, Known, ranged
from leverwise.model.interview.levers import lever_lines
from leverwise.model.interview.lines import Line, assumed, entry, quoted, section

STEP, COARSE_STEP, COARSE = 0.5, 1.0, 120
"""Months in a step, for horizons up to so many months and beyond."""
PERIODS = ((6, 1), (48, 3), (120, 6), (math.inf, 12))
"""Up to which horizon decisions are made every how many months."""
MOST_TIMES = {"each": 5, "free": 20}
"""The most that anybody wants, against what one wants at one unit of competent quality."""


def page(name: str, known: Answers) -> str:
    """The file's text. `known` has an entry for every question that is asked."""
    make, deal, who = (quoted(known[key].text) for key in ("make", "deal", "who"))
    units = [make] if _copies(known) == "each" else [make, deal]
    sections = (
        [
            Line("# Made by `leverwise new` from answers to its questions. Every line may be changed."),
            Line("# `a guess`: nobody knew, so the range is wide on purpose. Find out, and narrow it."),
            Line("# `assumed`: this was not asked; it is usual, or follows from the answers."),
            Line("leverwise: 1"),
            Line(f"model: {quoted(name)}"),
            Line(f"about: What {known['who'].text} and the levers within reach can make of the work."),
        ],
        [
            Line(f"units: [{', '.join(units)}]"),
            Line("time:"),
            assumed(1, "step", f"{_step(known):g} months"),
            entry(1, "horizon", known["horizon"], "how far ahead to look"),
            Line("money:"),
            entry(1, "start", known["money"], "to begin with"),
            entry(1, "overhead", known["overhead"], "what it costs to keep going at all"),
            entry(1, "income", known["income"], "what comes in whatever happens"),
        ],
        [
            Line(f"principal: {who}"),
            Line("people:"),
            Line(f"  {who}:"),
            entry(2, "hours", known["hours"], "of work, all in all"),
            Line("    talent:", "1 is a competent professional, 0.7 or less is mediocre"),
            assumed(3, quoted(known["core"].text), "1.5 to 3", "nobody can replace this"),
            *(assumed(3, quoted(task), "0.8 to 1.2") for task in known["others"].chosen),
            Line("      chores: 1"),
        ],
        _work(known),
        _market(known),
        [Line("impact: deals", "what counts; `net_income` would count the money that is left instead")],
        lever_lines(known, network=_has_network(known)),
        [Line(f"plan: {{every: {_every(known)} months, objective: mean, confidence: 90 %}}")],
    )
    return "\n".join(section(lines) for lines in sections if lines)


def _work(known: Answers) -> list[Line]:
    core, each = known["core"].text, _copies(known) == "each"
    lines = [
        Line("work:"),
        Line(f"  makes: {quoted(known['make'].text)}"),
        entry(1, "copies", known["copies"], "each is used up by one buyer" if each else "one serves everyone"),
        *([] if each else [assumed(1, "life", "12 to 36 months", "how long one stays on offer")]),
        entry(1, "chores", known["chores"], "what must be done before the work"),
        Line("  tasks:", known["others"].note),
        Line(f"    {quoted(core)}:"),
        entry(3, "effort", known[f"effort {core}"]),
        Line(f"      only: {quoted(known['who'].text)}"),
    ]
    for task in known["others"].chosen:
        lines += [Line(f"    {quoted(task)}:"), entry(3, "effort", known[f"effort {task}"])]
    return lines


def _market(known: Answers) -> list[Line]:
    deal, make, copies = known["deal"].text, known["make"].text, _copies(known)
    scale = _scale(known["worth"])
    most = MOST_TIMES[copies] * (known["rate"].high if known["rate"].high > 0 else 1.0)
    spread, toll = (ranged(0.1 * scale, share * scale, f"$/{deal}") for share in (0.3, 0.4))
    wanted = "wanted in a month by one who knows" + (f", at one {make} on offer" if copies == "free" else "")
    members = [entry(1, "members", known["members"], "of those the members")] if _has_network(known) else []
    return [
        Line("market:"),
        entry(1, "people", known["people"], "who could ever care"),
        entry(1, "recognise", known["recognise"], "who know the work now"),
        *members,
        assumed(1, "forget", "2 to 6 %/month", "who forget again"),
        assumed(1, "word of mouth", "1 to 5 %/month", "who are told by one who would buy"),
        entry(1, "rate", known["rate"], wanted),
        assumed(1, "most", ranged(most, most, f"{deal}/month/person"), "the most that anybody could want"),
        Line("  worth:"),
        entry(2, "mean", known["worth"], "to those who want it"),
        assumed(2, "spread", spread, "how that differs between people"),
        entry(1, "price", known["price"]),
        Line("  toll:"),
        assumed(2, "start", toll, "what dealing with a stranger costs beside the price"),
        Line("  trust:"),
        assumed(2, "start", "30 % to 60 %", "how far people trust the name now"),
    ]


def _scale(worth: Known) -> float:
    """The size of what a deal is worth: of a range above 0 the middle of its orders of magnitude."""
    if worth.low > 0:
        return math.sqrt(worth.low * worth.high)
    return max(abs(worth.low), abs(worth.high), 0.01)


def _copies(known: Answers) -> str:
    return known["copies"].text


def _has_network(known: Answers) -> bool:
    return "community" in known["levers"].chosen and known["people"].low > FEWEST_FOR_NETWORK


def _step(known: Answers) -> float:
    return STEP if known["horizon"].high <= COARSE else COARSE_STEP


def _every(known: Answers) -> int:
    return next(every for most, every in PERIODS if known["horizon"].high <= most)
