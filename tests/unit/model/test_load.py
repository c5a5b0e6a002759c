"""A model file becomes declarations: sections, levers, sets, names, files beside it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from leverwise.errors import ModelError
from leverwise.lang.declarations import Declarations, EquationDeclaration, ValueDeclaration
from leverwise.model import Source, build, load
from unit.model.texts import CREW, FEUD, LAB, PATRONAGE, PLAIN, singer


def loaded(tmp_path: Path, text: str, **settings: str) -> Source:
    path = tmp_path / "model.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, set=settings)


def declared(tmp_path: Path, text: str) -> Declarations:
    return loaded(tmp_path, text).declarations


def refusal(tmp_path: Path, text: str) -> ModelError:
    with pytest.raises(ModelError) as caught:
        loaded(tmp_path, text)
    return caught.value


def value(found: Declarations, name: str) -> ValueDeclaration:
    return next(item for item in found.values if item.name == name)


def equation(found: Declarations, name: str) -> EquationDeclaration:
    return next(item for item in found.equations if item.name == name)


def test_a_plain_model_has_no_enterprise(tmp_path: Path) -> None:
    """Without the sections of an enterprise, only what the author declares is there."""
    found = declared(tmp_path, PLAIN)
    assert [item.name for item in found.values] == ["rate", "limit"]
    assert [item.name for item in found.stocks] == ["x"]
    assert [item.name for item in found.equations] == ["double"]
    assert (found.switches, found.sets, found.relations) == ((), {}, {})
    assert found.impact is not None
    assert found.impact.text == "x"


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    """Without settings the hash is what `sha256sum` says; settings change it."""
    source = loaded(tmp_path, PLAIN)
    assert source.sha256 == hashlib.sha256(PLAIN.encode()).hexdigest()
    assert loaded(tmp_path, PLAIN, rate="0.2").sha256 != source.sha256


def test_plain_declarations_carry_what_was_written(tmp_path: Path) -> None:
    """Options of the plain layer arrive as they stand."""
    text = PLAIN.replace(
        "equations:",
        "decisions: {u: {min: 0, max: 5, whole: yes, frozen: no, every: 2, use: {0: 1, 6: 3}}}\nequations:",
    )
    text = text.replace("rate: 0.1", "rate: {is: 0.1, low: 0, high: 1, about: How fast., source: guess}")
    text = text.replace("double: 2*x", "my double: {is: 2*x, max: 100}")
    text += "correlate: [{between: [rate, limit], rank: 0.5}]\n"
    text += "plan: {objective: quantile 10 %, subject to: [integral(u) <= 5, u <= 3], confidence: 90 %}\n"
    found = declared(tmp_path, text)
    decision = found.decisions[0]
    assert (decision.whole, decision.frozen) == (True, False)
    assert [(time.text, amount.text) for time, amount in decision.use] == [("0", "1"), ("6", "3")]
    assert (value(found, "rate").low, value(found, "rate").high) == (0, 1)
    assert value(found, "rate").origin.source == "guess"
    assert equation(found, "my_double").high == 100
    pair = found.correlations[0]
    assert (pair.first.text, pair.second.text, pair.rank.text) == ("rate", "limit", "0.5")
    assert [item.text for item in found.plan.subject_to] == ["integral(u) <= 5", "u <= 3"]


def test_subscripts_of_the_author(tmp_path: Path) -> None:
    """A subscripted value or decision is one per member; a subscripted equation keeps its sets."""
    text = PLAIN.replace(
        "values: {", "sets: {channel: [tv, web site]}\nvalues: {'cost[channel]': {by: {tv: 5, web site: 3}}, "
    )
    text = text.replace(
        "equations: {", "decisions: {'spend[channel]': {max: 4}}\nequations: {'paid[channel]': 'cost[channel]', "
    )
    found = declared(tmp_path, text)
    assert (value(found, "tv.cost").value.text, value(found, "web_site.cost").value.text) == ("5", "3")
    assert [item.name for item in found.decisions] == ["tv.spend", "web_site.spend"]
    assert equation(found, "paid").indices == ("channel",)
    assert found.sets == {"channel": ("tv", "web_site")}


def test_sets_and_relations_of_an_enterprise(tmp_path: Path) -> None:
    """Workers are the principal, other people, teams; who may do what follows from talent, `only` and tasks."""
    found = declared(tmp_path, singer(CREW))
    assert found.sets["worker"] == ("star", "sound_engineer", "crew")
    assert found.sets["partners"] == ("sound_engineer",)
    assert found.sets["task"] == ("writing", "sound")
    assert found.sets["crew.tasks"] == ("sound",)
    assert found.relations["may"] == {
        ("star", "writing"),
        ("star", "sound"),
        ("star", "chores"),
        ("sound_engineer", "sound"),
        ("crew", "sound"),
        ("crew", "chores"),
    }
    assert value(found, "crew.does_chores").value.text == "1"
    assert value(found, "sound_engineer.does_chores").value.text == "0"


def test_camps_split_only_under_attention(tmp_path: Path) -> None:
    """Opponents are there only if a lever makes them."""
    assert declared(tmp_path, singer(CREW)).sets["camp"] == ("supporters",)
    assert declared(tmp_path, singer(FEUD)).sets["camp"] == ("supporters", "opponents")


def test_author_and_default_values_are_told_apart(tmp_path: Path) -> None:
    """What the author gave is no assumption; a default is one, with its source."""
    found = declared(tmp_path, singer(CREW))
    wage, quit_rate = value(found, "crew.wage"), value(found, "crew.quit")
    assert not wage.origin.default
    assert wage.understood == ("person",)
    assert wage.value.scope == ""
    assert quit_rate.origin.default
    assert "Labor Statistics" in quit_rate.origin.source
    assert (quit_rate.origin.mechanism, quit_rate.origin.lever) == ("delegation", "crew")
    assert not value(found, "sound.weight").origin.default
    given = {name: value(found, name).origin.given for name in ("crew.wage", "crew.quit", "sound.weight", "price")}
    assert given == {"crew.wage": True, "crew.quit": False, "sound.weight": False, "price": True}


@pytest.mark.parametrize(
    ("old", "new", "tail"),
    [
        (", tail: 12 months", "", "12 months"),
        (", tail: 12 months}", "}\nimpact: {is: deals, final: 0 listen}", None),
        ("tail: 12 months}", "tail: 3 months}\nimpact: {is: deals, final: 0 listen}", "3 months"),
        ("tail: 12 months}", "tail: 0 months}", "0 months"),
    ],
)
def test_an_enterprise_has_a_tail(tmp_path: Path, old: str, new: str, tail: str | None) -> None:
    """A year unless the model says otherwise; a final value stands for the tail."""
    time = declared(tmp_path, singer().replace(old, new)).time
    assert (time.tail.text if time.tail else None) == tail
    assert time.whole_tail == ("tail" in new)


def test_a_plain_model_has_no_tail(tmp_path: Path) -> None:
    """Equations alone run to the horizon."""
    assert declared(tmp_path, PLAIN).time.tail is None


def test_units_of_work_and_deals_are_filled_in(tmp_path: Path) -> None:
    """{make} and {deal} become the model's own units."""
    found = declared(tmp_path, singer())
    assert value(found, "writing.effort").unit == "hour/song"
    assert value(found, "rate_per_unit").unit == "listen/month/person/song"
    assert not any("{" in item.unit for item in (*found.values, *found.equations, *found.stocks))


