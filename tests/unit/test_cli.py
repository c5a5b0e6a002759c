from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import leverwise
from leverwise import cli
from leverwise.ask.answer import Answer, Provenance
from leverwise.errors import Lint, ModelError, NoAnswerError, Position, Problem
from leverwise.report import examples
from unit.report.answers import diagnose_answer, plan_answer, simulate_answer
from unit.report.systems import small_system

Run = Callable[..., tuple[int, str, str]]
EXPLAINING = ["simulate", "diagnose", "attribute", "sensitivity", "information", "robust"]
"""What a report asks of a plan."""
QUESTIONS: dict[str, Callable[[], Answer]] = {
    **{name: partial(lambda name: replace(simulate_answer(), question=name), name) for name in EXPLAINING},
    "diagnose": diagnose_answer,
    "plan": lambda: small_plan(),
}


class FakeModel:
    """Answers every question from a drawer, and remembers what it was asked."""

    system = small_system()
    file = "m.yaml"
    beside = ("prices.csv",)
    sha256 = "abc"
    named = True
    settings: Mapping[str, str] = {}
    warnings = ("a warning about the model",)
    lints = (Lint("unused", "`x` does not matter", "no answer would change", "leave it out", Position("m.yaml", 1, 3)),)

    def __init__(self, errors: dict[str, BaseException] | None = None) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.errors = errors or {}

    def provenance(self, seed: int, samples: int, seconds: Mapping[str, float]) -> Provenance:
        """That of an answer for which nothing was run."""
        return Provenance("1", seed, samples, "float64", "cpu", seconds)

    def __getattr__(self, question: str) -> Callable[..., Answer]:
        if question not in QUESTIONS:
            raise AttributeError(question)

        def answer(**options: Any) -> Answer:
            self.asked.append((question, options))
            if question in self.errors:
                raise self.errors[question]
            return QUESTIONS[question]()

        return answer


SCHEDULE = [
    *(
        {"lever": "media", "decision": "spent", "start": 3.0 * k, "value": 1.0 + k, "unit": "$k/month"}
        for k in range(4)
    ),
    *({"lever": None, "decision": "hire", "start": 6.0 * k, "value": float(k), "unit": "person"} for k in range(2)),
]


