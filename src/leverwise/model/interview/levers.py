"""The section `levers` that answers make: each lever that somebody can think of, with what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from leverwise.model.document import plain_name
from leverwise.model.interview.guesses import Answers, fresh, ranged
from leverwise.model.interview.lines import Line, assumed, entry, quoted

NAMES = {
    "people": "team",
    "machine": "machine",
    "advertising": "ads",
    "name": "name",
    "community": "community",
    "invention": "invention",
    "shows": "shows",
}
"""What a lever is called in the file, unless a task or a unit is called so."""
TIPPING = (0.002, 0.05)
"""The tipping point as a share of the people who could care: a guess of the order of magnitude."""


def lever_lines(known: Answers, *, network: bool) -> list[Line]:
    """The section; empty without levers. Without `network` there are too few people for a community."""
    taken = {known[key].text for key in ("who", "core", "make", "deal")} | set(known["others"].chosen)
    lines = [Line("levers:")]
    for choice, name in NAMES.items():
        if choice not in known["levers"].chosen:
            continue
        if choice == "community" and not network:
            lines.append(Line("  # so few people need no community: that lever is left out"))
            continue
        if choice == "people" and not known["others"].chosen and known["chores"].high <= 0:
            lines.append(Line("  # there is neither other work nor chores: a team is left out"))
            continue
        lines += [Line(f"  {quoted(fresh((name, f'our_{name}'), taken))}:"), *_LEVERS[choice](known)]
    if all(line.text.startswith("  #") for line in lines[1:]):
        return []
    note = known["levers"].note
    return [Line(lines[0].text, note), *lines[1:]]


def _people(known: Answers) -> list[Line]:
    tasks = ", ".join(map(quoted, (*known["others"].chosen, "chores")))
    return [
        Line("    delegation:"),
        Line(f"      tasks: [{tasks}]"),
        entry(3, "at most", known["at most"]),
        entry(3, "wage", known["wage"], "for each"),
        assumed(3, "alignment", "70 % to 90 %", "the share of their work that serves the aim"),
    ]


def _machine(known: Answers) -> list[Line]:
    return [
        Line("    capital:"),
        entry(3, "price", known["machine"]),
        assumed(3, "life", "3 to 7 years"),
        Line(f"      task: {quoted(known['core'].text)}"),
        entry(3, "saves", known["saves"], "of the hours that it takes"),
    ]


def _advertising(known: Answers) -> list[Line]:
    return [Line("    capital:"), entry(3, "paid", known["advertising"], "for one more person who knows")]


def _name(known: Answers) -> list[Line]:
    return [Line("    brand: {}", "trust is earned by work that keeps its promise")]


def _community(known: Answers) -> list[Line]:
    people = known["people"].low
    low, high = (max(least, share * people) for least, share in zip((1, 2), TIPPING, strict=True))
    return [
        Line("    network:"),
        assumed(3, "tipping", ranged(low, high, "people"), "members above which it grows by itself"),
        assumed(3, "invite", "4 to 8 %/month", "brought by each member"),
        assumed(3, "churn", "10 to 15 %/month", "who leave while it is small"),
    ]


def _invention(known: Answers) -> list[Line]:
    core = known["core"].text
    return [
        Line("    technology:"),
        entry(3, "difficulty", known["invention"], "on average; nobody knows beforehand"),
        Line("      multiplies:"),
        assumed(4, quoted(f"{plain_name(core)}.effort"), "0.5 to 0.9", f"what is left of the hours of {core}"),
    ]


def _shows(known: Answers) -> list[Line]:
    return [
        Line("    attention:"),
        entry(3, "reach", known["shows"]),
        assumed(3, "supporters", "80 % to 95 %", "whom a polarised message would win"),
        assumed(3, "opponents", "20 % to 50 %", "how much opponents spread the word"),
    ]


_LEVERS: Mapping[str, Callable[[Answers], list[Line]]] = {
    "people": _people,
    "machine": _machine,
    "advertising": _advertising,
    "name": _name,
    "community": _community,
    "invention": _invention,
    "shows": _shows,
}
