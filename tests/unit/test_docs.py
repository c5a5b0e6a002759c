"""What the documentation shows is true: models load, commands run, expressions come to what is said, links work."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import leverwise
from leverwise import cli
from leverwise.errors import ModelError
from leverwise.lang.distributions import DISTRIBUTIONS
from leverwise.lang.evaluate import evaluate
from leverwise.lang.functions import FUNCTIONS
from leverwise.model.mechanism import built_in, built_in_names
from leverwise.model.reference import EXAMPLES, mechanism_page, mechanisms_page, with_parts
from leverwise.model.schema import ModelFile
from unit.pages import BLOCK, OWN, PAGES, ROOT, blocks, commands

LITTLE = {
    "leverwise": "1",
    "model": "little",
    "units": ["song"],
    "time": {"step": "1 month", "horizon": "12 months"},
    "values": {"x": "2", "cost": "$7", "effort": "3 hours"},
    "impact": "0",
}


MODELS = [pytest.param(text, id=name) for name, text in blocks("yaml") if text.startswith("leverwise: 1")]
WRONG = [
    pytest.param(model, said, id=path.name)
    for path in PAGES
    for model, said in re.findall(
        r"^```yaml wrong\n(.*?)^```$.*?^```text\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
]
LINES = [line for _, text in blocks("leverwise") for line in text.splitlines() if line.strip()]


@pytest.fixture
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with the examples and the mechanism of the page about one's own in it."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for _, text in blocks("yaml"):
        if text.startswith("mechanism:"):
            name = text.split("\n", 1)[0].removeprefix("mechanism:").strip()
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        elif text.startswith("leverwise: 1"):
            name = text.split("model:", 1)[1].split("\n", 1)[0].strip()
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    for path in OWN.iterdir():
        shutil.copy(path, tmp_path / path.name)
    return tmp_path


@pytest.mark.parametrize("text", MODELS)
def test_models_are_sound(text: str, beside: Path) -> None:
    """Every whole model that the pages show is read and built without a problem."""
    path = beside / "model.yaml"
    path.write_text(text, encoding="utf-8")
    assert leverwise.load(path).system.name in text


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_wrong_models_are_answered_as_shown(text: str, said: str, beside: Path) -> None:
    """A model shown as wrong is refused with the words that stand below it."""
    Path("model.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        leverwise.load("model.yaml")
    assert str(caught.value).strip() == said.strip()


@pytest.mark.parametrize("line", LINES)
def test_expressions(line: str) -> None:
    """An expression comes to what stands after `# =`, in value and unit, or is refused in the words that follow."""
    text, comment = (part.strip() for part in line.split("#", 1))
    verdict, words = re.fullmatch(r"(=|refused:) (.+)", comment).groups()
    if verdict == "refused:":
        with pytest.raises(ModelError) as caught:
            leverwise.load({**LITTLE, "equations": {"shown": text}})
        assert words in str(caught.value)
        return
    equations = {"shown": text, "said": words, "apart": f"({text}) - ({words})"}
    system = leverwise.load({**LITTLE, "equations": equations}).system
    known = {value.name: value.distribution.parameters[0] for value in system.values}
    found = {each.name: evaluate(each.value, known) for each in system.auxiliaries if each.name != "apart"}
    assert found["shown"] == pytest.approx(found["said"], rel=1e-12)


def test_yaml_is_of_a_kind_that_is_tested() -> None:
    """A block of YAML is a model, a mechanism, a plan or the levers of a mechanism's page: each has a test."""
    begins = ("leverwise: 1\n", "mechanism: ", "plan:\n")
    rest = {name: text for name, text in blocks("yaml") if not text.startswith(begins)}
    assert all(name.startswith("docs/mechanisms/") for name in rest)
    assert {text.strip() for text in rest.values()} == {text.strip() for text in EXAMPLES.values()}


def test_there_is_something_to_test() -> None:
    """The pages hold models, a wrong one, expressions, commands and Python, and the patterns above find them."""
    assert len(MODELS) >= 5
    assert WRONG
    assert len(LINES) >= 30
    assert sum(len(commands(page)) for page in PAGES) >= 10
    assert blocks("python")


@pytest.mark.parametrize("command", sorted({line for page in PAGES for line in commands(page)}))
def test_commands_survive_the_shell(command: str) -> None:
    """No command shows a `$` that a shell would take for a variable of its own."""
    assert not re.search(r"\$\w", re.sub(r"'[^']*'", "", command))


@pytest.mark.parametrize(("name", "text"), blocks("python"))
def test_python(name: str, text: str, beside: Path) -> None:
    """The Python that is shown runs, with fewer samples."""
    few = re.sub(r"samples=\d+", "samples=64", text)
    exec(compile(few, name, "exec"), {})


