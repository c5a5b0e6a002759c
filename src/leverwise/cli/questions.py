"""Commands that ask a question of a model, and print its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leverwise.cli import loading
from leverwise.cli.options import Json, ModelFile, Out, OutPlan, PlanFile, Quiet, Samples, Seed, Settings, app, whole
from leverwise.errors import ModelError

if TYPE_CHECKING:
    from leverwise.ask import Model
    from leverwise.ask.answer import Answer
    from leverwise.report.output import Output

SUMS = ("budget", "study", "x", "y")
"""Options that may hold sums of money."""


def _run(question: str, about: str) -> None:
    """A command for a question that is asked of one plan."""

    def run(
        model: ModelFile,
        samples: Samples = None,
        seed: Seed = 0,
        set: Settings = None,
        plan: PlanFile = None,
        json: Json = False,
        out: Out = None,
        quiet: Quiet = False,
    ) -> None:
        ask(question, model, set, printed(json, out, quiet), samples=samples, seed=seed, plan=plan)

    app.command(name=question, help=about)(run)


_run("simulate", "What will happen: impact over time, with the levers and alone.")
_run("diagnose", "What holds you back: the bottleneck, and what one more is worth.")


@app.command()
def robust(
    model: ModelFile,
    samples: Samples = None,
    seed: Seed = 0,
    set: Settings = None,
    plan: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The plan to look at; if left out, the best one found.", show_default=False),
    ] = None,
    json: Json = False,
    out: OutPlan = None,
    quiet: Quiet = False,
) -> None:
    """What breaks a plan, and what it loses if things come otherwise."""
    ask("robust", model, set, printed(json, out, quiet, plan=True), samples=samples, seed=seed, plan=plan)


@app.command()
def attribute(
    model: ModelFile,
    samples: Samples = None,
    seed: Seed = 0,
    set: Settings = None,
    plan: PlanFile = None,
    levers: Annotated[bool, typer.Option("--levers", help="Every lever by itself, not mechanisms.")] = False,
    json: Json = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """What made the difference: the share of each mechanism in leverage."""
    settings: dict[str, Any] = {"levers": True} if levers else {}
    ask("attribute", model, set, printed(json, out, quiet), samples=samples, seed=seed, plan=plan, **settings)


@app.command()
def sensitivity(
    model: ModelFile,
    of: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="impact (as if left out), leverage, or a variable: cash, 'cash at 12 months'.",
            show_default=False,
        ),
    ] = None,
    over_time: Annotated[bool, typer.Option("--over-time", help="Shares at every time, too.")] = False,
    samples: Samples = None,
    seed: Seed = 0,
    set: Settings = None,
    plan: PlanFile = None,
    json: Json = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Which assumption carries the answer: whose range it is that matters."""
    settings: dict[str, Any] = {"of": of, "plan": plan, **({"over_time": True} if over_time else {})}
    ask("sensitivity", model, set, printed(json, out, quiet), samples=samples, seed=seed, **settings)


