"""Every command and every cell that the documentation shows is run, and what can't be run here stands in a list.

Commands of one page are run in the order in which they are read, with fewer samples. Where they ask about an example,
one of them stands in its place, with less time and fewer levers, so that its programs are compiled once:
`tests/examples` runs the examples as they are. A command that several pages show is run once.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from ruamel.yaml import YAML

import leverwise
from leverwise import cli
from leverwise.ask.following import following
from leverwise.report.output import Output
from unit.pages import OWN, PAGES, ROOT, SHELL, WRONG_COMMANDS, blocks, commands, fenced, indented, shell_lines

SAMPLES = {"information": 256, "robust": 256}
"""How many samples a question is asked with here; others with 64."""
ASKED_ABOUT = ("superstar", "consultancy", "choir")
"""Examples that the pages ask questions about."""
LEVERS = ("crew", "studio")
"""Those that the one in their place has."""
ASKED = "a conversation in a terminal: tests/unit/test_new.py"
TYPED_ELSEWHERE = {
    "leverwise new my-work": ASKED,
    "make demo": "installs; what it asks stands below it on the page",
    "make test": "runs these tests",
    "make lint": "installs and looks at the code, not at the page",
    "make bench CASES=rivals": "takes long and needs other programs: tests/unit/test_benchmarks.py",
    ".venv/bin/python -m benchmarks --docs docs/performance.md": "likewise",
    "python3 -m venv .venv": "installs",
    ".venv/bin/pip install -c constraints.txt .": "installs",
    "source .venv/bin/activate": "says to the shell where the program is",
}
"""Lines to be typed that are not run here, and why."""
KINDS = {
    "math": "test_docs: test_every_equation_can_be_set",
    "yaml": "test_docs: test_yaml_is_of_a_kind_that_is_tested",
    "yaml wrong": "test_docs: test_wrong_models_are_answered_as_shown",
    "text": "test_docs: test_wrong_models_are_answered_as_shown",
    "leverwise": "test_docs: test_expressions",
    "python": "test_docs: test_python",
    "{code-cell}": "test_notebooks",
    "{toctree}": "no code: a list of pages",
}
"""Kinds of blocks that are no commands, and what tests them."""
PLAIN = {
    "model file ──► model/      read with positions, checked against the schema; every error at once": "a picture",
    "run(constants, draws, sample numbers, decisions, switches, nudges) -> measures, trajectories": "a signature",
    "normal(mean, sd)": "signatures: test_docs: test_the_tables_of_the_language_are_what_the_program_has",
    "levers:": "test_a_shown_lever_and_a_shown_plan_can_stand_in_a_model",
    "plan: {every: 3 months, objective: mean, confidence: 95 %, budget: $300k, subject to: "
    "[media.spent <= 20k $/month]}": "test_a_shown_lever_and_a_shown_plan_can_stand_in_a_model",
    "owned:": "a part of a mechanism: tests/unit/model runs such alternatives",
}
"""First lines of indented blocks that are no commands, and what they are or what tests them."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `home`, in which there are examples and a plan for one, and `models`, as on the site."""
    place = tmp_path_factory.mktemp("desk")
    (place / "home" / "examples").mkdir(parents=True)
    for path in (ROOT / "examples").iterdir():
        shutil.copy(path, place / "home" / "examples")
    short = shortened((ROOT / "examples" / "superstar.yaml").read_text(encoding="utf-8"))
    for name in ASKED_ABOUT:
        with (place / "home" / "examples" / f"{name}.yaml").open("w", encoding="utf-8") as stream:
            YAML(typ="safe", pure=True).dump(short, stream)
    (place / "home" / "superstar-plan.yaml").write_text("plan: {crew.positions: 1}\n", encoding="utf-8")
    shutil.copytree(OWN, place / "models")
    for _, text in blocks("yaml"):
        if found := re.match(r"mechanism: *(\w+)|leverwise: 1\nmodel: *(\w+)", text):
            path = place / "models" / f"{found[1] or found[2]}.yaml"
            if not path.exists():
                path.write_text(text, encoding="utf-8")
    return place


def shortened(text: str) -> dict[str, Any]:
    """An example with some of its levers, for half a year, and with numbers for what commands make numbers of.

    A command that makes a number of a range needs programs of its own, which take long to compile.
    """
    model: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    model["levers"] = {name: model["levers"][name] for name in LEVERS}
    model["time"] |= {"step": "1 month", "horizon": "6 months", "tail": "2 months"}
    model["plan"]["every"] = "3 months"
    people = model["people"][model["principal"]]
    people["hours"] = "200 hours/month"
    people["talent"] = dict.fromkeys(people["talent"], 2)
    model["market"]["word of mouth"] = "2 %/month"
    return model


def test_no_question_is_asked_about_another_example() -> None:
    """Every example of which the pages ask more than whether it is sound has the short one in its place."""
    shown = [
        command for page in PAGES for command in commands(page) if not re.match("leverwise (check|show) ", command)
    ]
    assert {name for command in shown for name in re.findall(r"examples/(\w+)\.yaml", command)} == {*ASKED_ABOUT}


