"""What follows from the model file before any equation: who there is, which tasks, who may do what, and the sets."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass

from leverwise.errors import Problem, did_you_mean
from leverwise.model.document import Mapping, Node, Scalar, Sequence, follow, shorten
from leverwise.model.fields import NAME, Findings, plain_name
from leverwise.model.levers import Lever
from leverwise.units import Units, forms, own_unit_problem

MOST_TASKS = 12
CHORES = "chores"


@dataclass(frozen=True)
class Facts:
    """Sets, relations and units of one model with an enterprise."""

    principal: str
    sets: MappingType[str, tuple[str, ...]]
    local: MappingType[str, tuple[str, ...]]
    """Sets of the levers' own, such as `crew.tasks`."""
    may: frozenset[tuple[str, str]]
    make: str
    deal: str
    units: tuple[Scalar, ...]
    """Units of work and of deals that the author used without listing them."""

    def fill(self, text: str) -> str:
        """A text of a mechanism file with the model's own units in it."""
        return text.replace("{make}", self.make).replace("{deal}", self.deal) if "{" in text else text

    def filled(self, scalar: Scalar) -> Scalar:
        """The same for a scalar, at its place."""
        return Scalar(self.fill(scalar.text), scalar.at)


def read_facts(
    document: Mapping, levers: tuple[Lever, ...], fixed: MappingType[str, tuple[str, ...]], findings: Findings
) -> Facts | None:
    """The facts of a model, or None if they contradict each other (every problem is in `findings`).

    `fixed` are the sets of `base.yaml`.
    """
    before = len(findings.problems)
    people = _members(document, ("people",), "a person", findings)
    tasks = _members(document, ("work", "tasks"), "a task", findings)
    principal = _principal(document, people, findings)
    if not tasks and follow(document, ("work",)) is not None:
        at = document.key("work")
        findings.problems.append(
            Problem("`work` has no tasks", at.at if at else None, "add `tasks: {name: {effort: ...}}`")
        )
    if len(tasks) > MOST_TASKS:
        extra = list(tasks.values())[MOST_TASKS]
        findings.problems.append(
            Problem(f"there are {len(tasks)} tasks; at most {MOST_TASKS} are possible", extra.at, "merge some")
        )
        return None
    teams = tuple(lever.name for lever in levers if _is_worker(lever))
    polarised = any("foes" in term.to.text for lever in levers for term in lever.mechanism.contributes)
    order = (principal, *(name for name in people if name != principal))
    camps = ("supporters", "opponents") if polarised else ("supporters",)
    sets: dict[str, tuple[str, ...]] = {
        "task": tuple(tasks),
        "worker": (*order, *teams),
        "people": order,
        "principal": (principal,),
        "partners": order[1:],
        "teams": teams,
        "others": (*order[1:], *teams),
        "camp": camps,
        "friends": camps[:1],
        "foes": camps[1:],
        **fixed,
    }
    findings.problems.extend(_clashes(people, tasks, levers, sets))
    local = _local_sets(levers, sets, findings)
    may = _who_may(document, people, tasks, principal, levers, local, findings)
    make, deal, units = _units(document, findings)
    if len(findings.problems) > before:
        return None
    return Facts(principal, sets, local, may, make, deal, units)


def _is_worker(lever: Lever) -> bool:
    return lever.mechanism.member_of is not None and lever.mechanism.member_of.text == "worker"


def _members(document: Mapping, path: tuple[str, ...], what: str, findings: Findings) -> dict[str, Scalar]:
    node = follow(document, path)
    found: dict[str, Scalar] = {}
    for key, _ in node.entries if isinstance(node, Mapping) else ():
        name = plain_name(key.text)
        if not NAME.match(key.text):
            hint = "use letters, digits, `_` and single spaces"
            findings.problems.append(Problem(f"`{shorten(key.text)}` cannot name {what}", key.at, hint))
        elif name in found:
            findings.problems.append(
                Problem(f"`{found[name]}` and `{key}` have the same name in expressions", key.at, "rename one")
            )
        elif name == CHORES and what == "a task":
            findings.problems.append(
                Problem("`chores` are not a task of the work", key.at, "give their hours as `work.chores`")
            )
        else:
            found[name] = key
    return found


