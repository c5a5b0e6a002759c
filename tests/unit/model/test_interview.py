"""The conversation of `leverwise new`, without a terminal: what is asked, how answers are read, what they make."""

from __future__ import annotations

import pytest

from leverwise.errors import ModelError
from leverwise.lang.system import System
from leverwise.model.interview import Interview, built
from leverwise.model.interview.guesses import fresh, number, ranged
from leverwise.model.interview.speech import is_unknown, readings
from leverwise.model.interview.understanding import as_unit
from leverwise.model.lints import look

POTTER = {
    "make": "pot",
    "who": "ann",
    "hours": "160-200",
    "core": "throwing",
    "effort throwing": "2 to 3",
    "others": "glazing, packing",
    "effort glazing": "about 1",
    "effort packing": "0.2 hours",
    "chores": "10 hours a week",
    "copies": "one",
    "price": "45",
    "worth": "$50 to $70",
    "people": "20k to 60k",
    "recognise": "800",
    "rate": "0.05 to 0.15",
    "money": "$20k",
    "overhead": "1k",
    "income": "0",
    "horizon": "2 years",
    "levers": "people, name and machine",
    "at most": "2",
    "wage": "$2.5k",
    "machine": "12 thousand",
    "saves": "30 to 50",
}


def talked(answers: dict[str, str]) -> Interview:
    """The conversation in which these answers are given, and nothing else is known."""
    given: dict[str, str | None] = {}
    while (question := Interview("mine", given).question) is not None:
        given[question.key] = answers.get(question.key)
    return Interview("mine", given)


def value(system: System, name: str) -> tuple[float, float]:
    """The ends of a value's range, in its unit."""
    from leverwise.lang.distributions import typical

    found = next(each for each in system.values if each.name == name)
    low, high = typical(found.distribution)
    return low / found.unit.factor, high / found.unit.factor


def test_answers_are_in_the_model() -> None:
    """Each number stands where it belongs, with its unit, however it was said."""
    source, system = built(talked(POTTER).text)
    assert value(system, "ann.hours") == pytest.approx((160, 200))
    assert value(system, "glazing.effort") == pytest.approx((0.7, 1.3))
    assert value(system, "packing.effort") == (0.2, 0.2)
    assert value(system, "chores") == pytest.approx((10 * 365.25 / 12 / 7,) * 2)
    assert value(system, "price") == (45, 45)
    assert value(system, "cash_start") == (20e3, 20e3)
    assert value(system, "overhead") == (1e3, 1e3)
    assert value(system, "machine.price") == (12e3, 12e3)
    assert value(system, "machine.saves") == pytest.approx((0.3, 0.5))
    assert system.clock.steps * system.clock.step == 24
    assert dict(source.levers) == {"team": "delegation", "machine": "capital", "name": "brand"}
    assert source.warnings == look(source, system) == ()


def test_nothing_known_is_a_model_too() -> None:
    """`I don't know` to everything is a model without warnings, in which every guess is marked with its reason."""
    talk = talked({})
    source, system = built(talk.text)
    assert source.warnings == look(source, system) == ()
    assert set(source.levers.values()) == {"delegation", "capital", "brand", "network", "technology", "attention"}
    low, high = value(system, "reachable")
    assert high / low >= 10
    assert all("a guess, " in line for line in talk.text.splitlines() if line.strip().startswith(("effort", "price")))


def test_what_is_asked_follows_from_the_answers() -> None:
    """One question for each task, the unit of a deal only if work is free to copy, numbers only of levers chosen."""
    keys = list(talked(POTTER).given)
    assert keys[keys.index("others") + 1 :][:2] == ["effort glazing", "effort packing"]
    assert "deal" not in keys
    assert "members" not in keys
    assert "wage" in keys
    free = talked({**POTTER, "copies": "free", "deal": "view", "levers": "none"})
    assert "deal" in free.given
    assert "wage" not in free.given
    assert "levers:" not in free.text
    assert "units: [pot, view]" in free.text


