"""Commands that ask what is worth finding out."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from leverwise.cli import loading
from leverwise.cli.options import Json, ModelFile, Out, Quiet, Samples, Seed, Settings, app
from leverwise.cli.questions import ask, printed


@app.command()
def information(
    model: ModelFile,
    study: Annotated[
        list[str] | None,
        typer.Option(
            metavar="INPUT=COST",
            help="What finding out costs: 'demand=$5k'; repeatable.",
            show_default=False,
        ),
    ] = None,
    plan: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="A plan, `nothing` or `use`; of several, one is chosen.", show_default=False),
    ] = None,
    level: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DECISION=LIST", help="Choose among these, such as 'stall.size=10,20,30'.", show_default=False
        ),
    ] = None,
    samples: Samples = None,
    seed: Seed = 0,
    set: Settings = None,
    json: Json = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """What is worth finding out before you act."""
    levels = {name: _numbers(text) for name, text in loading.settings_of(level or (), "--level").items()}
    options: dict[str, Any] = {"study": study, "plan": plan, "levels": levels or None}
    ask("information", model, set, printed(json, out, quiet), samples=samples, seed=seed, **options)


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no list of numbers", None, None, "--level") from None
