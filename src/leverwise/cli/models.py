"""Commands that ask nothing of the engine: read a model, show it, begin one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from leverwise.cli import loading
from leverwise.cli.options import Json, ModelFile, Quiet, Settings, app
from leverwise.errors import ModelError, Problem, did_you_mean


class Graph(StrEnum):
    """How `show` draws the equations."""

    mermaid = "mermaid"
    dot = "dot"
    svg = "svg"


@app.command()
def check(model: ModelFile, set: Settings = None, json: Json = False, quiet: Quiet = False) -> None:
    """Read a model and say everything that is wrong with it."""
    from leverwise.report import json as as_json
    from leverwise.report import output, system

    try:
        loaded = loading.read(model, set)
    except ModelError as error:
        if json:
            output.print_text(as_json.dumps(system.problems(error)) + "\n")
        raise
    if json:
        found = system.counts(loaded.system, loaded.sha256, loaded.warnings)
        output.print_text(as_json.dumps(found) + "\n")
    elif not quiet:
        output.print_text(system.summary(loaded.system, loaded.warnings) + "\n")


@app.command()
def show(
    model: ModelFile,
    set: Settings = None,
    graph: Annotated[Graph | None, typer.Option(help="Draw what depends on what instead.", show_default=False)] = None,
    sources: Annotated[bool, typer.Option("--sources", help="List the sources that the equations rest on.")] = False,
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write to a file.", show_default=False)] = None,
) -> None:
    """Show the equations behind a model, with units and sources."""
    from leverwise.report import graphs, output, system

    if sources and graph:
        raise typer.BadParameter("ask for --graph or for --sources, not for both")
    loaded = loading.read(model, set)
    loading.fail_if_input(out, loaded)
    equations = loaded.system
    if graph:
        text = graphs.draw(equations, graph.value)
    else:
        text = system.sources(equations) if sources else system.text(equations)
    output.give_text(text, out)


@app.command()
def new(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Where to put it.", show_default=False)],
    example: Annotated[
        str, typer.Option("--from", metavar="EXAMPLE", help="Which one: see `leverwise examples`.")
    ] = "superstar",
) -> None:
    """Begin a model of your own from an example."""
    from leverwise.report import examples, output

    known = examples.names()
    if example not in known:
        hint = did_you_mean(example, known) or "there are " + ", ".join(known)
        raise ModelError(Problem(f"there is no example `{example}`", None, hint))
    sources = examples.files(example)
    target = Path(folder)
    if target.is_file():
        raise ModelError(Problem(f"{folder} is a file", None, "name a folder to put the example in"))
    there = [path for source in sources if (path := target / source.name).exists()]
    if there:
        raise ModelError(Problem(f"{there[0]} is there already", None, "choose another folder, or move it away"))
    target.mkdir(parents=True, exist_ok=True)
    content, name = examples.renamed(sources[0].read_bytes(), target)
    output.write_bytes(target / sources[0].name, content)
    for source in sources[1:]:
        output.write_bytes(target / source.name, source.read_bytes())
    output.print_text(f"{target / sources[0].name}: {examples.about(example)}\n")
    output.print_text(f"The model is called `{name}`: its line `model:` says so.\n\n")
    output.print_text(f"next leverwise simulate {output.quoted(target / sources[0].name)}\n")


@app.command(name="examples")
def list_examples() -> None:
    """List the models to begin from."""
    from leverwise.report import examples, output

    names = examples.names()
    width = max(map(len, names))
    output.print_text("".join(f"{name:<{width}}  {examples.about(name)}\n" for name in names))


@app.command()
def schema(
    out: Annotated[str | None, typer.Option(metavar="FILE", help="Write to a file.", show_default=False)] = None,
) -> None:
    """Print the JSON Schema of model files, for editors."""
    import json as standard

    from leverwise.model import json_schema
    from leverwise.report import output

    output.give_text(standard.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", out)