@pytest.mark.parametrize(
    ("key", "said", "wrong"),
    [
        ("make", "all of the very many pots", "too long to be counted in"),
        ("make", "hour", "built-in unit"),
        ("who", "pot", "name of something else"),
        ("hours", "2000", "more than a month has"),
        ("hours", "0", "is 0"),
        ("hours", "many", "^`many` is no number in digits\n  give a number of hours, such as 160 to 200"),
        ("hours", "$30", r"^`\$30` is money, but the question is about hours"),
        ("chores", "20 people", "^`20 people` is not a number of hours"),
        ("core", "about three lessons", "^`about three lessons` is an amount, not a name"),
        ("others", "glazing, 20 hours", "^`20 hours` is an amount, not a name"),
        ("others", "glazing & packing", "^`glazing & packing` cannot be a name"),
        ("hours", "15,000", "separators"),
        ("core", "ann", "name of something else"),
        ("others", "throwing", "only ann can do"),
        ("others", "a, b, c, d", "more than 3"),
        ("chores", "300", "no hour for the work"),
        ("copies", "perhaps", "none of the answers"),
        ("price", "-5", r"at least \$0/pot"),
        ("price", "5 kg", "`kg`"),
        ("recognise", "900k", "is more than `market.people`"),
        ("people", "1e15", "can't be meant"),
        ("horizon", "12 to 24", "range"),
        ("horizon", "100 years", "further than anybody"),
        ("levers", "people, hope", "`hope` is none"),
        ("at most", "2.5", "whole number"),
        ("saves", "200", "between"),
    ],
)
def test_a_wrong_answer_is_refused_and_asked_again(key: str, said: str, wrong: str) -> None:
    """What is wrong is said in plain words or the reader's of models, and the conversation stays where it was."""
    before = list(POTTER)[: list(POTTER).index(key)]
    talk = Interview("mine", {each: POTTER[each] for each in before})
    with pytest.raises(ModelError, match=wrong):
        talk.answered(said)
    assert talk.question is not None
    assert talk.question.key == key
    assert talk.answered(POTTER[key]).given[key] == POTTER[key]


def test_levers_that_could_do_nothing_are_left_out() -> None:
    """No team where there is nothing for it to do, no community of four, and then no section of levers."""
    given = {**POTTER, "others": "none", "chores": "0", "people": "4", "recognise": "2", "levers": "people, community"}
    given = {key: said for key, said in given.items() if key not in ("effort glazing", "effort packing")}
    talk = Interview("mine", given)
    assert built(talk.text)[0].levers == {}
    assert "levers:" not in talk.text
    source, _ = built(Interview("mine", {**given, "levers": "people, community, name"}).text)
    assert set(source.levers) == {"name"}


def test_how_long_the_money_lasts_is_told() -> None:
    """20 of 24 months, if nothing is sold; nothing where an income makes up for it, or where that is not known."""
    assert [text for text in talked(POTTER).warnings if "the money lasts 20 of the 24 months" in text]
    assert Interview("mine", {**POTTER, "income": "$500"}).warnings == ()
    assert Interview("mine", {**POTTER, "overhead": None}).warnings == ()


def test_back_goes_back_and_remembers() -> None:
    """The question stands again with what was said before; what hung on the answer is asked anew."""
    talk = Interview("mine").answered("pot").answered("ann").back()
    assert talk.question is not None
    assert talk.question.key == "who"
    assert talk.before["who"] == "ann"
    assert Interview("mine").back().question == Interview("mine").question


@pytest.mark.parametrize("word", ["team", "name", "community", "machine", "ads", "shows", "invention"])
def test_a_task_may_be_called_like_a_lever(word: str) -> None:
    """The lever gets another name."""
    source, _ = built(Interview("mine").answered("pot").answered("?").answered("?").answered(word).text)
    assert len(source.levers) == 7
    assert word not in source.levers


@pytest.mark.parametrize(
    ("said", "unit", "read"),
    [
        ("10 to 20", "hours/month", "10 to 20 hours/month"),
        ("10-20", "hours/month", "10 to 20 hours/month"),
        ("between 10 and 20", "people", "10 to 20 people"),
        ("about 15", "people", "10.5 to 19.5 people"),
        ("~ 20k", "people", "14k to 26k people"),
        ("around $5", "$/song", "$3.5 to $6.5"),
        ("2 million", "people", "2M people"),
        ("5 hours per week", "hours/month", "5 hours/week"),
        ("20k.", "$", "20k $"),
        ("about 0", "people", "0 people"),
        ("-5", "$", "-5 $"),
    ],
)
def test_numbers_as_people_say_them(said: str, unit: str, read: str) -> None:
    """The likeliest reading in the notation of the model file."""
    assert readings(said, unit)[0] == read


@pytest.mark.parametrize("said", ["", "  ", "?", "I don't know", "don\u2019t know.", "No idea"])
def test_ways_not_to_know(said: str) -> None:
    """They all mean a wide range."""
    assert is_unknown(said)


@pytest.mark.parametrize(
    ("key", "said", "doubt"),
    [
        ("hours", "45 minutes", "that is 45 minutes in a whole month"),
        ("hours", "1 to 3", "that is 3 hours in a whole month"),
        ("hours", "6", ""),
        ("hours", "?", ""),
        ("effort throwing", "3000", "that is 3k hours for one pot, more than ann works in a whole year"),
        ("effort throwing", "1000", ""),
        ("make", "pot", ""),
    ],
)
def test_an_answer_that_can_hardly_be_meant_is_doubted(key: str, said: str, doubt: str) -> None:
    """Next to no work in a month, or more than a year's for one of what is made; all else is taken."""
    before = list(POTTER)[: list(POTTER).index(key)]
    assert Interview("mine", {each: POTTER[each] for each in before}).answered(said).doubt == doubt


