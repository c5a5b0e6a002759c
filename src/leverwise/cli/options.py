"""The options that commands share, and the application they belong to."""

from __future__ import annotations

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


def _enough(samples: int | None) -> int | None:
    """How many samples are asked for. Raises ModelError for none."""
    if samples is not None and samples < 1:
        raise ModelError(Problem(f"--samples {samples}: there is nothing to learn from that", None, TOO_FEW))
    return samples


ModelFile = Annotated[str, typer.Argument(metavar="MODEL", help="The model file (YAML).", show_default=False)]
Samples = Annotated[int | None, typer.Option(metavar="N", callback=_enough, help="How many draws.", show_default=False)]
Seed = Annotated[int, typer.Option(min=0, metavar="S", help="Same seed, same numbers.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Replace an entry of the model; repeatable.", show_default=False),
]
PlanFile = Annotated[str | None, typer.Option("--plan", metavar="FILE", help="A plan file to run.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Out = Annotated[
    str | None,
    typer.Option(
        "--out", metavar="FILE", help="Write the answer too: .json .txt .html .png .svg .nc", show_default=False
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Only the headline, no progress.")]
