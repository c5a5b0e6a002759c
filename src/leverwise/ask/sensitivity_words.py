"""What indices say, in sentences: the headline, what to be careful with, and how to read them."""

from __future__ import annotations

from collections.abc import Sequence

from leverwise.ask.caveats import heavy_tail
from leverwise.ask.indices import Index
from leverwise.ask.measuring import Measured, ordered
from leverwise.ask.scenarios import inputs_of
from leverwise.ask.swaps import Input
from leverwise.ask.words import count_of, listing, number, percent
from leverwise.lang.system import System

WIDE = 0.1
"""An interval that reaches further than this to either side is called wide."""
TOLD = 0.01
"""Shares below this are not worth a word in the headline."""
MOST = 0.5
"""From this share on, one input is most of it."""
TOLD_OF = 3
"""Inputs that the headline names."""
MEANT = 3
"""Inputs of which the meaning is told."""
ALL = 0.995
"""From this share on, it is all of it."""
MOST_BEFORE = 2
"""Inputs that the headline names for what they do together with others."""
APART = 0.05
"""What inputs do together is told in the headline from this share on."""


def headline(found: Measured, words: str) -> str:
    """Which inputs carry the output, by what they do by themselves; correlated ones by shares that add up."""
    of, main = found.output.words, found.main
    if found.by_orders is not None:
        of, main = f"the order of magnitude of {of}", found.by_orders
    shares = _shares(found)
    clear = [(each, float(i.value[main])) for each, i in shares if i.low[main] > 0 and i.value[main] >= TOLD]
    top = sorted(clear, key=lambda pair: -pair[1])
    before = f"With {words}, " if words else ""
    if not top:
        most = ordered(found.swaps.inputs, found, main)[0]
        share = percent(float(found.total(most.total).value[main]))
        return (
            f"{before}no input by itself explains what is unsure about {of}: it comes from inputs acting together, "
            f"`{most.name}` before all, which has a part in {share} of it."
        )
    if top[0][1] >= ALL:
        return f"{before}{'a' if before else 'A'}ll that is unsure about {of} comes from `{top[0][0].name}`."
    told = [f"`{each.name}` ({percent(share)})" for each, share in top]
    first = "most of what is unsure" if top[0][1] >= MOST else "what is unsure"
    text = f"{before}{first} about {of} comes {'' if top[0][1] >= MOST else 'first of all '}from {told[0]}"
    if len(told) > 1:
        text += f", then from {listing(told[1:TOLD_OF], 2)}"
    text += "" if found.swaps.groups else " by itself" if len(told) == 1 else ", each by itself"
    text += _with_others(found, [each for each, _ in top[:TOLD_OF]], main)
    named = {each.name for each, _ in top[:TOLD_OF]}
    if any(len(named.intersection(group.names)) > 1 for group in found.swaps.groups if not group.parts):
        text += "; as they are correlated, these shares overlap"
    together = 1 - float(found.alone.value[main])
    if not found.swaps.groups and together > APART:
        text += f"; {percent(together)} comes from inputs acting together"
    return text[:1].upper() + text[1:] + "."


def _with_others(found: Measured, told: Sequence[Input], place: int) -> str:
    """Which inputs come before those that are told once what inputs do together counts, as it does in the table."""
    if found.swaps.groups:
        return ""
    order, chosen = list[Input](), [each.name for each in told]
    for each in ordered(found.swaps.inputs, found, place):
        if each.name in chosen and order:
            total = [(other, found.total(other.total)) for other in order[:MOST_BEFORE]]
            parts = [f"`{other.name}` ({percent(float(index.value[place]))})" for other, index in total]
            comes = "comes" if len(parts) == 1 else "come"
            return f"; with what inputs do together, {listing(parts)} {comes} before `{each.name}`"
        if each.name not in chosen and found.total(each.total).low[place] > 0:
            order.append(each)
    return ""


def _shares(found: Measured) -> list[tuple[Input, Index]]:
    """What each input does by itself; of a group that was shared out, its Shapley effect."""
    effects: dict[str, Index] = {}
    for group in found.swaps.groups:
        if group.parts:
            effects |= zip(group.names, found.effects(dict(group.parts)), strict=True)
    return [(each, effects.get(each.name, found.first(each.first))) for each in found.swaps.inputs]


def warnings(found: Measured) -> list[str]:
    """Samples without a number, wide intervals, and a mean that few samples carry."""
    said = []
    lost = found.samples - float(found.sums.counted[found.main])
    if lost >= 1:
        said.append(
            f"{found.output.words} is not a number in some run of {percent(lost / found.samples)} of the samples, "
            "which are left out."
        )
    place = found.main if found.by_orders is None else found.by_orders
    wide = [_reach(found.total(each.total), place) for each in found.swaps.inputs if found.moves(each)]
    widest = max(wide, default=0.0)
    if widest > WIDE:
        wanted, base = found.samples * (widest / (WIDE / 2)) ** 2, count_of(found.samples, "base sample")
        said.append(
            f"shares are known to {number(100 * widest, 2)} points only, with {base}; "
            f"about {number(wanted, 2)} would bring that to {number(100 * WIDE / 2)}."
        )
    if found.by_orders is not None:
        return [
            *said,
            *heavy_tail(found.output.words, found.told),
            f"large samples make most of the variance of {found.output.words} itself, so that shares of it (table "
            "`indices`) say less than those of its order of magnitude.",
        ]
    return [*said, *heavy_tail(found.output.words, found.told)]


def _reach(index: Index, place: int) -> float:
    return float(index.high[place] - index.low[place]) / 2


def notes(found: Measured, system: System) -> tuple[str, ...]:
    """How to read the shares, and which inputs do nothing, or nothing that can be told."""
    place = found.main if found.by_orders is None else found.by_orders
    said = [_meaning(each, system) for each in ordered(found.swaps.inputs, found, place)[:MEANT] if found.moves(each)]
    moving = [each for each in found.swaps.inputs if found.moves(each)]
    still = [each.name for each in found.swaps.inputs if not found.moves(each)]
    chance = [each.name for each in moving if bool(found.first(each.first).zero[place])]
    said.append(
        "Shares are those of the variance that go with an input by itself, and (with others) also in whatever it does "
        "together with other inputs. "
        f"Made of {found.samples:,} base samples, {found.runs:,} runs."
    )
    if chance:
        which = "does by itself" if len(chance) == 1 else "do by themselves"
        said.append(f"At this number of samples, what {listing(chance, 3)} {which} can't be told from nothing.")
    if still:
        said.append(
            f"{len(still)} inputs change nothing here: {listing(still, 3)}."
            if len(still) > 1
            else f"`{still[0]}` changes nothing here."
        )
    if found.swaps.groups:
        parts = any(group.parts for group in found.swaps.groups)
        said.append(
            "Of a correlated input, what goes along with it counts as its own by itself, and with others only what is "
            "left of it when all others are known (Kucherenko's indices): so shares do not add up. As a group, "
            "correlated inputs are one input like any other"
            + (", whose share Shapley effects share out: these add up, and the headline tells them." if parts else ".")
        )
    return tuple(said)


def _meaning(each: Input, system: System) -> str:
    """What an input is, and what range it was given by whom."""
    if each.row is None:
        return f"`{each.name}` is what is drawn afresh in each step."
    value = inputs_of(system)[each.row]
    whose = ", a default" if value.origin.default else ""
    about = value.origin.about.rstrip(".")
    return f"`{each.name}` is {value.text}{whose}{about and ': ' + about[:1].lower() + about[1:]}."
