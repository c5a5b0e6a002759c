"""What stands in the file and does nothing: numbers that nothing reads, units and sets that nothing names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leverwise.errors import Lint, Position
from leverwise.lang.reach import behind
from leverwise.model.document import Mapping, Node, Scalar, Sequence, plain_name
from leverwise.model.lints.sheet import Sheet
from leverwise.units import forms

_WORD = re.compile(r"[^\W\d]\w*")
_NAME = re.compile(r"[^\W\d][\w.]*")
_PROSE = ("about", "model", "source")


def unused(sheet: Sheet) -> Iterator[Lint]:
    """Numbers, series, units and sets that are of no use."""
    yield from _numbers(sheet)
    yield from _words(sheet)


def _numbers(sheet: Sheet) -> Iterator[Lint]:
    limits, mentioned = _limits(sheet), _mentioned(sheet)
    needed = behind(mentioned, sheet.read) | sheet.needed
    series = [(each.name, each.at) for each in sheet.source.declarations.series]
    given = [(name, each.value.at) for name, each in sheet.declared.items() if sheet.given(name)]
    for name, at in (*given, *series):
        if at is None or name in needed or at in limits or (name not in sheet.values and name not in sheet.read):
            continue
        declared = sheet.declared.get(name)
        called = (declared.called if declared else "") or name
        readers = [reader for reader, names in sheet.read.items() if name in names]
        lone = f"only `{readers[0]}` reads it, on which impact does not depend" if readers else "nothing reads it"
        hint = "leave it out, or name it in an equation that impact depends on"
        if declared is not None and declared.origin.mechanism:
            lone, hint = "nothing in this model reads it", "leave it out, or add the lever that it is for"
        yield Lint(
            "unused", f"`{called}` does not matter: {lone}", "a guess at it, good or bad, changes no impact", hint, at
        )


def _limits(sheet: Sheet) -> set[Position | None]:
    """Where the limits of decisions stand."""
    decisions = sheet.source.declarations.decisions
    return {text.at for each in decisions for text in (each.low, each.high, each.start) if text is not None}


def _mentioned(sheet: Sheet) -> set[str]:
    """What the plan, the clock and the decisions name, which are no equations."""
    declarations = sheet.source.declarations
    plan, time = declarations.plan, declarations.time
    texts = [plan.objective, *plan.subject_to, plan.every, plan.confidence, plan.budget, *plan.react, plan.begins]
    texts += [time.step, time.horizon, time.tail]
    for each in declarations.decisions:
        texts += [each.low, each.high, each.start, each.every, *(text for pair in each.use for text in pair)]
    return {name for text in texts if text is not None for name in _NAME.findall(text.text)}


def _words(sheet: Sheet) -> Iterator[Lint]:
    document = sheet.source.document
    if not isinstance(document, Mapping) or any(path.suffix != ".csv" for path in sheet.source.beside):
        return  # A mechanism file of the author's own may name them.
    said: set[str] = set()
    for section in ("units", "sets"):
        said = {word for key, node in document for word in _said(key, node) if key != section}
        for name, at in _listed(document.get(section)):
            words = forms(name) if section == "units" else (name,)
            if not said & set(words):
                yield Lint(
                    "unused",
                    f"nothing in the model counts in `{name}`" if section == "units" else f"nothing runs over `{name}`",
                    "what is declared and not used is often misspelt where it is used",
                    f"leave it out of `{section}`, or look where it was meant",
                    at,
                )


def _listed(node: Node | None) -> Iterator[tuple[str, Position]]:
    if isinstance(node, Sequence):
        yield from ((item.text, item.at) for item in node.items if isinstance(item, Scalar))
    if isinstance(node, Mapping):
        yield from ((plain_name(key.text), key.at) for key, _ in node.entries)


def _said(key: str, node: Node) -> Iterator[str]:
    """Every word of a part of the file that is no prose."""
    if key in _PROSE:
        return
    yield from _WORD.findall(plain_name(key))
    if isinstance(node, Scalar):
        yield from (*_WORD.findall(plain_name(node.text)), *_WORD.findall(node.text))
    for inner, value in node if isinstance(node, Mapping) else ():
        yield from _said(inner, value)
    for item in node.items if isinstance(node, Sequence) else ():
        yield from _said("", item)