@app.command()
def frontier(
    model: ModelFile,
    budget: Annotated[
        str | None,
        typer.Option(
            metavar="MONEY",
            help="Budgets from and to, such as '$50k to $500k', or up to one sum; with --risk the most to spend. Else "
            "up to twice the budget of the model, or to what the best plan spends.",
            show_default=False,
        ),
    ] = None,
    points: Annotated[
        int | None,
        typer.Option(
            parser=whole("--points", 6, 2, 24),
            metavar="N",
            help="How many plans to make, 2 to 24 (6).",
            show_default=False,
        ),
    ] = None,
    risk: Annotated[
        bool,
        typer.Option(
            "--risk", help="Plans from bold to careful in place of budgets: the mean against the worst tenth."
        ),
    ] = False,
    samples: Samples = None,
    seed: Seed = 0,
    set: Settings = None,
    json: Json = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """What more money would bring, or what care for bad luck costs."""
    settings: dict[str, Any] = {"budget": budget, "points": points, **({"risk": True} if risk else {})}
    ask("frontier", model, set, printed(json, out, quiet), samples=samples, seed=seed, **settings)


@app.command()
def plan(
    model: ModelFile,
    budget: Annotated[
        str | None, typer.Option(metavar="MONEY", help="Spend at most this, such as '$300k'.", show_default=False)
    ] = None,
    objective: Annotated[
        str | None,
        typer.Option(
            metavar="AIM",
            help="What to make much of: mean, log, 'quantile 10 %', 'cvar 10 %', 'P(impact > 5)'.",
            show_default=False,
        ),
    ] = None,
    confidence: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE", help="How surely money and hours must suffice, such as 95 %.", show_default=False
        ),
    ] = None,
    samples: Samples = None,
    seed: Seed = 0,
    set: Settings = None,
    freeze: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A lever or a decision to leave as it is; repeatable.", show_default=False),
    ] = None,
    plan: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A plan file to begin the search from too.", show_default=False),
    ] = None,
    adaptive: Annotated[
        bool, typer.Option("--adaptive", help="Rules too: decisions that react to what is seen, if that pays.")
    ] = False,
    json: Json = False,
    out: OutPlan = None,
    quiet: Quiet = False,
) -> None:
    """What to do: when to pull which lever, and how far."""
    settings: dict[str, Any] = {"budget": budget, "objective": objective, "confidence": confidence, "plan": plan}
    settings |= {**({"freeze": freeze} if freeze else {}), **({"adaptive": True} if adaptive else {})}
    ask("plan", model, set, printed(json, out, quiet, plan=True), samples=samples, seed=seed, **settings)


@app.command(name="report")
def make_report(
    model: ModelFile,
    samples: Samples = None,
    seed: Seed = 0,
    set: Settings = None,
    plan: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Show this plan; if left out, one is made.", show_default=False),
    ] = None,
    brief: Annotated[
        bool, typer.Option("--brief", help="Without what needs further plans: what to find out, what breaks the plan.")
    ] = False,
    json: Json = False,
    out: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The page to write; else MODEL's name and .html.", show_default=False),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """The plan and all that explains it, on one page of HTML."""
    from leverwise.ask.report import report
    from leverwise.report.output import Output
    from leverwise.report.progress import progress

    loaded = loading.read(model, set, to_run=True)
    target = out or Path(model).with_suffix(".html").name
    printer = Output(out=target, json=json, quiet=quiet, kinds=(".html", ".json"))
    loading.fail_if_input(target, loaded, plan)
    with progress(quiet=quiet) as told:
        found = report(loaded, samples, seed, plan=plan, brief=brief, progress=told)
    printer.give_page(found, loaded.system)


def printed(json: bool, out: str | None, quiet: bool, *, plan: bool = False) -> Output:
    """Where the answer goes, and in what form."""
    from leverwise.report.output import KINDS, Output

    return Output(out=out, json=json, quiet=quiet, kinds=(".yaml", *KINDS) if plan else KINDS)


def ask(question: str, file: str, settings: Sequence[str] | None, printer: Output, **options: Any) -> None:
    """Read the model, ask the question, print the answer."""
    for name in SUMS:
        given = options.get(name)
        for text in [given] if isinstance(given, str) else given or ():
            loading.fail_if_left_by_shell(f"--{name}", text)
    model = loading.read(file, settings, to_run=True)
    plans = options.get("plan")
    for plan in plans if isinstance(plans, list) else [plans]:
        loading.fail_if_input(printer.out, model, plan)
    if printer.out is not None and printer.kind == ".yaml":
        from leverwise.ask.planfile import fail_if_kept

        fail_if_kept(printer.out, model.system)
    try:
        answer = answered(question, model, printer.quiet, **options)
    except ModelError as error:
        from leverwise.ask.commands import as_typed

        raise as_typed(error, options) from None
    if printer.out is not None and printer.kind == ".yaml":
        from leverwise.ask.commands import once_written

        answer = replace(answer, next=once_written(printer.out, answer, model))
    printer.give(answer, model.system)


def answered(question: str, model: Model, quiet: bool, *others: Model, **options: Any) -> Answer:
    """The answer to a question, with its progress told; options that are None are left to the question."""
    from leverwise.report.progress import progress

    given = {name: value for name, value in options.items() if value is not None}
    with progress(quiet=quiet) as told:
        answer: Answer = getattr(model, question)(*others, progress=told, **given)
    return answer