def _principal(document: Mapping, people: dict[str, Scalar], findings: Findings) -> str:
    node = document.get("principal")
    if not isinstance(node, Scalar) or node.empty:
        if people:
            hint = f"add `principal: {next(iter(people.values()))}`, the person whose leverage is measured"
            findings.problems.append(Problem("`principal` is missing", document.at, hint))
        return next(iter(people), "")
    name = plain_name(node.text)
    if people and name not in people:
        known = [key.text for key in people.values()]
        hint = did_you_mean(node.text, known) or f"name one of `people`: {', '.join(known[:8])}"
        findings.problems.append(Problem(f"the principal `{shorten(node.text)}` is not among `people`", node.at, hint))
    return name


def _clashes(
    people: dict[str, Scalar], tasks: dict[str, Scalar], levers: tuple[Lever, ...], sets: dict[str, tuple[str, ...]]
) -> Iterable[Problem]:
    """Names that mean two things: persons, tasks, levers and sets share one space."""
    taken: dict[str, str] = {}
    groups = (
        ("person", people),
        ("task", tasks),
        ("lever", {lever.name: lever.key for lever in levers}),
    )
    for what, group in groups:
        for name, key in group.items():
            if name in taken:
                yield Problem(f"`{key}` is the name of a {taken[name]} and of a {what}", key.at, "rename one of them")
            elif name in sets and sets[name] != (name,) and (what != "lever" or name in sets["worker"]):
                yield Problem(f"`{key}` is the name of a set, so no {what} can have it", key.at, "rename it")
            taken.setdefault(name, what)


def _local_sets(
    levers: tuple[Lever, ...], sets: dict[str, tuple[str, ...]], findings: Findings
) -> dict[str, tuple[str, ...]]:
    """Each lever's own sets: `self`, and one for each parameter that names members."""
    local: dict[str, tuple[str, ...]] = {}
    for lever in levers:
        local[f"{lever.name}.self"] = (lever.name,)
        for name, parameter in lever.mechanism.parameters.items():
            if parameter.sort not in ("members", "member"):
                continue
            whole = sets.get((parameter.of or [parameter.about])[0].text, ())
            chosen: list[str] = []
            for item in texts_of(lever.given.get(plain_name(name))):
                member = plain_name(item.text)
                if member == CHORES and parameter.sort == "members":
                    chosen.append(member)
                elif member not in whole:
                    of = (parameter.of or [parameter.about])[0].text
                    known = (*whole, CHORES) if of == "task" and parameter.sort == "members" else whole
                    hint = did_you_mean(item.text, known) or f"known: {', '.join(known)}"
                    findings.problems.append(Problem(f"there is no {of} called `{shorten(item.text)}`", item.at, hint))
                elif member in chosen:
                    findings.problems.append(Problem(f"`{item}` stands twice", item.at, "once is enough"))
                else:
                    chosen.append(member)
            local[f"{lever.name}.{plain_name(name)}"] = tuple(chosen)
    return local


def texts_of(node: Node | None) -> tuple[Scalar, ...]:
    """The texts of a list, or of a single text."""
    if isinstance(node, Sequence):
        return tuple(item for item in node.items if isinstance(item, Scalar))
    return (node,) if isinstance(node, Scalar) and not node.empty else ()