def small_plan() -> Answer:
    """A plan of the small system."""
    return replace(plan_answer(), rows={"schedule": SCHEDULE})


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeModel:
    """A model file whose answers are made by hand; its settings are kept in `loaded`."""
    fake = FakeModel()
    loaded: list[dict[str, str]] = []

    def load(file: str, set: dict[str, str], to_run: bool = False) -> FakeModel:
        loaded.append(set)
        return fake

    monkeypatch.setattr("leverwise.ask.load", load)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.yaml").write_text("leverwise: 1\n")
    fake.loaded = loaded  # type: ignore[attr-defined]
    return fake


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line; gives exit code, standard output and standard error."""

    def call(*words: str) -> tuple[int, str, str]:
        code = cli.main(words)
        out, err = capfd.readouterr()
        return code, out, err

    return call


@pytest.mark.parametrize("question", ["simulate", "diagnose", "plan"])
def test_an_answer_alone_is_on_standard_output(question: str, model: FakeModel, run: Run) -> None:
    """Headline first, `next` last, exit code 0, and not a word on standard error."""
    code, out, err = run(question, "m.yaml")
    assert (code, err) == (0, "")
    assert out.split()[:3] == QUESTIONS[question]().headline.split()[:3]
    assert out.splitlines()[-1] == f"next {QUESTIONS[question]().next}"
    assert "\x1b" not in out


def test_json_is_json(model: FakeModel, run: Run) -> None:
    """`--json` prints the contract and nothing else."""
    code, out, err = run("plan", "m.yaml", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["tables"]["schedule"][0]["lever"] == "media"


def test_options_reach_the_question(model: FakeModel, run: Run) -> None:
    """What is given is handed on under its name; what is not given is left to the question."""
    run("simulate", "m.yaml", "--samples", "64", "--seed", "7", "--plan", "p.yaml")
    run("plan", "m.yaml", "--budget", "$300k", "--objective", "quantile 10 %", "--confidence", "90 %")
    run("plan", "m.yaml", "--adaptive")
    run("plan", "m.yaml", "--freeze", "media", "--freeze", "hire", "--samples", "4k")
    run("diagnose", "m.yaml")
    asked = [(question, {k: v for k, v in options.items() if k != "progress"}) for question, options in model.asked]
    assert asked == [
        ("simulate", {"samples": 64, "seed": 7, "plan": "p.yaml"}),
        ("plan", {"seed": 0, "budget": "$300k", "objective": "quantile 10 %", "confidence": "90 %"}),
        ("plan", {"seed": 0, "adaptive": True}),
        ("plan", {"samples": 4000, "seed": 0, "freeze": ["media", "hire"]}),
        ("diagnose", {"seed": 0}),
    ]


def test_set_replaces_entries(model: FakeModel, run: Run) -> None:
    """`--set` may be repeated; only the first equals sign parts path and value; spaces around are dropped."""
    run("simulate", "m.yaml", "--set", "money.start = $600k", "--set", "impact.is=a==b")
    assert model.loaded[0] == {"money.start": "$600k", "impact.is": "a==b"}  # type: ignore[attr-defined]


def test_quiet_prints_the_headline(model: FakeModel, run: Run) -> None:
    """One line of text; JSON stays whole; nothing is said about files."""
    assert run("simulate", "m.yaml", "--quiet", "--out", "a.json") == (0, simulate_answer().headline + "\n", "")
    assert json.loads(run("simulate", "m.yaml", "--quiet", "--json")[1])["question"] == "simulate"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["simulate"], "Missing argument"),
        (["simulate", "m.yaml", "--samples", "0"], "--samples"),
        (["simulate", "m.yaml", "--samples", "many"], "--samples"),
        (["simulate", "m.yaml", "--seed", "-1"], "--seed"),
        (["simulate", "m.yaml", "--set", "money.start"], "PATH=VALUE"),
        (["simulate", "m.yaml", "--out", "a.yaml"], "'.yaml'"),
        (["simulate", "m.yaml", "--budget", "$1"], "--budget"),
        (["simulate", "none.yaml"], "none.yaml: there is no such file"),
        (["simulate", "superstar"], "leverwise new DIR --from superstar"),
        (["show", "m.yaml", "--graph", "gif"], "mermaid"),
        (["show", "m.yaml", "--graph", "dot", "--sources"], "not for both"),
        (["new", "d", "--from", "supersta"], "did you mean `superstar`?"),
        (["frobnicate"], "frobnicate"),
        (["attribute", "m.yaml", "--lever"], "--levers"),
        (["simulate", "m.yaml", "--samples", "many"], "--samples many: this is no whole number\n  write for example"),
        (["simulate", "m.yaml", "--samples", "1.5"], "--samples 1.5: this is no whole number"),
        (["simulate", "m.yaml", "--samples", "-3"], "--samples -3: this must be 1 or more\n  give at least 1 sample"),
        (["explain", "m.yaml", "cash", "--depth", "9"], "--depth 9: this must be from 1 to 8"),
        (["simulate", "m.yaml", "--freeze", "x"], "has no option --freeze: `leverwise plan` has it"),
        (["map", "m.yaml", "--budget", "$1"], "--budget: `leverwise frontier` and `leverwise plan` have it"),
        (["simulate", "m.yaml", "--freez", "x"], "has no option --freez: did you mean `--freeze`?"),
        (["simulate", "m.yaml", "--zzz"], "has no option --zzz\nsee `leverwise simulate --help`"),
    ],
)
def test_wrong_input_is_2_with_a_sentence(words: list[str], said: str, model: FakeModel, run: Run) -> None:
    """Exit code 2; the message is on standard error; there is no traceback and no answer."""
    code, out, err = run(*words)
    assert code == 2
    assert out == ""
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NoAnswerError("no plan holds: raise the budget"), 1),
        (ModelError(Problem("bad", Position("m.yaml", 1, 1))), 2),
        (FileNotFoundError(2, "No such file or directory", "p.yaml"), 2),
        (PermissionError(13, "Permission denied", "x.csv"), 2),
        (MemoryError(), 2),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_error_has_its_exit_code(error: BaseException, code: int, model: FakeModel, run: Run) -> None:
    """What went wrong is said on standard error; standard output stays empty and no file is written."""
    model.errors["plan"] = error
    found, out, err = run("plan", "m.yaml", "--json", "--out", "plan.yaml")
    assert (found, out) == (code, "")
    assert err.strip()
    assert "Traceback" not in err
    assert sorted(path.name for path in Path().iterdir()) == ["m.yaml"]


def test_a_fault_of_ours_is_not_hidden(model: FakeModel, run: Run) -> None:
    """What is neither wrong input nor an unanswerable question has a code of its own, and shows where it happened."""
    model.errors["plan"] = ZeroDivisionError()
    code, out, err = run("plan", "m.yaml")
    assert (code, out) == (70, "")
    assert err.startswith("Traceback")
    assert "ZeroDivisionError" in err


def test_report_writes_a_page(model: FakeModel, run: Run) -> None:
    """The page takes the model's name; headlines are printed; a question without an answer is named on the page."""
    model.errors["plan"] = NoAnswerError("the model has no decisions")
    code, out, err = run("report", "m.yaml")
    assert (code, err) == (0, "wrote m.html\n")
    assert out.splitlines() == [QUESTIONS[name]().headline for name in EXPLAINING]
    assert "the model has no decisions" in Path("m.html").read_text()