@pytest.mark.parametrize(
    "page", [page for page in PAGES if commands(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_commands(page: Path, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command of the page ends as it should, says or writes something, and answers the question that it asks."""
    for command in commands(page):
        if command not in TYPED_ELSEWHERE:
            status, said, wrong = typed(command, desk, capsys)
            assert status == WRONG_COMMANDS.get(command, 0), (command, wrong)
            assert said or wrong, command


def typed(command: str, desk: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """The exit status of a command and what it says, its file read where it writes one."""
    key = (command, desk)
    if key not in DONE:
        words = [{"MODEL": "potter.yaml"}.get(word, word) for word in shlex.split(command)[1:]]
        about_examples = any("examples/" in word for word in words) or words[:1] in (["examples"], ["schema"])
        before = Path.cwd()
        os.chdir(desk / ("home" if about_examples else "models"))
        try:
            DONE[key] = run(words, capsys)
        finally:
            os.chdir(before)
    return DONE[key]


DONE: dict[tuple[str, Path], tuple[int, str, str]] = {}
"""What came of each command so far."""


def run(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Ask with fewer samples, and of few cells; what was written belongs to what was said."""
    out = Path(words[words.index("--out") + 1]) if "--out" in words else None
    if out is not None:
        out.unlink(missing_ok=True)
    shutil.rmtree("mine", ignore_errors=True)
    if any(word.startswith("mine/") for word in words):
        assert cli.main(["new", "mine", "--from", "superstar"]) == 0
    fewer = []
    if words[0] not in ("check", "show", "examples", "schema", "new"):
        fewer = ["--samples", str(SAMPLES.get(words[0], 64))]
    if words[0] == "map" or words[0] == "frontier":
        fewer += ["--points", "2"]
    capsys.readouterr()
    with mock.patch.object(Output, "give", autospec=True, side_effect=Output.give) as give:
        status = cli.main([*words, *fewer])
    said, wrong = capsys.readouterr()
    given = [call.args[1] for call in give.call_args_list]
    if fewer and words[0] != "report" and status == 0:
        assert [answer.question for answer in given] == [words[0]], words
        assert "--json" in words or given[0].headline.split()[0] in said, words
    return status, said if out is None else out.read_bytes().hex(), wrong


def test_every_block_is_run_or_listed() -> None:
    """Each fenced block, each line to be typed and each indented block is run, or stands in a list with the reason."""
    left = []
    for page in PAGES:
        shown = commands(page)
        known = {*shown, *TYPED_ELSEWHERE}
        for block in fenced(page):
            kind, _, argument = block.kind.partition(" ")
            if kind == "{literalinclude}":
                left += [block.name] if not any(Path(argument).name in command for command in shown) else []
            elif kind not in (*SHELL, "{command-output}") and block.kind not in KINDS:
                left.append(block.name)
        left += [line for line in shell_lines(page) if " ".join(line.split()) not in known]
        for lines in indented(page):
            left += [] if lines[0] in PLAIN else [line for line in lines if line not in known]
    assert not left


def test_nothing_stands_in_the_lists_for_nothing() -> None:
    """What the lists name is on some page, and no kind of block is named that there is not."""
    typed_somewhere = {line for page in PAGES for line in (*shell_lines(page), *commands(page))}
    typed_somewhere |= {line for page in PAGES for lines in indented(page) for line in lines}
    assert not {*TYPED_ELSEWHERE, *PLAIN} - typed_somewhere
    assert not set(KINDS) - {block.kind for block in fenced()}


NOTEBOOKS = sorted({block.page for block in fenced() if block.kind == "{code-cell}"})


@pytest.mark.parametrize("page", NOTEBOOKS, ids=lambda page: page.stem)
def test_notebooks(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cells run one after the other, where the page stands, and what ends a cell shows itself."""
    monkeypatch.chdir(page.parent)
    monkeypatch.setattr(sys, "path", [*sys.path])
    names: dict[str, Any] = {}
    for block in fenced(page):
        if block.kind == "{code-cell}":
            cell = ast.parse(re.sub(r"^:tags:.*\n", "", block.text), block.name)
            last = cell.body.pop() if isinstance(cell.body[-1], ast.Expr) else None
            exec(compile(cell, block.name, "exec"), names)
            if isinstance(last, ast.Expr):
                result = eval(compile(ast.Expression(last.value), block.name, "eval"), names)
                shown = getattr(result, "_repr_html_", None) or getattr(result, "_repr_mimebundle_", None)
                assert result is None or shown is None or shown(), block.name


def test_plans_that_are_shown_can_be_followed(desk: Path) -> None:
    """Plan files on the pages, rules and all, are plans for the example that they speak of."""
    model = leverwise.load(ROOT / "examples" / "superstar.yaml")
    plans = [text for _, text in blocks("yaml") if text.startswith("plan:")]
    assert len(plans) >= 2
    for text in plans:
        path = desk / "shown-plan.yaml"
        path.write_text(text, encoding="utf-8")
        followed, decisions, _ = following(model, str(path))
        assert decisions.any()
        assert (followed is model) == ("rules:" not in text)


def test_a_shown_lever_and_a_shown_plan_can_stand_in_a_model() -> None:
    """The parts of a model that a page shows by themselves fit in an example."""
    superstar = YAML(typ="safe", pure=True).load((ROOT / "examples" / "superstar.yaml").read_text(encoding="utf-8"))
    parts = [lines for lines in indented(ROOT / "docs" / "model-file.md") if lines[0] in PLAIN]
    (levers,), (plan,) = ([each for each in parts if each[0].startswith(name)] for name in ("levers:", "plan:"))
    lever = YAML(typ="safe", pure=True).load("\n".join(line for line in levers if "NAME" not in line))["levers"]
    made = leverwise.load({**superstar, "levers": superstar["levers"] | lever})
    positions = next(decision for decision in made.system.decisions if decision.name == "crew.positions")
    assert positions.use == (1.0, 1.0, *[3.0] * (positions.periods - 2))
    aim = leverwise.load({**superstar, **YAML(typ="safe", pure=True).load("\n".join(plan))}).system.aim
    assert (aim.budget, aim.confidence, len(aim.constraints)) == (300e3, pytest.approx(0.95), 1)
