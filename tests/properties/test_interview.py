"""Whatever is answered to `leverwise new`, what is accepted makes a model, and not to know is always accepted."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from leverwise.errors import ModelError
from leverwise.model.interview import Interview, Question, built

WORDS = st.one_of(
    st.sampled_from(("song", "team", "use", "thing", "price", "cash", "output", "making", "Ann", "two words", "null")),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=8),
)
SIZES = st.floats(-3, 7).map(lambda power: f"{10**power:.3g}")
NUMBERS = st.one_of(
    SIZES,
    SIZES.map(lambda size: f"about {size}"),
    st.tuples(SIZES, st.floats(1, 50)).map(lambda pair: f"{pair[0]} to {float(pair[0]) * pair[1]:.6g}"),
    st.sampled_from(("0", "-1", "1e15", "0 to 5", "$3k", "20 %", "3 hours", "2 years", "5 to 1", "x + 1")),
)
LEVERS = st.sets(st.sampled_from(("people", "machine", "ads", "name", "community", "invention", "shows"))).map(
    ", ".join
)


def answers(question: Question) -> st.SearchStrategy[str]:
    """Answers to one question, of which some are nonsense."""
    kinds = {
        "word": WORDS,
        "name": WORDS,
        "names": st.lists(WORDS, max_size=3).map(", ".join),
        "choice": st.sampled_from(("free", "each", "hm")),
        "choices": LEVERS,
        "quantity": NUMBERS,
    }
    return st.one_of(st.just("?"), kinds[question.kind])


@settings(max_examples=5, deadline=None)
@given(st.data())
def test_what_is_accepted_is_a_model(data: st.DataObject) -> None:
    """After an answer that is refused, not to know is accepted; the model at the end can be read and has its levers."""
    talk = Interview("mine")
    while (question := talk.question) is not None:
        said = data.draw(answers(question), label=question.key)
        try:
            talk = talk.answered(said)
        except ModelError:
            talk = talk.answered("?")
    source, system = built(talk.text)
    assert system.name == "mine"
    assert source.declarations.impact is not None
    kinds = ("delegation", "capital", "brand", "network", "technology", "attention")
    assert len(source.levers) == sum(talk.text.count(f"\n    {kind}:") for kind in kinds)
