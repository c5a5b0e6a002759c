"""The command line: parse, ask, print. Everything heavy is imported by the command that needs it.

Standard output carries the answer alone; progress and complaints go to standard error. Exit codes: 0 answered,
1 the question has no answer, 2 the input is wrong, 70 a fault of the program (with its traceback), 130 stopped by
Ctrl-C.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from leverwise.errors import LeverwiseError, ModelError, NoAnswerError, Problem, did_you_mean

if TYPE_CHECKING:
    from leverwise.ask import Model
    from leverwise.ask.answer import Answer
    from leverwise.report.output import Output

app = typer.Typer(
    help="Where to push next, to have an impact orders of magnitude bigger than yourself.",
    epilog="Begin with: leverwise new work --from superstar",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Graph(StrEnum):
    """How `show` draws the equations."""

    mermaid = "mermaid"
    dot = "dot"
    svg = "svg"


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


@app.command()
def check(model: ModelFile, set: Settings = None, json: Json = False, quiet: Quiet = False) -> None:
    """Read a model and say everything that is wrong with it."""
    from leverwise.report import json as as_json
    from leverwise.report import output, system

    try:
        loaded = _load(model, set)
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
    loaded = _load(model, set)
    _fail_if_input(out, loaded)
    equations = loaded.system
    if graph:
        text = graphs.draw(equations, graph.value)
    else:
        text = system.sources(equations) if sources else system.text(equations)
    output.give_text(text, out)


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
        printer = _output(json, out, quiet, plan=question == "robust")
        _ask(question, model, set, printer, samples=samples, seed=seed, plan=plan)

    app.command(name=question, help=about)(run)


_run("simulate", "What will happen: impact over time, with the levers and alone.")
_run("diagnose", "What holds you back: the bottleneck, and what one more is worth.")
_run("robust", "What breaks a plan (FILE, else one is made), and what it loses where things come differently.")


@app.command()
def frontier(
    model: ModelFile,
    budget: Annotated[
        str | None, typer.Option(metavar="MONEY", help="From and to, such as '$50k to $500k'.", show_default=False)
    ] = None,
    points: Annotated[
        int | None, typer.Option(min=2, max=24, metavar="N", help="How many plans to make.", show_default=False)
    ] = None,
    risk: Annotated[bool, typer.Option("--risk", help="The mean against the worst tenth instead.")] = False,
    samples: Samples = None,
    seed: Seed = 0,
    set: Settings = None,
    json: Json = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """What more money would bring, or what care for bad luck costs: a plan for each budget or attitude."""
    settings: dict[str, Any] = {"budget": budget, "points": points, **({"risk": True} if risk else {})}
    _ask("frontier", model, set, _output(json, out, quiet), samples=samples, seed=seed, **settings)


@app.command()
def plan(
    model: ModelFile,
    budget: Annotated[
        str | None, typer.Option(metavar="MONEY", help="Spend at most this, such as '$300k'.", show_default=False)
    ] = None,
    objective: Annotated[
        str | None,
        typer.Option(metavar="AIM", help="mean, 'quantile 10 %', 'cvar 10 %', 'P(impact > 5)'.", show_default=False),
    ] = None,
    confidence: Annotated[
        str | None,
        typer.Option(metavar="SHARE", help="How surely the plan must hold, such as 95 %.", show_default=False),
    ] = None,
    samples: Samples = None,
    seed: Seed = 0,
    set: Settings = None,
    plan: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A plan file to begin the search from too.", show_default=False),
    ] = None,
    adaptive: Annotated[
        bool, typer.Option("--adaptive", help="Rules too: decisions that react to what is seen, if that pays.")
    ] = False,
    json: Json = False,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Write the answer too: .yaml (a file for --plan) .json .txt .html .png .svg .nc",
            show_default=False,
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """What to do: when to pull which lever, and how far."""
    settings: dict[str, Any] = {"budget": budget, "objective": objective, "confidence": confidence, "plan": plan}
    settings |= {"adaptive": True} if adaptive else {}
    _ask("plan", model, set, _output(json, out, quiet, plan=True), samples=samples, seed=seed, **settings)


@app.command(name="report")
def make_report(
    model: ModelFile,
    samples: Samples = None,
    seed: Seed = 0,
    set: Settings = None,
    plan: PlanFile = None,
    json: Json = False,
    out: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The page to write; else MODEL's name and .html.", show_default=False),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """A plan, what happens and what holds you back under it, on one page of HTML."""
    from leverwise.ask.report import report
    from leverwise.report.output import Output
    from leverwise.report.progress import progress

    loaded = _load(model, set, to_run=True)
    target = out or Path(model).with_suffix(".html").name
    printer = Output(out=target, json=json, quiet=quiet, kinds=(".html", ".json"))
    _fail_if_input(target, loaded, plan)
    with progress(quiet=quiet) as told:
        found = report(loaded, samples, seed, plan=plan, progress=told)
    printer.give_page(found, loaded.system)


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


def program() -> NoReturn:
    """The command `leverwise`: `main`, and a plain end, since taking JAX apart takes a fifth of a second."""
    gc.set_threshold(100_000, 50, 50)  # much is made at the start, and little of it is ever let go
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads spin, and nothing here is large enough for them
    code = main()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code. Never a traceback for what a person typed."""
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    try:
        code = app(args=words, prog_name="leverwise", standalone_mode=False)
        return _complain("stopped", 130) if code == 130 else code if isinstance(code, int) else 0
    except (KeyboardInterrupt, typer.Abort):
        return _complain("stopped", 130)
    except NoAnswerError as error:
        return _complain(str(error), 1)
    except LeverwiseError as error:
        return _complain(str(error), 2)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _complain(place + (error.strerror or str(error)), 2)
    except MemoryError:
        return _complain("there is not enough memory for this: ask for fewer --samples", 2)
    except Exception as error:
        if hasattr(error, "format_message"):
            return _usage(error)
        return _complain("".join(traceback.format_exception(error)), 70)


