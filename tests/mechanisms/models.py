"""Small models that exercise one mechanism each, and what tests need to read them."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

import leverwise

Array = np.ndarray

ATELIER: dict[str, Any] = {
    "leverwise": 1,
    "model": "atelier",
    "about": "Somebody writes songs that anybody may hear.",
    "units": ["song", "listen"],
    "time": {"step": "0.5 months", "horizon": "6 months", "tail": "2 months"},
    "money": {"start": "$200k", "overhead": "$2k/month", "discount": "5 %/year"},
    "principal": "star",
    "people": {"star": {"hours": "160 to 200 hours/month", "talent": {"writing": 2, "chores": 1}}},
    "work": {
        "makes": "song",
        "copies": "free",
        "life": "18 months",
        "chores": "20 hours/month",
        "tasks": {"writing": {"effort": "30 to 60 hours/song"}},
    },
    "market": {
        "people": "1M to 3M people",
        "recognise": "20k people",
        "forget": "3 %/month",
        "word of mouth": "2 %/month",
        "rate": "0.02 listens/month/person/song",
        "most": "60 listens/month/person",
        "worth": {"mean": "$0.02/listen", "spread": "$0.01/listen"},
        "price": "$0.004/listen",
        "toll": {"start": "$0.01/listen"},
        "trust": {"start": "30 %"},
    },
    "plan": {"every": "2 months"},
}
"""Work that serves everyone; levers are added to it."""

WORKSHOP: dict[str, Any] = {
    "leverwise": 1,
    "model": "workshop",
    "about": "Chairs are made and mended, one for each buyer.",
    "units": ["chair"],
    "time": {"step": "0.5 months", "horizon": "6 months", "tail": "2 months"},
    "money": {
        "start": "$50k",
        "floor": "$5k",
        "overhead": "$1k/month",
        "income": "$500/month",
        "discount": "5 %/year",
        "credit": {"limit": "$20k", "rate": "12 %/year"},
    },
    "principal": "joiner",
    "people": {"joiner": {"hours": "160 hours/month", "talent": {"wood": 2, "paint": 0.8, "chores": 1}}},
    "work": {
        "makes": "chair",
        "copies": "each",
        "chores": "30 hours/month",
        "tasks": {"wood": {"effort": "6 hours/chair", "weight": 0.7}, "paint": {"effort": "3 hours/chair", "seats": 2}},
        "superstar": 1.5,
    },
    "market": {
        "people": "20k people",
        "recognise": "800 people",
        "forget": "3 %/month",
        "word of mouth": "3 %/month",
        "rate": "0.1 chairs/month/person",
        "most": "2 chairs/month/person",
        "worth": {"mean": "$300/chair", "spread": "$60/chair"},
        "price": "$200/chair",
        "toll": {"start": "$80/chair", "share": "30 %"},
        "trust": {"kept": 46, "broken": 2},
    },
    "plan": {"every": "2 months"},
}
"""Work of which each buyer uses up a unit; levers are added to it."""

CREW = {"tasks": ["writing", "chores"], "at most": "6 people", "wage": "$4k/month", "alignment": "60 % to 90 %"}
CONTRACT = {
    "tasks": ["paint"],
    "at most": "4 people",
    "wage": "$3k/month",
    "now": "2 people",
    "risk aversion": 2,
    "effort cost": 1,
    "measure noise": 0.5,
    "measure angle": 0.3,
}
MACHINE = {"price": "$30k", "life": "40 months", "task": "writing", "saves": "30 %", "at most": 4}
VAN = {"rent": "$1k/month", "frees": "15 hours/month"}
MEDIA = {"paid": "$5/person", "scale": "$10k/month", "most spending": "$40k/month"}
CLUB = {"tipping": "500 to 900 people", "invite": "9 to 11 %/month", "churn": "15 %/month"}
SEEDED = {**CLUB, "seed cost": "$20/person", "most seeding": "$8k/month"}
PROJECT = {"difficulty": "200 to 400 hours", "multiplies": {"writing.effort": 0.6, "market.rate": 1.3}}
STREAM = {"form": "stream", "pace": "4 %/month", "multiplies": {"writing.effort": 0.7}}
SHOWS = {"reach": "50 to 200 people/hour", "supporters": "60 %", "opponents": 0.4}

Levers = Mapping[str, Mapping[str, Any]]

ONE_OF_EACH: dict[str, tuple[dict[str, Any], Levers]] = {
    "base": (ATELIER, {}),
    "delegation": (ATELIER, {"crew": {"delegation": CREW}}),
    "capital": (
        ATELIER,
        {
            "machine": {"capital": MACHINE},
            "van": {"capital": VAN},
            "media": {"capital": MEDIA},
        },
    ),
    "brand": (ATELIER, {"name": {"brand": {}}}),
    "network": (ATELIER, {"club": {"network": SEEDED}}),
    "project": (ATELIER, {"lab": {"technology": PROJECT}}),
    "stream": (ATELIER, {"craft": {"technology": STREAM}}),
    "attention": (ATELIER, {"shows": {"attention": SHOWS}}),
}
"""For each mechanism an enterprise and the levers that show it."""

VARIANTS: dict[str, tuple[dict[str, Any], Levers]] = {
    "rival": (WORKSHOP, {}),
    "partner": (
        {**WORKSHOP, "people": {**WORKSHOP["people"], "mate": {"hours": "100 hours/month", "talent": {"paint": 1}}}},
        {"name": {"brand": {}}},
    ),
    "contract": (WORKSHOP, {"painters": {"delegation": CONTRACT}}),
    "delivery": (
        WORKSHOP,
        {
            "jig": {
                "capital": {"price": "$9k", "life": "30 months", "frees": "2 hours/month", "delivery": "2 to 4 months"}
            }
        },
        {},
    ),
    "learning": (
        WORKSHOP,
        {"jig": {"capital": {"price": "$9k", "life": "30 months", "frees": "2 hours/month", "learning": "20 %"}}},
    ),
    "rented or bought": (
        WORKSHOP,
        {
            "bench": {
                "capital": {
                    "price": "$5k",
                    "rent": "$300/month",
                    "life": "60 months",
                    "task": "paint",
                    "seats": "1 person",
                    "at most": 3,
                }
            },
            "saw": {"capital": {"rent": "$200/month", "worker": "joiner", "speed": "20 %"}},
        },
    ),
    "unseeded": (ATELIER, {"club": {"network": CLUB}}),
    "helped project": (
        ATELIER,
        {"crew": {"delegation": CREW}, "lab": {"technology": {**PROJECT, "staff": "crew"}}},
    ),
    "helped stream": (
        ATELIER,
        {"crew": {"delegation": CREW}, "craft": {"technology": {**STREAM, "staff": "crew"}}},
    ),
}
"""Further ways to use the mechanisms, so that every line of theirs is used by some model."""


def written(
    enterprise: Mapping[str, Any], levers: Levers | None = None, settings: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A model as a dict: the enterprise with levers, and entries replaced (`work.tasks.paint.seats`: value)."""
    model = copy.deepcopy(dict(enterprise))
    if levers:
        model["levers"] = copy.deepcopy(dict(levers))
    for path, value in (settings or {}).items():
        *folders, last = path.split(".")
        place = model
        for folder in folders:
            place = place.setdefault(folder, {})
        if value is None:
            del place[last]
        else:
            place[last] = copy.deepcopy(value)
    return model