def test_the_mechanism_of_ones_own_works(beside: Path) -> None:
    """The lessons of the example cost what the page says, and make about a quarter more."""
    answer = leverwise.load("painter.yaml").simulate(samples=128, watch=["old_master.learned"])
    assert answer.numbers["leverage"].p50 == pytest.approx(1.25, abs=0.1)
    model = leverwise.load("painter.yaml", set={"old master.gain": "0", "old master.fee": "$0/hour"})
    lost = model.simulate(samples=128).numbers["leverage"].p50
    assert lost <= 1.0, "lessons that teach nothing cost hours"


def test_the_pages_of_mechanisms_are_what_the_files_say() -> None:
    """They are what `python -m leverwise.model.reference docs` writes, one for each mechanism and one for all."""
    assert (ROOT / "docs" / "mechanisms.md").read_text(encoding="utf-8") == mechanisms_page()
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "mechanisms").glob("*.md")}
    assert pages == {name: mechanism_page(name) for name in ("base", *built_in_names())}


def test_every_equation_can_be_set() -> None:
    """MathML is made of every equation on the pages, with each name in it."""
    from latex2mathml.converter import convert

    for _, text in blocks("math"):
        set_ = convert(text)
        words = re.findall(r"text\{([\w ]+)\}", text)
        assert all(word.strip().replace(" ", "&#x000A0;") in set_ for word in words)


def test_the_first_model_grows_as_its_page_says() -> None:
    """Each step keeps the one before, and the lines that the page marks are those that have changed."""
    first, second, third = (
        (OWN / f"{name}.yaml").read_text(encoding="utf-8").splitlines() for name in ("first-1", "first-2", "potter")
    )
    assert third[: len(second)] == second
    page = (ROOT / "docs" / "first-model.md").read_text(encoding="utf-8")
    begin, later = (int(number) for number in re.findall(r"^:lines: (\d+)-$", page, re.MULTILINE))
    marked = [int(each) for each in re.search(r":emphasize-lines: ([\d, ]+)", page)[1].split(",")]
    changed = [at for at, (old, new) in enumerate(zip(first, second, strict=True), start=1) if old != new]
    assert [at + begin - 1 for at in marked] == changed
    assert third[later - 1] == "levers:"


def test_every_question_has_a_page() -> None:
    """Each command of the program has a how-to, in which that command is shown."""
    told = {path.stem for path in (ROOT / "docs" / "how-to").glob("*.md")} - {"index"}
    commands = {each.name or each.callback.__name__ for each in cli.app.registered_commands}
    assert commands - {"examples", "schema"} == told
    for name in told:
        assert f"leverwise {name} " in (ROOT / "docs" / "how-to" / f"{name}.md").read_text(encoding="utf-8")


def test_the_tables_of_the_language_are_what_the_program_has() -> None:
    """The generated parts of docs/language.md are up to date, and every function and distribution is named."""
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    assert with_parts(page) == page
    assert all(f"{name}(" in page for name in (*FUNCTIONS, *DISTRIBUTIONS))


def test_every_mechanism_has_an_example_that_loads(beside: Path) -> None:
    """The levers that the pages of mechanisms show can stand in a model, each mechanism in turn."""
    assert set(EXAMPLES) == set(built_in_names())
    text = (beside / "examples" / "superstar.yaml").read_text(encoding="utf-8")
    before, _, rest = text.partition("levers:\n")
    after = "plan:" + rest.partition("plan:")[2]
    before = before.replace(", only: star, weight: 0.6", ", weight: 0.6")
    for name, lines in EXAMPLES.items():
        levers = "".join(f"  {line}\n" for line in lines.splitlines())
        (beside / f"{name}.yaml").write_text(f"{before}levers:\n{levers}{after}", encoding="utf-8")
        assert set(leverwise.load(beside / f"{name}.yaml").levers.values()) == {name}


def test_every_key_of_a_model_is_explained() -> None:
    """docs/model-file.md names every section, and every field of the enterprise."""
    page = (ROOT / "docs" / "model-file.md").read_text(encoding="utf-8")
    names = set(ModelFile.known())
    for parameter in built_in("base").parameters.values():
        if parameter.path is not None:
            names |= {part for part in parameter.path.text.split(".") if not part.startswith("{")}
    assert not sorted(name for name in names if not re.search(rf"(?<!\w){name}(?!\w)", page))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    """A link to a file or a picture finds it, and one to a heading finds that."""
    text = BLOCK.sub("", path.read_text(encoding="utf-8"))
    for target in re.findall(r"!?\[[^\]]*\]\(([^)\s]+)\)", text):
        if re.match(r"https?:", target):
            continue
        file, _, heading = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), target
        if heading:
            assert heading in headings(found), target


def headings(path: Path) -> set[str]:
    """The names under which a page's headings can be linked to."""
    text = BLOCK.sub("", path.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
