"""Pages of the documentation that are made from data: the mechanism files, and the table of functions.

`python -m leverwise.model.reference docs` writes them anew into that folder. Nothing here is written by hand that the
files themselves say; a test compares the pages with what is made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from leverwise.errors import LeverwiseError
from leverwise.lang.distributions import DISTRIBUTIONS
from leverwise.lang.functions import FUNCTIONS
from leverwise.lang.latex import latex, terms
from leverwise.lang.latex import name as roman
from leverwise.lang.syntax import parse
from leverwise.model.document import Scalar
from leverwise.model.fields import YES, flag
from leverwise.model.mechanism import Mechanism, Parameter, built_in, built_in_names
from leverwise.model.shape import is_always_required
from leverwise.units import Units

EXAMPLES = {
    "attention": "talks: {attention: {reach: 5 to 30 people/hour, supporters: 85 %, opponents: 0.3}}",
    "brand": "name: {brand: {}}",
    "capital": (
        "studio: {capital: {price: $250k, life: 7 years, task: sound, saves: 30 % to 50 %}}\n"
        "limo:   {capital: {rent: $8k/month, frees: 20 hours/month}}\n"
        "media:  {capital: {paid: $5/person, scale: $10k/month}}"
    ),
    "delegation": (
        "crew: {delegation: {tasks: [sound, chores], at most: 4 people, wage: $5k/month, alignment: 70 % to 95 %}}"
    ),
    "network": "fan club: {network: {tipping: 300 to 3k people, invite: 9 to 14 %/month, churn: 15 %/month}}",
    "technology": (
        "method: {technology: {difficulty: 300 to 2000 hours, multiplies: {sound.effort: 0.7}}}\n"
        "craft:  {technology: {form: stream, pace: 1 to 3 %/month, multiplies: {writing.effort: 0.8}}}"
    ),
}
"""Levers of each built-in mechanism, as an author writes them."""

_LONG = 70
"""Characters of an expression up to which its equation stands on one line."""
BEGIN, END = "<!-- made by `python -m leverwise.model.reference` -->", "<!-- end of what is made -->"
_KINDS = {
    "members": "list of members of `{of}`",
    "member": "one member of `{of}`",
    "coefficients": "`{{name: factor}}`",
    "choice": "one of {choices}",
}


class Item(Protocol):
    """What an equation, stock, decision or contribution has in common."""

    @property
    def when(self) -> Sequence[Scalar] | None:
        """Conditions on parameters."""

    @property
    def source(self) -> Scalar | None:
        """Key of a source."""


def mechanisms_page() -> str:
    """`mechanisms.md`: how to read the pages of the mechanisms, and what there are."""
    names = built_in_names()
    rows = [(f"[{title}](mechanisms/{name}.md)", _line(built_in(name).about)) for name, title in _titles(names)]
    parts = [
        "# Mechanisms",
        "What each kind of lever takes, decides, computes and rests on. These pages are made from the files in "
        "`src/leverwise/mechanisms` by `python -m leverwise.model.reference docs`; do not edit them.",
        _table(("", "what it is"), rows),
        "## How to read them",
        "Under *how*, **required** means that the author must give it; *default* is an assumption with "
        "a source, which answers count and name; *else* stands in without being one; a parameter with neither is "
        "optional, and what needs it is absent without it. A part of a unit in brackets is understood and may be left "
        "out: `wage: $5k/month` means per person. `{make}` and `{deal}` are the model's own units of work and deals. "
        "In expressions of your own a space in a name is `_`, a lever's own names come first, and outside the lever "
        "they are written with its name: `crew.wage`. In the equations names stand as they are spoken, and what they "
        "belong to stands below them.",
        "[The published figures](notebooks/published.md) that they reproduce, and "
        "[each lever at work](notebooks/levers.md), are computed anew whenever these pages are built.",
    ]
    toctree = "\n".join(["```{toctree}", ":hidden:", "", *(f"mechanisms/{name}" for name in ("base", *names)), "```"])
    return "\n\n".join([*parts, toctree]) + "\n"


def mechanism_page(name: str) -> str:
    """`mechanisms/NAME.md`: one mechanism, or the enterprise (`base`), with all that its file says."""
    mechanism = built_in(name)
    return "\n\n".join(_enterprise(mechanism) if name == "base" else _mechanism(mechanism)) + "\n"


def _titles(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    yield "base", "The enterprise"
    for each in names:
        yield each, each.capitalize()


def functions_table() -> str:
    """The part of `language.md` that lists distributions and functions."""
    lines = ["| function | meaning | for example |", "|---|---|---|"]
    for each in FUNCTIONS.values():
        shown = ", ".join(f"`{text}` is {value:.6g}" for text, value in each.examples)
        lines.append(f"| `{each.signature}` | {each.about} | {shown} |")
    return "\n".join(lines)


def distributions_list() -> str:
    """The distributions' signatures, one per line."""
    return "\n".join(f"    {signature}" for signature in DISTRIBUTIONS.values())