def test_levers_meet_in_ports(tmp_path: Path) -> None:
    """A port has one term per contribution, switched by the lever it came from."""
    found = declared(tmp_path, singer(CREW, FEUD))
    committed = equation(found, "committed")
    assert committed.combine == "sum"
    assert [(term.value.text, term.switch) for term in committed.terms] == [
        ("overhead", ""),
        ("interest", ""),
        ("wages", "crew"),
    ]
    wages = committed.terms[2].value
    assert wages.scope == "crew"
    assert wages.at is not None
    assert wages.at.file.endswith("delegation.yaml")
    assert found.switches == ("crew", "feud")


def test_an_invention_multiplies_what_it_names(tmp_path: Path) -> None:
    """A multiplied value becomes an equation of what was given and every factor."""
    found = declared(tmp_path, singer(LAB))
    assert value(found, "writing.effort.given").value.text == "60 to 160 hours/song"
    assert value(found, "sound_lab.multiplies.writing_effort").value.text == "0.5"
    assert not any(item.name == "writing.effort" for item in found.values)
    factor = equation(found, "writing.effort.factor")
    assert (factor.combine, factor.unit, factor.terms[0].switch) == ("product", "1", "sound_lab")
    assert factor.terms[0].value.text.startswith("multiplies.writing_effort^acting")