def _who_may(
    document: Mapping,
    people: dict[str, Scalar],
    tasks: dict[str, Scalar],
    principal: str,
    levers: tuple[Lever, ...],
    local: dict[str, tuple[str, ...]],
    findings: Findings,
) -> frozenset[tuple[str, str]]:
    """Pairs of worker and task (or `chores`)."""
    problems = findings.problems
    may: set[tuple[str, str]] = {(principal, CHORES)}
    talents = {name: _talents(document, name, tasks, findings) for name in people}
    reserved: dict[str, tuple[str, ...]] = {}
    for task, key in tasks.items():
        only = texts_of(follow(document, ("work", "tasks", task, "only")))
        named = [plain_name(item.text) for item in only]
        for item in only:
            person = plain_name(item.text)
            if person not in people:
                hint = did_you_mean(item.text, people) or f"known: {', '.join(people)}"
                problems.append(Problem(f"there is no person called `{shorten(item.text)}`", item.at, hint))
            elif task not in talents[person]:
                hint = f"add `{key}: ...` to the talent of {people[person]}; 1 is a competent professional"
                problems.append(Problem(f"`{item}` does `{key}` but has no talent for it", item.at, hint))
        if only:
            reserved[task] = tuple(named)
        able = named or [person for person in people if task in talents[person]]
        misspelt = any(talent not in tasks and talent != CHORES for known in talents.values() for talent in known)
        if not able and people and not misspelt:
            hint = f"give somebody a talent for it, for example `talent: {{{key}: 1}}` under people.{principal}"
            problems.append(Problem(f"nobody may do the task `{key}`, so nothing would be made", key.at, hint))
        may.update((person, task) for person in able)
    may.update((person, CHORES) for person in people if CHORES in talents[person])
    for lever in levers:
        if not _is_worker(lever):
            continue
        for name, parameter in lever.mechanism.parameters.items():
            if parameter.sort != "members" or (parameter.of or [parameter.about])[0].text != "task":
                continue
            full = f"{lever.name}.{plain_name(name)}"
            for task in local[full]:
                if task in reserved:
                    at = next(i.at for i in texts_of(lever.given.get(plain_name(name))) if plain_name(i.text) == task)
                    who = ", ".join(reserved[task])
                    problems.append(
                        Problem(
                            f"the lever `{lever.key}` cannot do `{tasks[task]}`: that is for {who} only",
                            at,
                            f"leave it out, or drop `only` from work.tasks.{tasks[task]}",
                        )
                    )
                may.add((lever.name, task))
            local[full] = tuple(task for task in local[full] if task != CHORES)
    return frozenset(may)


def _talents(document: Mapping, person: str, tasks: dict[str, Scalar], findings: Findings) -> set[str]:
    node = follow(document, ("people", person, "talent"))
    found = set()
    for key, _ in node.entries if isinstance(node, Mapping) else ():
        name = plain_name(key.text)
        if name not in tasks and name != CHORES:
            hint = did_you_mean(key.text, [*(item.text for item in tasks.values()), CHORES])
            findings.problems.append(
                Problem(f"there is no task called `{shorten(key.text)}`", key.at, hint or f"tasks: {', '.join(tasks)}")
            )
        found.add(name)
    return found


def _units(document: Mapping, findings: Findings) -> tuple[str, str, tuple[Scalar, ...]]:
    """The unit of work, the unit of deals, and those of the two that `units:` does not list."""
    listed = texts_of(document.get("units"))
    makes = follow(document, ("work", "makes"))
    if not isinstance(makes, Scalar) or makes.empty:
        key = document.key("work")
        if key is not None:
            hint = "add `makes: song`, the unit of what is made"
            findings.problems.append(Problem("`makes` is missing in work", key.at, hint))
        return "", "", ()
    copies = follow(document, ("work", "copies"))
    rival = isinstance(copies, Scalar) and copies.text == "each"
    given = follow(document, ("market", "deal"))
    others = [unit for unit in listed if makes.text not in forms(unit.text)]
    deal: Scalar = makes
    if isinstance(given, Scalar) and not given.empty:
        deal = given
        if rival and given.text not in forms(makes.text):
            findings.problems.append(
                Problem(f"each deal uses up one {makes}, so a deal cannot be a {given}", given.at, "leave `deal` out")
            )
    elif not rival and len(others) == 1:
        deal = others[0]
    elif not rival and len(others) > 1:
        key = document.key("market") or makes
        names = " or ".join(f"`{unit}`" for unit in others[:5])
        hint = f"add `deal: {others[0]}` to market"
        findings.problems.append(Problem(f"which unit counts deals, {names}?", key.at, hint))
    unlisted: dict[str, Scalar] = {}
    for unit in (makes, deal):
        if not is_unit(unit.text, [item.text for item in listed]):
            problem = own_unit_problem(unit.text)
            if problem:
                findings.problems.append(Problem(problem, unit.at, "name what is counted, such as `song`"))
            unlisted[unit.text] = unit
    return makes.text, deal.text, tuple(unlisted.values())


def is_unit(text: str, own: Iterable[str]) -> bool:
    """True if the text is the name of a unit, given the model's own."""
    return text in Units(own).words