def with_parts(page: str) -> str:
    """A page with its marked parts, of which there are two in `language.md`, made anew. Raises LeverwiseError."""
    made = (distributions_list(), functions_table())
    pieces = page.split(BEGIN)
    if len(pieces) != len(made) + 1 or any(END not in piece for piece in pieces[1:]):
        raise LeverwiseError(f"the page must have {len(made)} parts between `{BEGIN}` and `{END}`")
    new = [f"{BEGIN}\n\n{text}\n\n{END}" + piece.split(END, 1)[1] for text, piece in zip(made, pieces[1:], strict=True)]
    return pieces[0] + "".join(new)


def _mechanism(mechanism: Mechanism) -> Iterator[str]:
    yield f"# {mechanism.name.capitalize()}"
    notes = [_line(mechanism.about)]
    if mechanism.single is not None and mechanism.single.text.lower() in YES:
        notes.append("A model has at most one such lever.")
    if mechanism.member_of is not None:
        notes.append(f"Each such lever is a member of the set `{mechanism.member_of}`.")
    notes += _checks(mechanism)
    yield " ".join(notes)
    yield "As an author writes it:"
    yield "```yaml\n" + EXAMPLES[mechanism.name] + "\n```"
    yield (
        f"[What it does](../notebooks/levers.md#{mechanism.name}) to an enterprise, and "
        f"[the figures that it reproduces](../notebooks/published.md#{mechanism.name}), run when the site is built."
    )
    yield from _body(mechanism)


def _enterprise(base: Mechanism) -> Iterator[str]:
    yield "# The enterprise"
    yield _line(base.about)
    yield "Sums and products to which levers contribute (*ports*):"
    rows = [(f"`{name}`", port.combine.text, _unit(port.unit), _line(port.about)) for name, port in base.ports.items()]
    yield _table(("port", "combined by", "unit", "meaning"), rows)
    yield " ".join(_checks(base))
    yield from _body(base)


def _checks(mechanism: Mechanism) -> Iterator[str]:
    """What must hold between parameters, if anything must."""
    must = [f"`{check.require}`" for check in mechanism.checks if check.require and not flag(check.warn)]
    odd = [f"`{check.require}`" for check in mechanism.checks if check.require and flag(check.warn)]
    if must:
        yield "Must hold at the middle of all ranges: " + ", ".join(must) + "."
    if odd:
        yield "A warning where it does not hold: " + ", ".join(odd) + "."


def _body(mechanism: Mechanism) -> Iterator[str]:
    yield "## Parameters"
    rows = [
        (f"`{parameter.path or name}`", _unit(parameter.unit, parameter), _how(parameter), _meaning(parameter))
        for name, parameter in mechanism.parameters.items()
    ]
    yield _table(("parameter", "unit", "how", "meaning"), rows)
    if mechanism.decisions:
        yield "## Decisions"
        rows = []
        for name, choices in mechanism.decisions.items():
            for item in choices:
                marks = [f"{item.low} to {item.high}" if item.high else f"from {item.low}"]
                marks += ["whole"] * bool(item.whole) + ["bought at a period's start"] * bool(item.lump)
                marks += ["hours of the principal"] * bool(item.hours)
                marks += ["kept after the horizon"] * (item.after is not None and item.after.text == "hold")
                marks += [f"costs `{item.costs}`"] if item.costs and item.costs.text != "1" else []
                rows.append((f"`{name}`", _unit(item.unit), ", ".join(marks) + _when(item), _line(item.about)))
        yield _table(("decision", "unit", "bounds", "meaning"), rows)
    yield from _listed("Stocks", _stocks(mechanism))
    yield from _listed("Equations", _equations(mechanism))
    yield from _listed("Contributes to", _contributions(mechanism))
    yield from _listed("Measures", _measures(mechanism))
    yield from _listed("Sources", [f"- **{key}**: {_line(text)}" for key, text in _items(mechanism.sources)])


def _stocks(mechanism: Mechanism) -> Iterator[str]:
    for name, many in mechanism.stocks.items():
        for item in many:
            yield f"**`{name}`** ({_unit(item.unit)}). {_line(item.about)}{_cited(item)}{_when(item)}"
            yield _equation(rf"\frac{{d\,{_symbol(name)}}}{{dt}}", item.change)
            yield _equation(rf"{_symbol(name)}(0)", item.start)


def _equations(mechanism: Mechanism) -> Iterator[str]:
    for name, many in mechanism.equations.items():
        for item in many:
            yield f"**`{name}`** ({_unit(item.unit)}). {_line(item.about)}{_cited(item)}{_when(item)}"
            yield _equation(_symbol(name), item.value)


