"""Texts become trees; what can't be read is refused where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leverwise.lang.render import source
from leverwise.lang.syntax import Apply, Literal, Loop, Node, Pair, Reference, TextError, parse
from leverwise.units import Units
from unit.work import calls

WORDS = Units(["song"]).words


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("5", 5.0, ""),
        ("$400k", 400_000.0, "$"),
        ("$0.02/song", 0.02, "$/song"),
        ("5 $/month", 5.0, "$/month"),
        ("$5k/month", 5000.0, "$/month"),
        ("160 hour/month/person", 160.0, "hour/month/person"),
        ("60 %", 60.0, "%"),
        ("5%/year", 5.0, "%/year"),
        ("0.03/month", 0.03, "1/month"),
        ("3 month^2*$", 3.0, "month^2*$"),
        ("1e-3 songs", 0.001, "songs"),
        (".5", 0.5, ""),
        ("2M people", 2_000_000.0, "people"),
    ],
)
def test_literals(text: str, value: float, unit: str) -> None:
    """A number carries the longest run of unit words after it."""
    assert parse(text, WORDS) == Literal(value, unit)


def test_a_unit_ends_at_the_first_name() -> None:
    """A name that is no unit is a factor, and so is a unit word with a subscript."""
    assert parse("2 hours/month*x", WORDS) == Apply("*", (Literal(2.0, "hours/month"), Reference("x")))
    assert parse("2 hours/hours[w]", WORDS) == Apply("/", (Literal(2.0, "hours"), Reference("hours", ("w",))))
    assert parse("$5/listen", WORDS) == Apply("/", (Literal(5.0, "$"), Reference("listen")))
    assert parse("x/month", WORDS) == Apply("/", (Reference("x"), Reference("month")))


def test_loops_and_subscripts() -> None:
    """Loops run over one set or more, subscripts name sets or members."""
    body = Apply("*", (Reference("a", ("task",)), Reference("b.c", ("task", "worker"))))
    assert parse("sum(a[task]*b.c[task, worker] for task, worker)", WORDS) == Loop("sum", body, ("task", "worker"))


@pytest.mark.parametrize(
    ("text", "message", "start"),
    [
        ("", "missing", 0),
        ("a +", "ends too early", 2),
        ("a b", "something is missing between `a` and `b`", 2),
        ("5 monht", "`monht` is not a unit", 2),
        ("2 (x)", "something is missing", 2),
        ("(a", "never closed", 0),
        ("a)", "closes nothing", 1),
        ("(a]", "closes nothing", 2),
        ("a & b", "no meaning", 2),
        ("a = b", "no meaning", 2),
        ("a < b < c", "chained", 6),
        ("* a", "can't begin with", 0),
        ("10,000", "separators", 0),
        ("1e999", "too large", 0),
        ("foo(x for y)", "can't run over a set", 0),
        ("x.__class__.__init__()()", "something is missing", 22),
        ("a == (b to c)", "can't be part", 8),
        ("(x) hours", "directly after a number", 4),
    ],
)
def test_unreadable(text: str, message: str, start: int) -> None:
    """An unreadable text is refused at the exact character."""
    with pytest.raises(TextError) as caught:
        parse(text, WORDS)
    assert message in caught.value.message
    assert caught.value.start == start


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("max(0, 3,10", "never closed", ""),
        ("min(1,20 + 2", "never closed", ""),
        ("max(0,10) x", "something is missing", ""),
        ("2 * about 3", "something is missing", ""),
        ("daily 3", "something is missing", ""),
        ("1,20 songs", "has a comma", "`1.20`"),
        ("$1,200 to $1,500", "has separators", "`$1200`"),
        ("about 3 songs", "has no meaning", "one number"),
        ("31.12.2027", "is a date", "`36 months`"),
        ("$-6k", "behind the `$`", "`-$6k`"),
    ],
)
def test_spellings_are_looked_for_only_in_what_is_one_quantity(text: str, message: str, hint: str) -> None:
    """A comma, a word or a date is remarked on in a number; in an expression the mistake is elsewhere."""
    with pytest.raises(TextError) as caught:
        parse(text, WORDS)
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert hint or not any(digit in caught.value.hint for digit in "0123456789")


@pytest.mark.parametrize("text", ["2000-10-5", " 2027-12-31 ", "12/31/2027", "x - 2000-10-5"])
def test_sound_arithmetic_is_no_date(text: str) -> None:
    """What looks like a date is read as the arithmetic that it is."""
    assert isinstance(parse(text, WORDS), Apply)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "-" * 9999 + "1",
        "+".join(["1"] * 5000),
        "2^" * 3000 + "2",
        "not " * 2000 + "1",
        "if 1 then 2 else " * 500 + "3",
        "x" * 10_001,
        "[" * 9000,
    ],
)
def test_bounded(text: str) -> None:
    """Monstrous texts are refused, after work that grows with their length and no faster."""

    def refused() -> None:
        with pytest.raises(TextError):
            parse(text, WORDS)

    assert calls(refused) < 100 * len(text)


NAMES = st.sampled_from(["a", "b2", "crew.wage", "_x", "größe", "song_rate", "k"])
SETS = st.sampled_from(["task", "worker", "camp"])
UNITS = st.sampled_from(["", "", "$", "%/year", "hour/month/person", "1/month", "songs^2", "month^-1*$"])
NUMBERS = st.floats(0, 1e290, allow_nan=False) | st.integers(0, 1000).map(float)
BINARY = st.sampled_from(["+", "-", "*", "/", "^", "<", "<=", ">", ">=", "==", "!=", "and", "or"])
LEAVES = st.builds(Literal, NUMBERS, UNITS) | st.builds(Reference, NAMES, st.lists(SETS, max_size=2).map(tuple))


def _larger(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    pairs = st.builds(Pair, inner, inner)
    return st.one_of(
        st.builds(lambda op, a, b: Apply(op, (a, b)), BINARY, inner, inner),
        st.builds(lambda op, a: Apply(op, (a,)), st.sampled_from(["neg", "not"]), inner),
        st.builds(lambda a, b, c: Apply("if", (a, b, c)), inner, inner, inner),
        st.builds(
            lambda f, a: Apply(f, tuple(a)),
            st.sampled_from(["max", "exp", "table"]),
            st.lists(inner | pairs, max_size=3),
        ),
        st.builds(
            lambda a, u: Apply("normal", tuple(a), unit=u),
            st.lists(inner, min_size=1, max_size=2),
            st.sampled_from(["", "$"]),
        ),
        st.builds(
            Loop,
            st.sampled_from(["sum", "prod", "min", "max"]),
            inner,
            st.lists(SETS, min_size=1, max_size=2).map(tuple),
        ),
    )


TREES = st.recursive(LEAVES, _larger, max_leaves=12)


@given(TREES)
def test_render_and_parse_are_inverse(tree: Node) -> None:
    """A tree that is written down reads as the same tree."""
    assert parse(source(tree), WORDS) == tree


@given(TREES, TREES)
def test_ranges_read_back(low: Node, high: Node) -> None:
    """So does a range of two expressions."""
    tree = Apply("to", (low, high))
    assert parse(source(tree), WORDS) == tree


@given(st.text(alphabet="ab12.()[]+-*/^<>=,$% kMiftheno\n\u00d7", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is typed, the answer is a tree that reads back, or an error with a place inside the text."""
    tree, start = _read(text)
    assert 0 <= start <= max(len(text), 1)
    assert tree is None or parse(source(tree), WORDS) == tree


def _read(text: str) -> tuple[Node | None, int]:
    try:
        return parse(text, WORDS), 0
    except TextError as error:
        return None, error.start