def test_conditions_choose_alternatives(tmp_path: Path) -> None:
    """Rival work has a rate per person and no catalogue; non-rival work has both."""
    rival = singer().replace("copies: free\n  life: 18 months", "copies: each").replace("listen", "song")
    rival = rival.replace("units: [song, song]", "units: [song]").replace("month/person/song", "month/person")
    names = {item.name for item in declared(tmp_path, rival).stocks}
    assert "catalogue" not in names
    assert "catalogue" in {item.name for item in declared(tmp_path, singer()).stocks}


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("3", [("0", "3")]),
        ("{0 months: 1, 6 months: 3}", [("0 months", "1"), ("6 months", "3")]),
        ("{positions: 2}", [("0", "2")]),
        ("{positions: {0 months: 1, 6 months: 3}}", [("0 months", "1"), ("6 months", "3")]),
    ],
)
def test_use_of_a_lever(tmp_path: Path, use: str, expected: list[tuple[str, str]]) -> None:
    """A lever with one decision takes a value or schedule directly, or by the decision's name."""
    text = singer(CREW.replace("}}\n", f"}}, use: {use}}}\n"))
    found = declared(tmp_path, text).decisions[0]
    assert [(time.text, amount.text) for time, amount in found.use] == expected


def test_limits_of_decisions_come_from_parameters(tmp_path: Path) -> None:
    """`high: at_most` is what the author wrote under `at most`."""
    found = declared(tmp_path, singer(CREW)).decisions[0]
    assert found.name == "crew.positions"
    assert found.high is not None
    assert (found.high.text, found.high.scope) == ("4 people", "")
    assert found.understood == ("person",)


def test_names_with_spaces_are_one_name(tmp_path: Path) -> None:
    """`sound lab` is `sound_lab` in expressions."""
    source = loaded(tmp_path, singer(LAB))
    assert source.levers == {"sound_lab": "technology"}


def test_names_in_any_script(tmp_path: Path) -> None:
    """People and tasks may be called in the author's own language."""
    found = declared(
        tmp_path, singer(CREW).replace("star:", "Édith:").replace(": star", ": Édith").replace("writing", "écriture")
    )
    assert found.sets["principal"] == ("Édith",)
    assert value(found, "écriture.effort").unit == "hour/song"


def test_a_series_from_a_file_beside_the_model(tmp_path: Path) -> None:
    """A column is read with its times; the file counts in the hash."""
    (tmp_path / "prices.csv").write_text("month,price,cost\n0,1.5,7\n2, 2.5,8\n\n")
    text = PLAIN + "series: {price: {file: prices.csv, column: price, unit: $}}\n"
    source = loaded(tmp_path, text)
    series = source.declarations.series[0]
    assert (series.name, series.times, series.values, series.unit) == ("price", (0, 2), (1.5, 2.5), "$")
    (tmp_path / "prices.csv").write_text("month,price,cost\n0,1.5,7\n2, 3.5,8\n")
    assert loaded(tmp_path, text).sha256 != source.sha256


def test_times_of_a_series_in_another_unit(tmp_path: Path) -> None:
    """Years in the file become the unit that the step is written in."""
    (tmp_path / "p.csv").write_text("year,price\n0,1\n2,3\n")
    text = PLAIN.replace("step: 1, horizon: 20", "step: 0.5 month, horizon: 20 months")
    text += "series: {price: {file: p.csv, column: price, time: year, time unit: year}}\n"
    assert declared(tmp_path, text).series[0].times == (0, 24)
    assert "hour" in refusal(tmp_path, text.replace("unit: year", "unit: hour")).problems[0].message


@pytest.mark.parametrize(
    ("content", "word", "line"),
    [
        ("month,price\n0,1\n2,x\n", "`x`", 3),
        ("month,price\n0,1\n2\n", "nothing", 3),
        ("month,price\n0,1\n0,2\n", "do not rise", 3),
        ("month,price\n", "no rows", 1),
        ("month,price\n0,nan\n", "`nan`", 2),
    ],
)
def test_a_series_that_cannot_be_read(tmp_path: Path, content: str, word: str, line: int) -> None:
    """Problems of a CSV file point into it."""
    (tmp_path / "prices.csv").write_text(content)
    problem = refusal(tmp_path, PLAIN + "series: {price: {file: prices.csv, column: price}}\n").problems[0]
    assert word in problem.message
    assert problem.at is not None
    assert (Path(problem.at.file).name, problem.at.line) == ("prices.csv", line)