def _contributions(mechanism: Mechanism) -> Iterator[str]:
    for item in mechanism.contributes:
        yield f"To **`{item.to}`**{_when(item)}"
        yield _equation("", item.value)


def _measures(mechanism: Mechanism) -> Iterator[str]:
    for name, many in mechanism.measures.items():
        for item in many:
            yield f"**`{name}`** ({_unit(item.unit)}). {_line(item.about)}"
            yield _equation(_symbol(name), item.value)


def _equation(left: str, value: Scalar | None) -> str:
    """What is written as an expression, as LaTeX; a long sum takes a line for each term."""
    text = _line(value).replace("{make}", "unit").replace("{deal}", "deal")
    tree = parse(text, Units(("unit", "deal")).words)
    lines = [latex(tree)]
    if len(text) > _LONG:
        first, *rest = terms(tree)
        lines = [rf"{'&' * bool(rest)}{first}", *(rf"&\quad {each}" for each in rest)]
    shown = f"{left} {'&' * (len(lines) > 1)}= {lines[0].lstrip('&')}" if left else lines[0]
    if len(lines) > 1:
        shown = "\\begin{split}\n" + " \\\\\n".join([shown, *lines[1:]]) + "\n\\end{split}"
    return f"```math\n{shown}\n```"


def _symbol(text: str) -> str:
    """A name on the left of an equation, such as `camp_trust[camp]`."""
    bare, _, rest = text.partition("[")
    return roman(bare, tuple(each.strip() for each in rest.rstrip("]").split(",") if each.strip()))


def _listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    text = "\n\n".join(lines)
    if text:
        yield f"## {title}"
        yield text


def _how(parameter: Parameter) -> str:
    choices = ", ".join(f"`{choice}`" for choice in parameter.of or ())
    of = parameter.of[0].text if parameter.of else ""
    words = [_KINDS[parameter.sort].format(of=of, choices=choices)] if parameter.sort in _KINDS else []
    if parameter.default is not None:
        words.append(f"default `{parameter.default}`")
    elif parameter.neutral is not None:
        words.append(f"else `{parameter.neutral}`")
    if is_always_required(parameter) or (parameter.required and all(_is_yes(each) for each in parameter.required)):
        words.append("**required**")
    elif parameter.required:
        words.append(f"**required** if {_conditions(parameter.required)}")
    if parameter.low is not None or parameter.high is not None:
        words.append(_limits(parameter))
    if parameter.when:
        words.append(f"only if {_conditions(parameter.when)}")
    return ", ".join(words) or "optional"


def _limits(parameter: Parameter) -> str:
    if parameter.low is None or parameter.high is None:
        return f"at least {parameter.low}" if parameter.low is not None else f"at most {parameter.high}"
    return f"{parameter.low} to {parameter.high}"


def _conditions(texts: Iterable[Scalar]) -> str:
    words = []
    for text in texts:
        name, _, choice = text.text.removeprefix("not ").partition("=")
        verb = "is not" if text.text.startswith("not ") else "is"
        value = f"`{choice.strip()}`" if choice else "given"
        words.append(f"`{name.strip().replace('_', ' ')}` {verb} {value}")
    return " and ".join(words)


def _when(item: Item) -> str:
    texts = [text for text in item.when or () if not _is_yes(text)]
    return f" *(only if {_conditions(texts)})*" if texts else ""


def _is_yes(text: Scalar) -> bool:
    return text.text.lower() in YES


def _meaning(parameter: Parameter) -> str:
    return _line(parameter.about) + _cited(parameter)


def _cited(item: Item) -> str:
    return f" [{_line(item.source)}]" if item.source is not None else ""


def _unit(unit: Scalar | None, parameter: Parameter | None = None) -> str:
    if unit is None or unit.text == "1":
        return "number" if parameter is None or parameter.sort in ("quantity", "bound") else ""
    text = unit.text
    for word in (parameter.understood or ()) if parameter is not None else ():
        text = text.replace(f"/{word}", f"(/{word})") if f"/{word}" in text else text.replace(f"{word}", f"({word})", 1)
    return f"`{text}`"


def _items(sources: Mapping[str, Scalar] | None) -> Iterable[tuple[str, Scalar]]:
    return (sources or {}).items()


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _line(text: Scalar | None) -> str:
    return " ".join(text.text.split()) if text is not None else ""


def write(folder: Path) -> None:
    """Write the pages of a `docs` folder anew."""
    (folder / "mechanisms.md").write_text(mechanisms_page(), encoding="utf-8")
    (folder / "mechanisms").mkdir(exist_ok=True)
    for name in ("base", *built_in_names()):
        (folder / "mechanisms" / f"{name}.md").write_text(mechanism_page(name), encoding="utf-8")
    page = folder / "language.md"
    page.write_text(with_parts(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