def load(
    enterprise: Mapping[str, Any], levers: Levers | None = None, settings: Mapping[str, Any] | None = None
) -> leverwise.Model:
    """The model of an enterprise with levers, entries replaced."""
    return leverwise.load(written(enterprise, levers, settings))


@cache
def named(name: str) -> leverwise.Model:
    """One of the small models, loaded once."""
    return load(*{**ONE_OF_EACH, **VARIANTS}[name])


def numbers(model: leverwise.Model, samples: int, seed: int = 0) -> dict[str, Array]:
    """Every value of the model in each sample, in base units: name -> (samples,)."""
    engine = model.engine
    found = {name: np.full(samples, value) for name, value in zip(engine.constant_names, engine.constants, strict=True)}
    return found | dict(zip(engine.draw_names, engine.draws(0, samples, seed), strict=True))


def ran(
    model: leverwise.Model, watch: Sequence[str], plan: Mapping[str, Any] | None = None, samples: int = 16
) -> dict[str, Array]:
    """Trajectories (samples, times) of what is watched, and `t` (times,), in months."""
    answer = model.simulate(samples=samples, plan=plan, watch=tuple(watch))
    return {"t": answer.times} | {name: answer.series[name] for name in watch}


SMOOTH = {"time": {"step": "0.25 months", "horizon": "12 months", "tail": "1 months", "method": "rk4"}}
"""A clock that is exact enough to be compared with other solvers."""
