"""Commands that ask nothing of the engine: read a model, show it, begin one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from leverwise.cli import loading
from leverwise.cli.options import Json, ModelFile, Settings, app
from leverwise.errors import ModelError, Problem, did_you_mean

FIRST_SAMPLES, COUNTED = 128, 4096
"""Of how many samples the first diagnosis is made: enough to name a bottleneck, and quick."""


class Graph(StrEnum):
    """How `show` draws the equations."""

    mermaid = "mermaid"
    dot = "dot"
    svg = "svg"


@app.command()
def check(
    model: ModelFile,
    set: Settings = None,
    json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing of a model that is sound.")] = False,
) -> None:
    """Read a model and say everything that is wrong with it."""
    from leverwise.ask.limits import fail_if_contradictory
    from leverwise.report import json as as_json
    from leverwise.report import output, system

    try:
        loaded = loading.read(model, set)
        fail_if_contradictory(loaded.system)
    except ModelError as error:
        if json:
            output.print_text(as_json.dumps(system.problems(error)) + "\n")
        raise
    if json:
        found = system.counts(loaded.system, loaded.sha256, loaded.warnings, loaded.lints)
        output.print_text(as_json.dumps(found) + "\n")
    elif not quiet:
        output.print_text(system.summary(loaded.system, loaded.warnings, loaded.lints) + "\n")


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
        str | None,
        typer.Option(
            "--from",
            metavar="EXAMPLE",
            help="Copy this one instead: see `leverwise examples`.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Begin a model of your own: from questions, or from an example."""
    if example is None:
        ask_in_terminal(folder)
    else:
        _from_example(folder, example)


def _from_example(folder: str, example: str) -> None:
    from leverwise.report import examples, output

    known = examples.names()
    if example not in known:
        hint = did_you_mean(example, known) or "there are " + ", ".join(known)
        raise ModelError(Problem(f"there is no example `{example}`", None, hint))
    sources = examples.files(example)
    target = _made_ready(folder, [source.name for source in sources])
    target.mkdir(parents=True, exist_ok=True)
    content, name = examples.renamed(sources[0].read_bytes(), target)
    output.write_bytes(target / sources[0].name, content)
    for source in sources[1:]:
        output.write_bytes(target / source.name, source.read_bytes())
    output.print_text(f"{target / sources[0].name}: {examples.about(example)}\n")
    output.print_text(f"The model is called `{name}`: its line `model:` says so.\n\n")
    output.print_text(f"next leverwise simulate {output.quoted(target / sources[0].name)}\n")


def ask_in_terminal(folder: str) -> None:
    """Ask, write the model, check it, and tell the first diagnosis."""
    from leverwise.cli.interview import fail_if_no_terminal, interview
    from leverwise.cli.questions import answered, printed
    from leverwise.files import write
    from leverwise.report import examples, output, system

    name = examples.named_after(Path(folder)) or "work"
    target = _made_ready(folder, [f"{name}.yaml"])
    fail_if_no_terminal(folder)
    place = target / f"{name}.yaml"
    text = interview(name, str(place))
    target.mkdir(parents=True, exist_ok=True)
    write(place, text)
    model = loading.read(str(place), None, to_run=True)
    output.print_text(f"wrote {place}\n{system.summary(model.system, (), model.lints)}\n\n")
    answer = answered("diagnose", model, False, samples=FIRST_SAMPLES, counted=COUNTED)
    following = f"leverwise plan {output.quoted(place)}"
    printed(False, None, False).give(replace(answer, next=following), model.system)


def _made_ready(folder: str, names: Iterable[str]) -> Path:
    """The folder to write to. Raises ModelError if it is none, or if one of the files is there."""
    target = Path(folder)
    if target.is_file():
        raise ModelError(Problem(f"{folder} is a file", None, "name a folder to put the model in"))
    there = [path for name in names if (path := target / name).exists()]
    if there:
        raise ModelError(Problem(f"{there[0]} is there already", None, "choose another folder, or move it away"))
    return target


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