@pytest.mark.parametrize("listed", [True, False])
def test_a_mechanism_of_ones_own(tmp_path: Path, listed: bool) -> None:
    """A mechanism file beside the model works like a built-in one, named under `mechanisms:` or found by its name."""
    (tmp_path / "patronage.yaml").write_text(PATRONAGE)
    text = singer("  friends of art: {patronage: {gift: $20/month}}\n")
    source = loaded(tmp_path, text + ("mechanisms: [patronage.yaml]\n" if listed else ""))
    found = source.declarations
    assert source.levers == {"friends_of_art": "patronage"}
    assert value(found, "friends_of_art.gift").understood == ("person",)
    assert value(found, "friends_of_art.won").origin.source.startswith("Frey")
    assert [item.name for item in found.stocks if item.switch] == ["friends_of_art.patrons"]
    assert equation(found, "recognition").terms[-1].switch == "friends_of_art"
    assert source.sha256 != hashlib.sha256((tmp_path / "model.yaml").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "word", "line"),
    [
        ("to: recognition", "to: recogniton", "no port `recogniton`", 18),
        ('"hours_for[publicity]"', "hours_for", "1 subscripts", 17),
        ("source: frey", "source: fray", "no source is called `fray`", 7),
        (
            "when: mood = fickle, about: Share",
            "when: moood = fickle, about: Share",
            "no parameter is called `moood`",
            9,
        ),
        ("when: mood = loyal", "when: mood = jolly", "`jolly` is not a choice", 14),
        ("stocks:", "stokcs:", "unknown key `stokcs`", 12),
        ("about: Patrons who", "abuot: Patrons who", "unknown key `abuot`", 2),
        ("contributes:", "ports: {x: {combine: sum, unit: $, about: No.}}\ncontributes:", "base.yaml only", 16),
        ("mechanism: patronage", "mechanism: brand", "built in", 1),
    ],
)
def test_problems_of_a_mechanism_file_point_into_it(tmp_path: Path, old: str, new: str, word: str, line: int) -> None:
    """Errors in a user's own mechanism stand in that file."""
    assert old in PATRONAGE
    (tmp_path / "patronage.yaml").write_text(PATRONAGE.replace(old, new, 1))
    problem = refusal(tmp_path, singer("  friends: {patronage: {gift: $20/month}}\n")).problems[0]
    assert word in problem.message
    assert problem.at is not None
    assert (Path(problem.at.file).name, problem.at.line) == ("patronage.yaml", line)


def test_mechanism_files_stay_in_the_models_folder(tmp_path: Path) -> None:
    """A path that leaves the folder is refused."""
    problem = refusal(tmp_path, singer(CREW) + "mechanisms: [../elsewhere.yaml]\n").problems[0]
    assert "outside" in problem.message


def test_problems_of_all_sections_come_at_once(tmp_path: Path) -> None:
    """Mistakes in the market, the work and the levers are reported together."""
    text = singer(CREW.replace("wage", "wages"))
    text = text.replace("recognise", "recognize").replace("makes:", "maks:").replace("step:", "stpe:")
    found = [problem.message for problem in refusal(tmp_path, text).problems]
    for key in ("wages", "recognize", "maks", "stpe"):
        assert any(f"`{key}`" in message for message in found), found


def test_a_dict_goes_the_same_way() -> None:
    """A model from Python has the same declarations, and problems name the path of keys."""
    content = {
        "leverwise": 1,
        "model": "growth",
        "time": {"step": 1, "horizon": 20},
        "values": {"rate": 0.1, "limit": "5 to 9"},
        "stocks": {"x": {"start": 1, "change": "rate*x*(1 - x/limit)"}},
        "equations": {"double": "2*x"},
        "impact": "x",
    }
    source = build(content)
    assert [item.value.text for item in source.declarations.values] == ["0.1", "5 to 9"]
    assert build(content, set={"rate": "0.3"}).declarations.values[0].value.text == "0.3"
    assert build(dict(content)).sha256 == source.sha256
    with pytest.raises(ModelError) as caught:
        build({**content, "stocks": {"x": {"strat": 1, "change": "1"}}})
    assert str(caught.value.problems[0].at) == "model.stocks.x.strat:1:1"


@pytest.mark.parametrize("content", [{"leverwise": object()}, {("a", "b"): 1}, {"leverwise": {1, 2}}])
def test_a_dict_of_something_else_is_refused(content: dict[str, object]) -> None:
    """Objects that are no text, number, list or dict cannot stand in a model."""
    with pytest.raises(ModelError):
        build(content)


def test_a_dict_that_holds_itself_is_refused() -> None:
    """Endless nesting from Python is bounded too."""
    content: dict[str, object] = {"leverwise": 1}
    content["model"] = content
    with pytest.raises(ModelError, match="levels"):
        build(content)
