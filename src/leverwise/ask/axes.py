"""The axes of a map: an input of the model, and the values that it takes, as text and as numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.commands import as_typed
from leverwise.ask.map_mesh import FINER
from leverwise.ask.words import quantity, spoken
from leverwise.errors import ModelError, Problem
from leverwise.model.document import plain_name

if TYPE_CHECKING:
    from leverwise.ask.model import Model

POINTS, MOST_POINTS = 5, 24
WIDE = 5.0
"""Ratio of the ends of a range beyond which its points have equal ratios, if both ends are positive."""
DIGITS = 3
"""A point between the ends has so many digits, or more where its neighbours are near."""
FINE = 0.02
"""Share of the gap to a neighbour by which rounding may move a point."""
EXAMPLE = (
    "write, for example, 'money.start=$50k..$500k' (in single quotes, as a shell takes `$`), or values with commas"
)
SUFFIXES = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9}
QUANTITY = re.compile(
    r"(?P<sign>[-+]?)\s*(?P<dollar>\$?)\s*(?P<digits>\d[\d_]*(?:\.\d+)?|\.\d+)(?P<power>[eE][-+]?\d+)?"
    r"\s*(?P<suffix>[kKMB](?![^\W\d]))?\s*(?P<unit>[^\W\d%].*|[%$/].*)?"
)
DISTINCT = 1e-9
SECTIONS = (
    *("people", "work", "tasks", "market", "levers", "values", "decisions", "stocks", "equations", "plan"),
    *("delegation", "capital", "brand", "network", "technology", "attention"),
)
"""Parts of a path that a sentence leaves out."""

Asked = str | Mapping[str, str | Sequence[str | float]]


@dataclass(frozen=True)
class Axis:
    """One input and its values, in the unit in which they are written, the smallest first."""

    name: str
    """`x` or `y`."""
    path: str
    """As for `--set`."""
    values: tuple[float, ...]
    unit: str
    log: bool
    """Whether neighbours have equal ratios rather than equal differences."""
    ranged: bool = False
    """Whether values between these may be looked at, too: it was asked for by its ends."""

    @property
    def spoken(self) -> str:
        """What the input is called in a sentence: `starting money`, `talent for writing`, `fan club churn`."""
        *owners, last = self.path.split(".")
        if "talent" in owners:
            return f"talent for {spoken(last)}"
        named = spoken(" ".join(part for part in owners if part not in SECTIONS))
        if last == "start" and owners:
            return f"starting {named or spoken(owners[-1])}"
        return f"{named} {spoken(last)}".strip()

    @property
    def title(self) -> str:
        """For a chart: what it is, in what unit, and how it is spaced."""
        more = ", ".join(filter(None, (self.unit, "log scale" if self.log and len(self.values) > 2 else "")))
        return f"{self.spoken} ({more})" if more else self.spoken

    def text(self, value: float) -> str:
        """A value as it is set: exact, with its unit."""
        if self.unit.startswith("$"):
            return f"{'-' if value < 0 else ''}${abs(value):.15g}{self.unit[1:]}"
        return f"{value:.15g}{' ' if self.unit else ''}{self.unit}"

    def told(self, value: float) -> str:
        """A value for a sentence."""
        return quantity(value, self.unit)

    def between(self, k: int) -> float:
        """What lies in the middle between value `k` and the next."""
        return self.middle(self.values[k], self.values[k + 1])

    def middle(self, low: float, high: float) -> float:
        """What lies in the middle between two values."""
        return float(np.sqrt(low * high)) if self.log else (low + high) / 2

    @property
    def place(self) -> int:
        """Which number of a place on the map it is: 0 for x, 1 for y."""
        return "xy".index(self.name)

    @property
    def finer(self) -> int:
        """Steps of the lattice from one value to the next."""
        return FINER if self.ranged and len(self.values) > 1 else 1

    @cached_property
    def lattice(self) -> tuple[float, ...]:
        """Every value that may be looked at: these, and where they come from a range some between them."""
        if self.finer == 1:
            return self.values
        parts = [_points(*ends, self.finer + 1, self.log)[:-1] for ends in pairwise(self.values)]
        return (*(value for part in parts for value in part), self.values[-1])

    def at(self, step: float) -> float:
        """The value at a step of the lattice or half-way to the next."""
        known, k = self.lattice, int(step)
        return known[k] if step == k else self.middle(known[k], known[k + 1])

    def along(self, steps: Array) -> Array:
        """The values at any steps of the lattice."""
        known = np.asarray(self.lattice)
        place = np.arange(len(known))
        if self.log:
            return np.asarray(np.exp(np.interp(steps, place, np.log(known))))
        return np.asarray(np.interp(steps, place, known))

    def ends(self) -> tuple[float, float]:
        """Where a picture begins and ends: at the ends of a range, else half a step beyond the values."""
        low, high = self.values[0], self.values[-1]
        if len(self.values) == 1:
            return low - 0.5, high + 0.5
        if self.ranged:
            return low, high
        inner = self.between(0), self.between(len(self.values) - 2)
        if self.log:
            return low * low / inner[0], high * high / inner[1]
        return 2 * low - inner[0], 2 * high - inner[1]

    def every(self, step: int) -> Axis:
        """The same with every so many values of the lattice."""
        return replace(self, values=self.lattice[::step], ranged=False)


def axis_of(name: str, asked: Asked, points: int) -> Axis:
    """An axis as it was asked for: `path=low..high`, `path=low to high`, `path=a,b,c`, or {path: values}.

    Raises ModelError if it is neither, or if its ends stand the wrong way round.
    """
    path, given = _parted(name, asked)
    if isinstance(given, str):
        ends = re.split(r"\s*\.\.\s*|\s+to\s+", given.strip())
        texts = ends if len(ends) > 1 else [each.strip() for each in given.split(",")]
    else:
        ends, texts = [], [each if isinstance(each, str) else f"{each:.15g}" for each in given]
    shown = f"--{name} {path}={given if isinstance(given, str) else ','.join(texts)}"
    if len(ends) > 2 or not all(texts):
        raise _wrong(shown, "is no range of values", EXAMPLE)
    values, unit = _quantities(shown, texts)
    if len(ends) == 2:
        low, high = values
        if not low < high:
            raise _wrong(shown, "must end above where it begins", f"write {texts[1]}..{texts[0]}" * (low > high))
        return Axis(name, path, tuple(_points(low, high, points, _wide(values))), unit, _wide(values), ranged=True)
    if len(values) == 1:
        raise _wrong(
            shown,
            "has one value, and a map needs a range or several",
            f"write both ends, such as {path}={texts[0]}..{_double(texts[0])}",
        )
    if len(set(values)) < len(values):
        raise _wrong(shown, "names a value twice", "")
    if len(values) > MOST_POINTS:
        raise _wrong(shown, f"names {len(values)} values; {MOST_POINTS} are allowed", "")
    return Axis(name, path, tuple(sorted(values)), unit, len(values) > 1 and _wide(sorted(values)))


def fail_if_same(axes: Sequence[Axis]) -> None:
    """Raise ModelError if two axes vary the same input."""
    if len(axes) == 2 and plain_name(axes[0].path) == plain_name(axes[1].path):
        path = axes[0].path
        raise ModelError(Problem(f"--x and --y both vary `{path}`", None, "vary two different inputs, or only --x"))


def fail_if_not_numbers(model: Model, axes: Sequence[Axis]) -> None:
    """Raise ModelError if an axis varies nothing that is in the model, or something else than numbers in it."""
    for axis in axes:
        first, last = (_set(model, axis, value) for value in (axis.values[0], axis.values[-1]))
        if _plain(first.system) == _plain(last.system):
            message = f"--{axis.name}: `{axis.path}` makes no difference to the model"
            raise ModelError(Problem(message, None, "it may be a text, or an entry that nothing reads"))
        near_last = _set(model, axis, axis.values[-2])
        if near_last.engine.layout.key != last.engine.layout.key:
            message = f"--{axis.name}: `{axis.path}` changes the equations themselves, not only a number in them"
            raise ModelError(Problem(message, None, "a map varies inputs: numbers, money, shares"))


def _plain(system: Any) -> tuple[Any, ...]:
    values = tuple((value.name, value.distribution) for value in system.values)
    equations = (system.stocks, system.auxiliaries, system.measures, system.impact, system.final)
    return (values, system.correlations, system.decisions, *equations, system.discount, system.aim, system.clock)


def _set(model: Model, axis: Axis, value: float) -> Model:
    """The model at one value. Raises ModelError in the words of the option that was typed."""
    try:
        return model.with_settings({axis.path: axis.text(value)})
    except ModelError as error:
        typed = as_typed(error).problems
        said = [Problem(f"--{axis.name} {axis.path}: {each.message}", None, each.hint) for each in typed]
        raise ModelError(said[:1]) from None


def _parted(name: str, asked: Asked) -> tuple[str, str | Sequence[str | float]]:
    if isinstance(asked, Mapping):
        if len(asked) != 1:
            raise _wrong(f"--{name}", "varies one input", EXAMPLE)
        ((path, given),) = asked.items()
        return path.strip(), given
    path, equals, given = asked.partition("=")
    if not equals or not path.strip() or not given.strip():
        raise _wrong(f"--{name} {asked}", "has no range of values", EXAMPLE)
    return path.strip(), given.strip()


def _quantities(shown: str, texts: Sequence[str]) -> tuple[list[float], str]:
    """Numbers and the unit that they share; a unit that is written once stands for all."""
    found = []
    for text in texts:
        matched = QUANTITY.fullmatch(text.strip())
        if matched is None:
            raise _wrong(shown, f"must be made of numbers, and `{text}` is none", EXAMPLE)
        digits = float(matched["digits"].replace("_", "") + (matched["power"] or ""))
        value = (-1 if matched["sign"] == "-" else 1) * digits * SUFFIXES[matched["suffix"] or ""]
        found.append((value, (matched["dollar"] + (matched["unit"] or "")).strip()))
    units = list(dict.fromkeys(unit for _, unit in found if unit))
    if len(units) > 1:
        raise _wrong(shown, f"is written in two units, {units[0]} and {units[1]}", "write all of it in one")
    return [value for value, _ in found], units[0] if units else ""


def _double(text: str) -> str:
    """Twice a quantity, written as it was; `b` where that is no larger."""
    found = QUANTITY.fullmatch(text.strip())
    if found is None or found["sign"] == "-" or not float(found["digits"].replace("_", "")):
        return "b"
    twice = 2 * float(found["digits"].replace("_", "") + (found["power"] or ""))
    return (
        f"{found['dollar']}{twice:.15g}{text.strip()[found.end('power') if found['power'] else found.end('digits') :]}"
    )


def _wide(values: Sequence[float]) -> bool:
    return values[0] > 0 and values[-1] > WIDE * values[0]


def _points(low: float, high: float, points: int, log: bool) -> list[float]:
    """Points from low to high, those between them rounded."""
    exact = np.geomspace(low, high, points) if log else np.linspace(low, high, points)
    gap = float(np.min(np.diff(exact) / np.maximum(np.abs(exact[1:]), DISTINCT)))
    digits = max(DIGITS, int(np.ceil(-np.log10(FINE * gap))))
    return [low, *(float(f"{value:.{digits}g}") for value in exact[1:-1]), high]


def _wrong(shown: str, what: str, hint: str) -> ModelError:
    return ModelError(Problem(f"{shown}: it {what}", None, hint))


def default_axes(model: Model, points: int) -> list[Axis]:
    """Money at the start and the principal's talent for the main task, where the model has them.

    Raises ModelError if it has neither.
    """
    from leverwise.ask.reading import entry

    asked: list[str] = []
    start = next((value for value in model.system.values if value.name == "cash_start"), None)
    if start is not None:
        now = _middle(start)
        asked.append(f"money.start=${now / 10:.15g}..${now * 10:.15g}" if now > 0 else "money.start=$10k..$1M")
    principal = entry(model.origin, model.settings, "principal")
    ability, own = re.compile(re.escape(plain_name(principal)) + r"\.(.+)\.ability"), {}
    weights = {value.name: _middle(value) for value in model.system.values if value.name.endswith(".weight")}
    for value in model.system.values:
        if principal and (found := ability.fullmatch(value.name)) and found[1] != "chores":
            own[found[1]] = weights.get(f"{found[1]}.weight", 1.0)
    if own:
        asked.append(f"people.{principal}.talent.{max(own, key=lambda task: own[task])}=0.5..4")
    if not asked:
        raise ModelError(
            Problem(
                "this model has no money to start with and no principal, so a map must be told which inputs to vary",
                None,
                "add --x 'INPUT=LOW..HIGH', and --y for a second one",
            )
        )
    return [axis_of(name, text, points) for name, text in zip("xy", asked, strict=False)]


def _middle(value: Any) -> float:
    found = value.distribution
    if found.family == "constant":
        return float(found.parameters[0])
    return float(np.exp(found.parameters[0])) if found.family == "lognormal" else 0.0
