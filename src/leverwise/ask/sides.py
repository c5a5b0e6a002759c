"""What is compared: models, plans of one model, or one model with other settings, each ready to run and with a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leverwise.ask.charts import Array
from leverwise.ask.commands import after_planning, in_a_file
from leverwise.ask.following import following
from leverwise.ask.reading import Piped, opened
from leverwise.ask.schedules import Plan, called, chosen, own, span, starting
from leverwise.errors import ModelError, Problem
from leverwise.units import TIME

if TYPE_CHECKING:
    from leverwise.ask.model import Model

MOST = 12
"""So many may be compared at once."""
NOTHING, USE = "nothing", "use"
"""Words that stand for plans: nothing decided, and the schedule written in the model."""
AS_IT_IS = "as it is"


@dataclass(frozen=True)
class Side:
    """One of the things that are compared."""

    label: str
    """Its name in tables and pictures."""
    subject: str
    """What it is in a sentence, before `makes`."""
    given: Model
    """The model as it was given."""
    model: Model
    """The model under its plan: one that reacts, if the plan has rules."""
    decisions: Array
    """(K,) of `model`."""
    plan: Plan | None = None
    """The plan as it was given, if it was."""
    kind: str = "model"
    """What it differs in from the others: `model`, `plan` or `setting`."""

    @property
    def schedule(self) -> Array:
        """(K,) what is decided of the model as it was given, rules left out."""
        return self.decisions if self.model is self.given else chosen(self.given, self.plan)[0]

    @property
    def reacts(self) -> bool:
        """Whether its plan has rules."""
        return self.model is not self.given


def sides(
    model: Model, others: Sequence[Model], plans: Sequence[Plan], settings: Sequence[Mapping[str, str]]
) -> list[Side]:
    """The first side and those that are compared with it. Raises ModelError unless there is one way to read it.

    Either other models (each under the one plan given, or each under its own), or plans of the model (one alone is
    compared with what the model does without it), or settings of it, all under the one plan that may be given.
    """
    plans = [opened(plan, "plan file") if _is_file(plan) else plan for plan in plans]
    count = 1 + (len(others) or len(settings) or len(plans))
    if others and settings:
        raise _unclear("other models and settings", "compare models, or variants of one model with `--with`")
    if settings and len(plans) > 1:
        raise _unclear("several plans and settings", "give one `--plan` for all variants, or compare plans alone")
    if others and len(plans) not in (0, 1, 1 + len(others)):
        message = f"there are {1 + len(others)} models and {len(plans)} plans"
        raise ModelError(Problem(message, None, "give one plan for all models, or one for each in their order"))
    if not (others or settings or plans):
        hint = "name another model, or give `--plan FILE`, or `--with 'PATH=VALUE'`"
        raise ModelError(Problem("there is nothing to compare the model with", None, hint))
    if count > MOST:
        raise ModelError(Problem(f"{count} is too many to compare at once", None, f"at most {MOST} are possible"))
    if others:
        found = _of_models([model, *others], plans)
    elif settings:
        found = _of_settings(model, settings, plans[0] if plans else None)
    else:
        compared = [_without(model), *plans] if len(plans) == 1 else plans
        _fail_if_same(model, compared)
        found = _of_plans(model, compared)
    _fail_if_incomparable(found)
    return _told_apart(found)


def caution(found: Sequence[Side]) -> list[str]:
    """What the reader must know where the sides do not count the same time."""
    spans = {side.label: span(side.given.system) for side in found}
    first = found[0].label
    return [
        f"impact of {label} counts {its}, that of {first} {spans[first]}: part of the difference is time."
        for label, its in spans.items()
        if its != spans[first]
    ]


def _of_models(models: Sequence[Model], plans: Sequence[Plan]) -> list[Side]:
    names = _names(models)
    each = plans if len(plans) == len(models) else [plans[0] if plans else None] * len(models)
    return [_side(name, name, model, plan, "model") for name, model, plan in zip(names, models, each, strict=True)]


def _names(models: Sequence[Model]) -> list[str]:
    """What to call models: as they call themselves, else after their files, where that tells them apart."""
    stems = [Path(model.file).stem or model.system.name for model in models]
    for names in ([model.system.name for model in models], stems):
        if len(set(names)) == len(names):
            return names
    return [model.file or model.system.name for model in models]


def _of_settings(model: Model, settings: Sequence[Mapping[str, str]], plan: Plan | None) -> list[Side]:
    found = [_side(AS_IT_IS, "the model as it is", model, plan, "setting")]
    for changed in settings:
        told = ", ".join(f"{path}={value}" for path, value in changed.items())
        found.append(_side(told, told, model.with_settings(changed), plan, "setting"))
    return found


def _of_plans(model: Model, plans: Sequence[Plan]) -> list[Side]:
    return [_side(*_called(plan), model, plan, "plan") for plan in plans]


def _called(plan: Plan) -> tuple[str, str]:
    if plan == NOTHING:
        return "doing nothing", "doing nothing"
    if plan == USE:
        return "the model's use", "the use written in the model"
    if not in_a_file(plan):
        return "plan", "the plan"
    return Path(str(plan)).stem, called(plan)


def _side(label: str, subject: str, model: Model, plan: Plan | None, kind: str) -> Side:
    if plan == NOTHING:
        return Side(label, subject, model, model, starting(model.system), plan, kind)
    if plan == USE:
        if all(decision.use is None for decision in model.system.decisions):
            raise ModelError(Problem(f"`{model.system.name}` has no `use` to compare", None, "say `nothing` instead"))
        return Side(label, subject, model, model, own(model.system), plan, kind)
    followed, decisions, _ = following(model, plan)
    return Side(label, subject, model, followed, decisions, plan, kind)


def _without(model: Model) -> str:
    """What one plan is compared with: the model's own use if it has one, else doing nothing."""
    return USE if any(decision.use is not None for decision in model.system.decisions) else NOTHING