def test_report_as_json_has_all_answers(model: FakeModel, run: Run) -> None:
    """`--json --out FILE.json` gives all answers in one object, the plan first, printed and written."""
    code, out, _ = run("report", "m.yaml", "--json", "--out", "all.json")
    assert code == 0
    assert [answer["question"] for answer in json.loads(out)["answers"]] == ["plan", *EXPLAINING]
    assert Path("all.json").read_text() == out


def test_a_report_looks_at_what_the_plan_makes(model: FakeModel, run: Run) -> None:
    """What was planned is looked at on the samples that it was judged on; a plan that is given is not made."""
    assert run("report", "m.yaml", "--seed", "5")[0] == 0
    (first, planned), *others = model.asked
    assert (first, planned["seed"], "plan" in planned) == ("plan", 5, False)
    assert [question for question, _ in others] == EXPLAINING
    for _, options in others:
        assert options["plan"] == {"media.spent": [1.0, 2.0, 3.0, 4.0], "hire": [0.0, 1.0]}
        assert options["seed"] == 5
    model.asked.clear()
    Path("mine.yaml").write_text("plan: {hire: 1}\n")
    assert run("report", "m.yaml", "--seed", "5", "--plan", "mine.yaml")[0] == 0
    assert [question for question, _ in model.asked] == EXPLAINING
    assert all(options["plan"] == "mine.yaml" and options["seed"] == 5 for _, options in model.asked)


def test_a_brief_report_needs_no_further_plans(model: FakeModel, run: Run) -> None:
    """`--brief` leaves out what is worth finding out and what breaks the plan, and says so in what makes it again."""
    assert run("report", "m.yaml", "--brief", "--seed", "3")[0] == 0
    assert [question for question, _ in model.asked] == ["plan", *EXPLAINING[:-2]]
    assert "leverwise report m.yaml --seed 3 --brief" in Path("m.html").read_text()


