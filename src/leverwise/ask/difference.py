"""What made the difference, in words: the headline, and what the numbers mean."""

from __future__ import annotations

from leverwise.ask.coalitions import EXACT, MOST
from leverwise.ask.contributions import Found, Made
from leverwise.ask.leverage import ROUNDING
from leverwise.ask.words import count_of, listing, number, percent, quantity, spoken

MANY = 0.5
"""From so many orders of magnitude on shares are told in per cent, below as factors."""
WILD = 1.5
"""Beyond this a share is no part of a whole, as others take away: then factors are told, too."""
TOLD = 0.01
"""Shares below this are not named."""
NAMED = 6
LARGE = 0.05
"""The share from which it is told where it comes from."""


def headline(found: Found, words: str) -> str:
    """How much there is to share, who made it, and who did most for each other. `words` follow `with`."""
    if no_difference(found):
        return f"With {words}, the levers make no difference: impact is what it is alone."
    best = next((pair for pair in found.together if pair.value.mean > 0 and pair.surely(found.scale.strong)), None)
    help = (
        f"; {best.called} do most for each other: together they make {found.scale.beside(best.value.mean)}"
        if best
        else ""
    )
    return f"With {words}, {_shared(found)}{help}."


def no_difference(found: Found) -> bool:
    """Whether nothing was made by anybody."""
    return abs(found.scale.total) <= ROUNDING and all(abs(one.shapley.mean) <= ROUNDING for one in found.made)


def _shared(found: Found) -> str:
    scale = found.scale
    if scale.orders:
        whole = f"of {number(scale.total, 2)} {scale.unit} ({{}})"
        compared = f"typically {number(scale.times(scale.total))} times what is made alone"
    else:
        made, alone = quantity(scale.place(scale.total), scale.unit), quantity(scale.alone, scale.unit)
        whole, compared = "impact is {}; of the difference", f"{made}, and alone {alone}"
    many = scale.total >= MANY if scale.orders else scale.total > 0
    shares = [(one, one.shapley.mean / scale.total) for one in found.made] if many else []
    if not shares or max(abs(share) for _, share in shares) > WILD:
        up = _parts(found, [one for one in found.made if one.shapley.mean >= scale.seen], scale.verbs[0])
        down = _parts(found, [one for one in reversed(found.made) if one.shapley.mean <= -scale.seen], scale.verbs[1])
        parts = "; ".join(filter(None, (up, down)))
        return f"impact is {compared}" + (f": {parts}" if parts else "")
    gave = [(one.called, percent(share)) for one, share in shares if share >= TOLD]
    took = [(one.called, percent(-share)) for one, share in reversed(shares) if share <= -TOLD]
    text = f"{whole.format(compared)} {_listed(gave, 'made')}"
    return f"{text}; {_listed(took, 'took away')}" if took else text


def notes(found: Found, *, fewer: bool, rules: bool) -> tuple[str, ...]:
    """What stands out, what the numbers mean, and on how many runs they rest.

    `fewer`: if the number of samples was left open; `rules`: if decisions react.
    """
    what, many = "lever" if found.single else "mechanism", len(found.made) > 1
    said = [*_borrowed(found), *_alike(found)] if many else []
    if many:
        said.append(
            f"A share is a Shapley value: what a {what} adds, on average over every order in which they could be "
            "switched on; so no order counts more than another, and the shares add up to the whole."
        )
    if found.together:
        does = "multiplies impact by" if found.scale.orders else "adds"
        said.append(
            f"What two do for each other goes half to each share. At 0 each {does} as much as it would without the "
            "other (apart); above, each helps the other; below, they do in part the same."
        )
    if found.made:
        said.append(
            f"Where a {what} is off, what is decided for the others stays as it is{', but for rules' * rules}: money "
            "and hours that this frees are not used otherwise."
        )
    idle = found.players.idle
    if idle:
        changes = "changes" if len(idle) == 1 else "change"
        said.append(f"Not used here, and {changes} nothing: {listing([spoken(lever) for lever in idle], 12)}.")
    return (*said, *_runs(found, what, fewer=fewer))


def _borrowed(found: Found) -> list[str]:
    """Of those that made much: which of them would make little by themselves, and with whom they make it."""
    said = []
    for one in found.made:
        partner = _partner(found, one)
        if partner and one.borrowed and one.shapley.mean >= max(found.scale.seen, LARGE * found.scale.total):
            alone = found.scale.would(one.own)
            said.append(f"By itself {one.called} {alone}: most of its share comes of what it does with {partner}.")
    return said


def _partner(found: Found, one: Made) -> str:
    for pair in found.together:
        if one.name in (pair.first, pair.second) and pair.value.mean > 0 and pair.surely(found.scale.seen):
            return spoken(pair.second if pair.first == one.name else pair.first)
    return ""


def _alike(found: Found) -> list[str]:
    """Who stands in for whom most."""
    worst = found.together[-1] if found.together else None
    if worst is None or worst.value.mean >= 0 or not worst.surely(found.scale.strong):
        return []
    both, less = f"{worst.called[:1].upper()}{worst.called[1:]}", found.scale.beside(worst.value.mean)
    return [f"{both} stand in for each other most: together they make {less}."]


def _runs(found: Found, what: str, *, fewer: bool) -> list[str]:
    count, samples = len(found.made), found.players.samples(None)
    if not found.players.exact:
        return [
            f"More than {EXACT} {what}s are in use: not all combinations were run, but two opposite orders, drawn anew "
            "in each sample, whose chance is in the errors. What two do for each other is left out: ask without "
            "`--levers`."
        ]
    if fewer and samples < MOST and count > 1:
        return [
            f"Each of the {1 << count:,} combinations ran on {count_of(samples, 'sample')}; `--samples` asks for more."
        ]
    return []


def _parts(found: Found, some: list[Made], verb: str) -> str:
    """Several and what each does: `a multiplies it by 3, b by 2`, or `a adds $3k and b $2k`."""
    first, _, rest = verb.rpartition(" ") if found.scale.orders else (verb, "", "")
    said = [(one.called, f"{rest} {found.scale.size(one.shapley.mean)}".strip()) for one in some]
    return _listed(said, first)


def _listed(said: list[tuple[str, str]], verb: str) -> str:
    """Names and what follows each, with a verb after the first name."""
    words = [" ".join([name, *([] if k else [verb]), rest]) for k, (name, rest) in enumerate(said)]
    return listing(words, NAMED)