def test_a_guess_of_the_hours_fits_the_month() -> None:
    """Who has 8 hours a month may make one or more in it at the low end; who has 160, as before."""
    for hours, effort in (("8", "4 to 40"), ("160", "10 to 100")):
        text = Interview("mine", {"make": "pot", "who": "ann", "hours": hours, "core": "throwing"}).text
        assert f"effort: {effort} hours/pot" in text


def test_questions_are_counted_with_those_that_usually_follow() -> None:
    """The first estimate is near; once no answer makes further questions, it is no estimate."""
    first, talk = Interview("mine"), talked({**POTTER})
    assert abs(first.count[1] - len(talk.given)) <= 3
    assert not first.is_counted
    assert talk.is_counted


def test_small_parts() -> None:
    """Numbers keep two digits, ranges one unit, and a fresh name is no plural of a taken one."""
    assert [number(x) for x in (12345, 0.0123, 2e6, 0)] == ["12k", "0.012", "2M", "0"]
    assert ranged(1000, 2000, "$/month") == "$1k to $2k/month"
    assert ranged(3, 3, "people") == "3 people"
    assert fresh(("thing",), {"things"}) == "thing2"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("45 minutes", "0.75 hours"),
        ("20 min", "0.333333 hours"),
        ("20-40 mins", "0.333333 to 0.666667 hours"),
        ("30 minutes to 2 hours", "0.5 to 2 hours"),
        ("1 hour 30 minutes", "1.5 hours"),
        ("1h30", "1.5 hours"),
        ("half an hour", "0.5 hours"),
        ("an hour and a half", "1.5 hours"),
        ("an hour", "1 hour"),
        ("about 60 minutes", "0.7 to 1.3 hours"),
        ("15 minutes a day", "0.25 hours/day"),
        ("5 min to an hour", "0.0833333 to 1 hours"),
        ("between half an hour and an hour", "0.5 to 1 hours"),
        ("10 an hour", "10/hour"),
    ],
)
def test_minutes_are_parts_of_hours(said: str, read: str) -> None:
    """However they are said; of other units than hours nothing is changed."""
    assert readings(said, "hours/month")[0] == read
    assert readings("45 minutes", "$/month")[0] == "45 minutes"


def test_what_is_made_may_have_two_words() -> None:
    """One word of both, in the singular, is what is counted in; questions say it as it was said."""
    talk = Interview("tours").answered("guided tours")
    assert talk.given["make"] == "guided_tour"
    for said in ("bo", "160", "guiding"):
        talk = talk.answered(said)
    assert talk.question is not None
    assert talk.question.ask == "How many hours of guiding go into one guided tour?"
    source, _ = built(talk.answered("45 minutes").text)
    assert source.document.get("units") is not None
    assert "effort: 0.75 hours/guided_tour" in talk.answered("45 minutes").text


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        ("one-on-one lesson", "one_on_one_lesson"),
        ("one on one", "one_on_one"),
        ("a one-on-one call", "one_on_one_call"),
        ("One song", "song"),
        ("an a-frame", "a_frame"),
        ("e-books", "e_book"),
    ],
)
def test_an_article_is_no_part_of_the_unit(said: str, unit: str) -> None:
    """It is left out before a space alone, and `one` stays where it belongs to `one on one`."""
    assert as_unit(said) == unit


@pytest.mark.parametrize("before", [{}, {"people": "1"}, {"people": "30 to 60"}, {"people": "600"}, {"copies": "one"}])
def test_every_example_can_be_typed(before: dict[str, str]) -> None:
    """What a question shows is an answer to it, whatever was said before; and one can be made of examples alone."""
    given: dict[str, str | None] = {}
    while (question := Interview("mine", given).question) is not None:
        taken = Interview("mine", given).answered(question.shown)
        given = {**taken.given, **({question.key: before[question.key]} if question.key in before else {})}
    assert built(Interview("mine", given).text)


def test_examples_are_of_the_order_of_earlier_answers() -> None:
    """A tour of 45 minutes by one who works 160 hours: about $30, and what 200 fans could be shown in a month."""
    given: dict[str, str | None] = {"make": "tour", "who": "bo", "hours": "160", "core": "guiding"}
    given |= {"effort guiding": "0.75", "others": "none"}
    talk = Interview("tours", given)
    shown = {}
    for said in ("20", "one", "$25", "$30", "2000", "200", None, "$3k"):
        question = talk.question
        assert question is not None
        shown[question.key] = question.shown
        talk = talk.answered(said or "?")
    assert shown["chores"] == "16 hours/month"
    assert shown["price"] == "$30"
    assert shown["worth"] == "$30 to $60"
    assert shown["recognise"] == "about 30 people"
    assert shown["rate"] == "0.7 to 1.6"
    assert talk.question is not None
    assert (talk.question.key, talk.question.shown) == ("overhead", "$150")