def _usage(error: Any) -> int:
    """A complaint about the command line itself, and where to read about it."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "leverwise"
    return _complain(f"{error.format_message().rstrip('.')}\nsee `{command} --help`", 2)


def _complain(text: str, code: int) -> int:
    from leverwise.report.numbers import printable

    with suppress(OSError):
        print(printable(text), file=sys.stderr, flush=True)
    return code


def _load(file: str, settings: Sequence[str] | None, *, to_run: bool = False) -> Model:
    """The model, with what `--set` replaces. A name of an example that is no file gets a hint."""
    if not Path(file).exists():
        _fail_if_no_file(file)
    replaced = {}
    for text in settings or ():
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise typer.BadParameter(
                f"{text!r} has no value: write PATH=VALUE, such as --set 'money.start=$600k'", None, None, "--set"
            )
        replaced[path.strip()] = value.strip()
    from leverwise.ask import load

    try:
        return load(file, set=replaced, to_run=to_run)
    except ModelError as error:
        from leverwise.ask.commands import as_typed

        raise as_typed(error) from None


def _fail_if_no_file(file: str) -> None:
    from leverwise.model.read import neighbours
    from leverwise.report import examples

    known = examples.names()
    hint = f"to begin from that example: leverwise new DIR --from {file}" if file in known else neighbours(Path(file))
    raise ModelError(Problem(f"{file}: there is no such file", None, hint))


def _fail_if_input(out: str | None, model: Model, plan: str | None = None) -> None:
    from leverwise.report import output

    read = [(path, "a file that the model reads") for path in model.beside]
    output.fail_if_input(out, [(model.file, "the model itself"), *read, (plan, "the plan file")])


def _output(json: bool, out: str | None, quiet: bool, *, plan: bool = False) -> Output:
    from leverwise.report.output import KINDS, Output

    return Output(out=out, json=json, quiet=quiet, kinds=(".yaml", *KINDS) if plan else KINDS)


def _ask(question: str, file: str, settings: Sequence[str] | None, printer: Output, **options: Any) -> None:
    model = _load(file, settings, to_run=True)
    _fail_if_input(printer.out, model, options.get("plan"))
    try:
        answer = _answer(question, model, printer.quiet, **options)
    except ModelError as error:
        from leverwise.ask.commands import as_typed

        raise as_typed(error, options) from None
    if printer.out is not None and printer.kind == ".yaml":
        from leverwise.ask.commands import once_written

        answer = replace(answer, next=once_written(printer.out, answer, model))
    printer.give(answer, model.system)


def _answer(question: str, model: Model, quiet: bool, **options: Any) -> Answer:
    from leverwise.report.progress import progress

    given = {name: value for name, value in options.items() if value is not None}
    with progress(quiet=quiet) as told:
        answer: Answer = getattr(model, question)(progress=told, **given)
    return answer
