"""The options that commands share, and the application they belong to."""

from __future__ import annotations

from typing import Annotated

import typer
import typer.core

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

ModelFile = Annotated[str, typer.Argument(metavar="MODEL", help="The model file (YAML).", show_default=False)]
Samples = Annotated[int | None, typer.Option(min=1, metavar="N", help="How many draws.", show_default=False)]
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
