"""The principal's hours, who does what, and how much comes out, against linear programming through whole models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from mechanisms.models import ATELIER, CREW, PROJECT, SEEDED, SHOWS, WORKSHOP, load, numbers, ran

BUSY = {
    "club": {"network": SEEDED},
    "shows": {"attention": SHOWS},
    "lab": {"technology": PROJECT},
    "name": {"brand": {}},
}
USES = ("tending", "publicity", "research", "care")
WANTED = {"club.tending": 100.0, "shows.publicity": 80.0, "lab.research": 60.0, "name.care": 40.0}


def test_hours_that_do_not_fit_are_scaled_alike() -> None:
    """280 hours are wanted of 140 to 180: each use gets the same share, none is left, and the answer says so."""
    model = load(ATELIER, BUSY)
    answer = model.simulate(samples=32, plan=WANTED, watch=["hours_left", "hours_on_tasks"])
    assert any("there is less of hours than this asks for" in warning for warning in answer.warnings)
    given = np.stack([answer.series[f"{use}.hours_given"][:, 5] for use in USES])
    left = answer.series["hours_left"][:, 5]
    assert given == pytest.approx(np.outer(list(WANTED.values()), left / 280), rel=1e-12)
    assert answer.series["hours_on_tasks"][:, 5] == pytest.approx(0, abs=1e-9)


def test_every_hour_of_the_principal_is_accounted_for() -> None:
    """Managing, chores, each use, tasks and idle time add up to the hours that there are."""
    model = load(ATELIER, {**BUSY, "crew": {"delegation": CREW}})
    plan = {key: hours / 4 for key, hours in WANTED.items()} | {"crew.positions": 3}
    watch = ["managing", "hours_on_chores", "hours_on_tasks", "hours_idle", "hours_available"]
    found = ran(model, [*watch, *(f"{use}.hours_given" for use in USES)], plan)
    total = sum(found[name] for name in found if name not in ("t", "hours_available"))
    assert total == pytest.approx(found["hours_available"], rel=1e-12)


def test_chores_go_to_others_first() -> None:
    """What a team can do of the chores the principal need not: two people of 160 hours leave none, none leave all."""
    crew = {**CREW, "tasks": ["chores"], "now": "2 people", "quit": "0 %/month"}
    model = load(ATELIER, {"crew": {"delegation": crew}}, {"work.chores": "70 hours/month"})
    watch = ["hours_on_chores", "chores_by_others"]
    assert ran(model, watch, {"crew.positions": 2})["hours_on_chores"] == pytest.approx(0, abs=1e-9)
    bare = ran(
        load(ATELIER, {"crew": {"delegation": {**crew, "now": "0 people"}}}, {"work.chores": "70 hours/month"}), watch
    )
    assert bare["hours_on_chores"] == pytest.approx(70, rel=1e-12)


SOUND: dict[str, Any] = {
    "work.tasks": {"writing": {"effort": "30 hours/song", "only": "star"}, "sound": {"effort": "40 hours/song"}},
    "work.chores": "60 hours/month",
    "people.star": {"hours": "230 hours/month", "talent": {"writing": 2, "sound": 0.5, "chores": 1}},
    "money.start": "$9M",
}
HELPERS = {
    **CREW,
    **{"tasks": ["sound", "chores"], "quit": "0 %/month", "hours": "72 hours/month", "managing": "0 hours/month"},
    **{"talent": 1, "training": 0, "contention": 0, "coherency": 0, "compliance": 1, "alignment": 1},
}


@pytest.mark.parametrize(("staff", "output"), [(1, 242 / 70), (4, 458 / 70), (6, 230 / 30)])
def test_those_who_are_needed_for_tasks_leave_the_chores(staff: int, output: float) -> None:
    """A team takes the chores that its hours allow beside its tasks, the star does the rest, and hours add up.

    While hours are short (72 or 288 of the team and 230 of the star, less 60 of chores) all are used up; with 432 the
    star's writing is the bottleneck, and the team does the chores.
    """
    crew = {**HELPERS, "now": f"{staff} people"}
    own = ["hours_on_chores", "hours_on_tasks", "hours_idle"]
    watch = [*own, "output", "chores_by_others", "crew.sound.assigned", "crew.worker_hours"]
    found = ran(load(ATELIER, {"crew": {"delegation": crew}}, SOUND), watch, {"crew.positions": staff}, samples=4)
    sound = min(72 * staff, 40 * output)
    others = min(60, 72 * staff - sound)
    assert found["output"] == pytest.approx(output, rel=1e-12)
    assert found["crew.sound.assigned"] == pytest.approx(sound, rel=1e-12)
    assert found["chores_by_others"] == pytest.approx(others, abs=1e-9)
    assert found["hours_on_chores"] == pytest.approx(60 - others, abs=1e-9)
    assert found["hours_idle"] == pytest.approx(0, abs=1e-9)
    assert sum(found[name] for name in own) == pytest.approx(230, rel=1e-12)
    team = found["crew.sound.assigned"] + found["chores_by_others"]
    assert (team <= found["crew.worker_hours"] * (1 + 1e-12)).all()


def test_chores_come_before_managing_when_hours_are_short() -> None:
    """Of 100 hours 70 go to chores, so that of 90 hours of managing 30 are done, and 60 are missing."""
    crew = {**HELPERS, "tasks": ["sound"], "now": "6 people", "managing": "15 hours/month", "span": "9 people"}
    settings = {**SOUND, "people.star.hours": "100 hours/month", "work.chores": "70 hours/month"}
    watch = ["hours_on_chores", "managing", "hours_on_tasks", "hours_idle", "hours_left"]
    model = load(ATELIER, {"crew": {"delegation": crew}}, settings)
    found = ran(model, watch, {"crew.positions": 6}, samples=4)
    for name, hours in zip(watch, (70, 30, 0, 0, -60), strict=True):
        assert found[name] == pytest.approx(hours, abs=1e-9), name


def test_hours_are_idle_only_when_nothing_is_left_to_do() -> None:
    """A star who writes 30 hours for a song and waits for one seat of 60 hours of sound is idle for the rest."""
    settings = {**SOUND, "work.tasks.sound.seats": 1, "work.tasks.sound.seat hours": "60 hours/month"}
    crew = {**HELPERS, "now": "2 people"}
    model = load(ATELIER, {"crew": {"delegation": crew}}, settings)
    watch = ["hours_on_chores", "hours_on_tasks", "hours_idle", "chores_by_others"]
    found = ran(model, watch, {"crew.positions": 2}, samples=4)
    for name, hours in zip(watch, (0, 45, 185, 60), strict=True):
        assert found[name] == pytest.approx(hours, abs=1e-9), name


def test_what_only_one_person_may_do_is_not_sped_up_by_staff() -> None:
    """Output of a task that is the principal's alone is the principal's hours over its effort, whoever is hired."""
    settings = {
        "work.tasks": {"writing": {"effort": "40 hours/song", "only": "star"}, "sound": {"effort": "10 hours/song"}},
        "people.star.talent": {"writing": 2, "sound": 0.5, "chores": 1},
        "people.star.hours": "200 hours/month",
        "money.start": "$9M",
    }
    crew = {**CREW, "tasks": ["sound", "chores"], "managing": "0 hours/month", "training": 0}
    found = ran(load(ATELIER, {"crew": {"delegation": crew}}, settings), ["output"], {"crew.positions": 6})["output"]
    assert found[:, 0] == pytest.approx((200 - 20) / 50, rel=1e-12)
    assert found[:, -1] == pytest.approx(200 / 40, rel=1e-12)


SHOPS = {
    "three people": (
        {
            "a": {"x": 2.0, "y": 0.5, "chores": 1},
            "b": {"y": 1.0, "z": 0.8},
            "c": {"x": 0.7, "z": 1.5, "chores": 1},
        },
        {"x": "2 to 9 hours/chair", "y": "1 to 8 hours/chair", "z": "1 to 12 hours/chair"},
        {"y": "0.2 to 2 people"},
    ),
    "four tasks": (
        {"a": {"w": 1.0, "x": 2.0, "y": 0.6, "z": 0.9, "chores": 1}, "b": {"w": 1.3, "y": 1.1, "chores": 1}},
        {"w": "1 to 6 hours/chair", "x": "1 to 6 hours/chair", "y": "1 to 6 hours/chair", "z": "1 to 6 hours/chair"},
        {"w": "0.1 to 1 people", "z": "0.1 to 1 people"},
    ),
}
"""People with their talents, efforts, and seats; each sample of a model is an enterprise of its own."""


@pytest.mark.parametrize("name", SHOPS)
def test_output_and_quality_of_random_enterprises(name: str) -> None:
    """Output is what linear programming finds, the hours assigned make it, and quality is their Kremer product."""
    talents, efforts, seats = SHOPS[name]
    tasks = {task: {"effort": effort, "weight": 1 + i} for i, (task, effort) in enumerate(efforts.items())}
    for task, number in seats.items():
        tasks[task]["seats"] = number
    settings = {
        "principal": "a",
        "people": {
            person: {"hours": "20 to 300 hours/month", "talent": dict(talent)} for person, talent in talents.items()
        },
        "work.tasks": tasks,
        "work.chores": "5 to 90 hours/month",
    }
    model, samples = load(WORKSHOP, None, settings), 48
    pairs = [(person, task) for person, talent in talents.items() for task in talent if task != "chores"]
    found = ran(model, ["output", "quality", *(f"{w}.{k}.assigned" for w, k in pairs)], samples=samples)
    value = numbers(model, samples)
    weights = {task: tasks[task]["weight"] / sum(t["weight"] for t in tasks.values()) for task in tasks}
    idle = 0
    for i in range(samples):
        effort = {task: value[f"{task}.effort"][i] for task in tasks}
        hours = {person: value[f"{person}.hours"][i] for person in talents}
        limit = {task: value[f"{task}.seat"][i] * value[f"{task}.seat_hours"][i] for task in tasks}
        expected = optimum(talents, effort, hours, limit, value["chores"][i])
        output = found["output"][i, 0]
        assert output == pytest.approx(expected, rel=1e-9, abs=1e-9)
        idle += expected < 1e-9
        assigned = {(w, k): found[f"{w}.{k}.assigned"][i, 0] for w, k in pairs}
        assert min(assigned.values()) >= -1e-9
        for person in talents:
            assert sum(assigned[w, k] for w, k in pairs if w == person) <= hours[person] + 1e-9
        quality = 1.0
        for task in tasks:
            spent = {w: assigned[w, k] for w, k in pairs if k == task}
            assert sum(spent.values()) == pytest.approx(output * effort[task], rel=1e-9, abs=1e-8)
            if output > 1e-9:
                skill = sum(spent[w] * talents[w][task] for w in spent) / sum(spent.values())
                quality *= skill ** weights[task]
        if output > 1e-9:
            assert found["quality"][i, 0] == pytest.approx(quality, rel=1e-9)
    assert idle < samples / 2


def optimum(
    talents: dict[str, dict[str, float]],
    effort: dict[str, float],
    hours: dict[str, float],
    limit: dict[str, float],
    chores: float,
) -> float:
    """Most units a month by linear programming, chores done first as far as they can be."""
    pairs = [(w, k) for w, talent in talents.items() for k in talent]
    n = len(pairs) + 1
    able = sum(hours[w] for w, k in pairs if k == "chores")
    equal, right = [], []
    for task in effort:
        equal.append([float(k == task) for _, k in pairs] + [-effort[task]])
        right.append(0.0)
    equal.append([float(k == "chores") for _, k in pairs] + [0.0])
    right.append(min(chores, able))
    below = [[float(w == person) for w, _ in pairs] + [0.0] for person in hours]
    most = min(limit[task] / effort[task] for task in effort)
    found = linprog(
        [0.0] * (n - 1) + [-1.0],
        A_ub=below,
        b_ub=list(hours.values()),
        A_eq=equal,
        b_eq=right,
        bounds=[(0, None)] * (n - 1) + [(0, most)],
    )
    assert found.status == 0
    return float(-found.fun)
