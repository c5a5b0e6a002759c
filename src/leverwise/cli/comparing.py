"""Commands that look at two sides, or behind a number."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Annotated

import typer

from leverwise.cli import loading, questions
from leverwise.cli.options import Json, ModelFile, Out, PlanFile, Quiet, Samples, Seed, Settings, app, whole
from leverwise.cli.questions import ask, printed
from leverwise.errors import ModelError, Problem


@app.command()
def compare(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL [OTHER ...]", help="The first, and what it is compared with.", show_default=False
        ),
    ],
    plan: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="A plan, or the words `nothing` or `use`; repeatable.", show_default=False),
    ] = None,
    with_: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="PATH=VALUE",
            help="The model with this beside the model as it is; several joined by `;`; repeatable.",
            show_default=False,
        ),
    ] = None,
    samples: Samples = None,
    seed: Seed = 0,
    set: Settings = None,
    json: Json = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """How models, plans or settings differ, on the same luck."""
    variants = [loading.settings_of(text.split(";"), "--with") for text in with_ or ()]
    printer = printed(json, out, quiet)
    paths = {path for variant in variants for path in variant}
    first, *others = (loading.read(file, set, to_run=True) for file in models)
    for model in (first, *others):
        loading.fail_if_input(out, model)
    for file in plan or ():
        loading.fail_if_input(out, first, file)
    try:
        answer = questions.answered(
            "compare", first, quiet, *others, plans=plan, settings=variants, samples=samples, seed=seed
        )
    except ModelError as error:
        from leverwise.ask.commands import as_typed

        raise as_typed(ModelError(_typed_with(problem, paths) for problem in error.problems)) from None
    printer.give(answer, first.system)


def _typed_with(problem: Problem, paths: Collection[str]) -> Problem:
    """A problem with a variant at the option that it was typed with."""
    place = problem.at
    if place is None or not any(place.file.startswith(f"--set {path}=") for path in paths):
        return problem
    return replace(problem, at=replace(place, file=place.file.replace("--set", "--with", 1), column=place.column + 1))


@app.command()
def explain(
    model: ModelFile,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="As in answers: cash, 'fan club.members now'.", show_default=False)
    ],
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When, such as '12 months'; else the end.", show_default=False)
    ] = None,
    depth: Annotated[
        int | None,
        typer.Option(
            parser=whole("--depth", 2, 1, 8), metavar="N", help="How many levels, 1 to 8 (2).", show_default=False
        ),
    ] = None,
    samples: Samples = None,
    seed: Seed = 0,
    set: Settings = None,
    plan: PlanFile = None,
    json: Json = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Where a number comes from: equation, values, shares, sources."""
    printer = printed(json, out, quiet)
    ask("explain", model, set, printer, name=name, at=at, depth=depth, samples=samples, seed=seed, plan=plan)