@pytest.mark.parametrize("place", [".", "folder"])
def test_a_folder_is_no_model(place: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report of a folder says so, before it looks for a name for its page."""
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    code, out, err = run("report", place)
    assert (code, out) == (2, "")
    assert err.startswith(f"{place} is a folder, not a model file")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "m.yaml", "--out", "m.yaml"], "m.yaml is the model itself"),
        (["show", "m.yaml", "--out", "../{here}/m.yaml"], "m.yaml is the model itself"),
        (["show", "m.yaml", "--graph", "svg", "--out", "link.svg"], "link.svg is the model itself"),
        (["plan", "m.yaml", "--out", "m.yaml"], "m.yaml is the model itself"),
        (["plan", "m.yaml", "--plan", "p.yaml", "--out", "p.yaml"], "p.yaml is the plan file"),
        (["simulate", "m.yaml", "--plan", "p.json", "--out", "./p.json"], "p.json is the plan file"),
        (["report", "m.yaml", "--plan", "p.html", "--out", "p.html"], "p.html is the plan file"),
        (["report", "m.yaml", "--plan", "m.html"], "m.html is the plan file"),
        (["show", "m.yaml", "--out", "prices.csv"], "prices.csv is a file that the model reads"),
    ],
)
def test_no_input_is_written_over(words: list[str], said: str, model: FakeModel, run: Run, tmp_path: Path) -> None:
    """Whatever it is called, a file that was read is refused as `--out` with one sentence, and stays as it is."""
    for name in ("p.yaml", "p.json", "p.html", "m.html", "prices.csv"):
        Path(name).write_text("mine\n")
    Path("link.svg").symlink_to("m.yaml")
    code, out, err = run(*(word.format(here=tmp_path.name) for word in words))
    assert (code, out) == (2, "")
    assert said in err
    assert "--out would write over it" in err
    assert model.asked == []
    assert Path("m.yaml").read_text() == Path("link.svg").read_text() == "leverwise: 1\n"
    assert all(Path(name).read_text() == "mine\n" for name in ("p.yaml", "p.json", "p.html", "m.html", "prices.csv"))


def test_files_beside_a_model_are_known(tmp_path: Path) -> None:
    """A loaded model names the series that it reads."""
    (tmp_path / "sold.csv").write_text("month,sold\n0,1\n2,3\n")
    text = "leverwise: 1\nmodel: m\ntime: {step: 1 month, horizon: 2 months}\n"
    text += "series: {sold: {file: sold.csv, column: sold, time unit: month}}\nimpact: sold/(1 month)\n"
    (tmp_path / "m.yaml").write_text(text)
    assert leverwise.load(tmp_path / "m.yaml").beside == (str(tmp_path / "sold.csv"),)


def test_report_without_any_answer_is_1(model: FakeModel, run: Run) -> None:
    """Nothing is written if nothing could be answered."""
    model.errors |= {question: NoAnswerError(f"no {question}") for question in QUESTIONS}
    code, out, err = run("report", "m.yaml")
    assert (code, out) == (1, "")
    assert "no simulate" in err
    assert not Path("m.html").exists()


def test_check_says_what_there_is_and_what_is_wrong(
    model: FakeModel, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sound model gives 0 and a sentence with its warnings; a wrong one 2, with its problems as JSON if asked."""
    code, out, _ = run("check", "m.yaml")
    assert code == 0
    assert "is sound" in out
    assert "a warning about the model" in out
    assert "m.yaml:1:3: `x` does not matter" in out
    assert "no answer would change: leave it out" in out
    assert "`# sure`" in out
    found = json.loads(run("check", "m.yaml", "--json")[1])
    assert found["ok"] is True
    row = {"what": "`x` does not matter", "where": "m.yaml:1:3", "line": 1, "column": 3, "hint": "leave it out"}
    assert found["lints"] == [{"kind": "unused", "why": "no answer would change", **row}]

    def refuse(file: str, set: dict[str, str], to_run: bool = False) -> FakeModel:
        raise ModelError([Problem("bad", Position(file, 1, 2)), Problem("worse", Position(file, 3, 4))])

    monkeypatch.setattr("leverwise.ask.load", refuse)
    code, out, err = run("check", "m.yaml", "--json")
    assert code == 2
    assert [problem["line"] for problem in json.loads(out)["problems"]] == [1, 3]
    assert "m.yaml:1:2: bad" in err


def test_show_prints_or_writes(model: FakeModel, run: Run) -> None:
    """Equations, sources and graphs go to standard output, or to a file."""
    assert "media.spent" in run("show", "m.yaml")[1]
    assert "Berger" in run("show", "m.yaml", "--sources")[1]
    assert run("show", "m.yaml", "--graph", "mermaid")[1].startswith("---\ntitle:")
    assert run("show", "m.yaml", "--graph", "svg", "--out", "g.svg") == (0, "", "wrote g.svg\n")
    assert Path("g.svg").read_text().startswith("<svg")


def test_new_copies_an_example_once(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is the example's but for its name, the next command is printed, and nothing is ever overwritten."""
    monkeypatch.chdir(tmp_path)
    code, out, _ = run("new", "my work", "--from", "choir")
    assert code == 0
    assert out.splitlines()[-1] == "next leverwise simulate 'my work/choir.yaml'"
    copied = Path("my work/choir.yaml").read_text()
    assert "The model is called `my_work`" in out
    example = examples.folder() / "choir.yaml"
    assert copied == example.read_text().replace("model: choir", "model: my_work", 1)
    Path("my work/choir.yaml").write_text("mine")
    assert run("new", "my work", "--from", "choir")[0] == 2
    assert Path("my work/choir.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("folder", "name"),
    [("mine", "mine"), ("a/b c: #d", "b_c_d"), ("2024", "2024"), ("null", "choir"), ("\u4f60\u597d", "\u4f60\u597d")],
)
def test_a_new_model_takes_the_name_of_its_folder(
    folder: str, name: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the folder is called, the model can be read, and is called so as far as a name can."""
    monkeypatch.chdir(tmp_path)
    assert run("new", folder, "--from", "choir")[0] == 0
    assert leverwise.load(Path(folder) / "choir.yaml").system.name == name


def test_examples_are_listed(run: Run) -> None:
    """One line each: name and what it is about."""
    code, out, _ = run("examples")
    assert code == 0
    assert any(line.startswith("superstar ") and line.endswith("career.") for line in out.splitlines())


def test_schema_is_a_json_schema(run: Run) -> None:
    """It describes the model file and is valid JSON."""
    code, out, _ = run("schema")
    assert code == 0
    assert "levers" in json.loads(out)["properties"]


def test_help_is_given_for_everything(run: Run) -> None:
    """Without words, with `--help`, and for every command: exit code 0 and the text on standard output."""
    commands = ["check", "show", "simulate", "diagnose", "plan", "report", "new", "examples", "schema"]
    code, out, err = run()
    assert (code, err) == (0, "")
    assert all(f"\n  {command} " in out for command in commands)
    assert run("--help")[1] == out
    for command in commands:
        code, out, err = run(command, "--help")
        assert (code, err) == (0, "")
        assert "..." not in out.split("Options:")[0]


def python(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=60, check=False, **options)


def test_a_dollar_that_is_shown_is_safe_in_a_shell() -> None:
    """Wherever help or a hint shows a `$`, single quotes stand around it."""
    lines = [line for path in Path(cli.__file__).parent.glob("*.py") for line in path.read_text("utf-8").splitlines()]
    assert len(lines) > 300
    for line in lines:
        assert re.sub(r"'[^']*'", "", line).count("$") == 0, line


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            "frontier",
            ["--budget MONEY Budgets from and to", "with --risk the most to spend", "2 to 24 (6)", "bold to careful"],
        ),
        ("robust", ["The plan to look at; if left out, the best one found.", ".yaml (a file for --plan)"]),
        ("report", ["Show this plan; if left out, one is made."]),
        ("map", ["2 to 24 (5)", "up to 1024"]),
    ],
)
def test_help_says_what_is_taken_if_an_option_is_left_out(command: str, said: list[str], run: Run) -> None:
    """Whoever reads the help alone knows what an option does, within which limits, and what happens without it."""
    told = " ".join(run(command, "--help")[1].split())
    assert all(words in told for words in said)


def test_help_loads_nothing_heavy() -> None:
    """Neither the numeric libraries nor rich, pydantic or YAML are imported to print the help."""
    done = python("-X", "importtime", "-m", "leverwise", "--help")
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "leverwise" in loaded
    heavy = {"jax", "numpy", "scipy", "pandas", "xarray", "altair", "vl_convert", "pydantic", "ruamel", "pint", "lark"}
    assert not loaded & (heavy | {"rich", "jinja2"})


def test_importing_the_package_loads_nothing() -> None:
    """The public names come when they are asked for; names that are not there are refused."""
    code = "import sys, leverwise; print([n for n in sys.modules if n.startswith('leverwise')]); leverwise.ModelError"
    assert python("-c", code).stdout.strip() == "['leverwise']"
    assert set(leverwise.__all__) <= set(dir(leverwise))
    assert all(getattr(leverwise, name) is not None for name in leverwise.__all__)
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = leverwise.nothing_such


def test_a_reader_who_leaves_early_is_no_error() -> None:
    """`leverwise schema | head -1` ends without a word."""
    command = f"'{sys.executable}' -m leverwise schema | head -c 10"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0


def test_an_output_that_knows_only_ascii_is_no_error() -> None:
    """Whatever a name contains, printing it does not fail."""
    done = python("-m", "leverwise", "schema", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert done.stdout.isascii()


def test_ctrl_c_stops_quietly(tmp_path: Path) -> None:
    """A running question that is interrupted ends with 130, says so in one word, and leaves no file."""
    (tmp_path / "m.yaml").write_text("leverwise: 1\n")
    script = (
        "import signal, sys, time, leverwise.ask\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # which tests run in the background ignore
        "def load(*a, **k):\n    print('ready', file=sys.stderr, flush=True)\n    time.sleep(30)\n"
        "leverwise.ask.load = load\n"
        "from leverwise.cli import main\n"
        "sys.exit(main(['simulate', 'm.yaml', '--out', 'a.json']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "stopped\n")
    assert [path.name for path in tmp_path.iterdir()] == ["m.yaml"]