def _fail_if_same(model: Model, plans: Sequence[Plan]) -> None:
    """Doing nothing, or the model's use, may be compared with anything but itself."""
    word = plans[0]
    if word not in (NOTHING, USE) or any(plan != word for plan in plans):
        return
    subject = _called(word)[1]
    why = ": the model has no `use` that could stand beside it" if word == NOTHING and _without(model) == word else ""
    make = after_planning("compare", model).replace("--plan", f"--plan {word} --plan")
    other = "" if word == NOTHING else f"add `--plan {NOTHING}`, or "
    hint = f"{other}make a plan to compare it with: {make}"
    raise ModelError(Problem(f"this compares {subject} with itself{why}", None, hint))


def _told_apart(found: Sequence[Side]) -> list[Side]:
    """The sides with a number behind names that are not alone."""
    many, seen = Counter(side.label for side in found), Counter[str]()
    named = []
    for side in found:
        seen[side.label] += 1
        if many[side.label] > 1:
            number = f" ({seen[side.label]})"
            side = replace(side, label=side.label + number, subject=side.subject + number)
        named.append(side)
    return named


def _fail_if_incomparable(found: Sequence[Side]) -> None:
    """Impact must count the same thing, and time must be measured alike."""
    first = found[0].given.system
    for side in found[1:]:
        system = side.given.system
        if system.impact_unit.dimension != first.impact_unit.dimension:
            one, other = (_in_words(each.impact_unit.text) for each in (first, system))
            hint = "state the same `impact` in both, or its `unit`"
            message = f"impact of {found[0].label} is {one}, of {side.label} {other}: there is no difference of these"
            raise ModelError(Problem(message, None, hint))
        if system.clock.unit.dimension != first.clock.unit.dimension:
            one, other = (_of_time(each.clock.unit.dimension) for each in (first, system))
            message = f"time of {found[0].label} is {one}, of {side.label} {other}"
            raise ModelError(Problem(message, None, "give the steps of both in a unit of time"))


def _in_words(unit: str) -> str:
    return f"in {unit}" if unit and unit != "1" else "a plain number"


def _of_time(dimension: Any) -> str:
    return "in months or the like" if dimension == TIME else "a plain number"


def _unclear(what: str, hint: str) -> ModelError:
    return ModelError(Problem(f"{what} can't be compared at once: it would not be clear with what", None, hint))


def _is_file(plan: Plan) -> bool:
    return not isinstance(plan, Mapping | Piped) and plan not in (NOTHING, USE)
