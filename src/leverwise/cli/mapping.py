"""The command `map`: where each lever is the best one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from leverwise.cli.options import Json, ModelFile, Out, Quiet, Samples, Seed, Settings, app, whole
from leverwise.cli.questions import ask, printed


@app.command(name="map")
def ask_map(
    model: ModelFile,
    x: Annotated[
        str | None,
        typer.Option("--x", metavar="RANGE", help="What to vary: 'money.start=$50k..$500k'.", show_default=False),
    ] = None,
    y: Annotated[
        str | None,
        typer.Option("--y", metavar="RANGE", help="A second input; values: 'a.talent.b=1,2,4'.", show_default=False),
    ] = None,
    points: Annotated[
        int | None,
        typer.Option(
            parser=whole("--points", 5, 2, 24),
            metavar="N",
            help="Points along a range, 2 to 24 (5).",
            show_default=False,
        ),
    ] = None,
    cells: Annotated[
        int | None,
        typer.Option(
            parser=whole("--cells", 100, 1, 1024),
            metavar="N",
            help="Most cells in all, up to 1024; more of them where advice flips.",
            show_default=False,
        ),
    ] = None,
    samples: Samples = None,
    seed: Seed = 0,
    set: Settings = None,
    plan: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A plan file to begin the searches from too.", show_default=False),
    ] = None,
    json: Json = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Where each lever is the best one, two inputs varied."""
    settings: dict[str, Any] = {"x": x, "y": y, "points": points, "cells": cells, "plan": plan}
    ask("map", model, set, printed(json, out, quiet), samples=samples, seed=seed, **settings)
