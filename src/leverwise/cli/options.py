"""The options that commands share, and the application they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
import typer.core

from leverwise.errors import ModelError, Problem

ORDER = (
    *("new", "check", "show", "simulate", "diagnose", "plan"),
    *("attribute", "sensitivity", "information", "map", "compare", "explain"),
    *("frontier", "robust", "report", "examples", "schema"),
)
"""How the help lists the commands: begin, read, ask, understand, print."""


class _Ordered(typer.core.TyperGroup):
    def list_commands(self, ctx: object) -> list[str]:
        """The commands in the order of `ORDER`."""
        return sorted(self.commands, key=ORDER.index)


app = typer.Typer(
    cls=_Ordered,
    help="Where to push next, to have an impact orders of magnitude bigger than yourself.",
    epilog="Begin with: leverwise new my-work",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

SAMPLES = "How many samples, such as 512; else what it takes."
SCALES = {"k": 1000, "M": 1_000_000}
"""Endings of whole numbers."""
TOO_FEW = "give at least 1 sample, or leave it out: `--samples 256` is a quick look"


def _version(asked: bool) -> None:
    """Print which version this is, and leave."""
    if asked:
        from leverwise import __version__

        typer.echo(f"leverwise {__version__}")
        raise typer.Exit


@app.callback()
def _every(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Which version this is.")
    ] = False,
) -> None:
    pass


def whole(option: str, example: int, least: int, most: int | None = None, hint: str = "") -> Callable[[str | int], int]:
    """Reads a whole number for an option: `512`, or `4k`. What it gives raises ModelError for anything else."""

    def read(text: str | int) -> int:
        written = str(text).strip()
        digits, scale = (written[:-1], SCALES[written[-1:]]) if written[-1:] in SCALES else (written, 1)
        if not digits.removeprefix("-").isdecimal():
            message = f"{option} {written}: this is no whole number"
            raise ModelError(Problem(message, None, f"write for example `{option} {example}`"))
        number = int(digits) * scale
        if number < least or (most is not None and number > most):
            reach = f"{least} or more" if most is None else f"from {least} to {most}"
            raise ModelError(
                Problem(f"{option} {written}: this must be {reach}", None, hint or f"write `{option} {example}`")
            )
        return number

    return read


ModelFile = Annotated[str, typer.Argument(metavar="MODEL", help="The model file (YAML).", show_default=False)]
Samples = Annotated[
    int | None,
    typer.Option(metavar="N", parser=whole("--samples", 512, 1, hint=TOO_FEW), help=SAMPLES, show_default=False),
]
Seed = Annotated[
    int,
    typer.Option(metavar="S", parser=whole("--seed", 0, 0), help="Same seed, same samples, same numbers."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Replace an entry of the model; repeatable.", show_default=False),
]
PlanFile = Annotated[
    str | None,
    typer.Option(
        "--plan", metavar="FILE", help="Follow this plan file, not the `use` of the model.", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Out = Annotated[
    str | None,
    typer.Option(
        "--out", metavar="FILE", help="Write the answer too: .json .txt .html .png .svg .nc", show_default=False
    ),
]
OutPlan = Annotated[
    str | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write the answer too: .yaml (a file for --plan) .json .txt .html .png .svg .nc",
        show_default=False,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Only the headline, no progress.")]
