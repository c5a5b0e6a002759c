"""Text to nodes: positions, source text, and what is refused."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leverwise.errors import ModelError
from leverwise.model.document import Mapping, Node, Scalar, Sequence
from leverwise.model.read import MOST_BYTES, MOST_DEPTH, decode, neighbours, parse, read_bytes
from unit.work import calls


def node(text: str) -> Mapping:
    tree = parse(text, "f.yaml")
    assert isinstance(tree, Mapping)
    return tree


def scalar(text: str, key: str) -> Scalar:
    found = node(text).get(key)
    assert isinstance(found, Scalar)
    return found


def place(scalar: Scalar) -> tuple[int, int, int]:
    return scalar.at.line, scalar.at.column, scalar.at.length


def refusal(text: str | bytes) -> ModelError:
    with pytest.raises(ModelError) as caught:
        parse(decode(text.encode() if isinstance(text, str) else text, "f.yaml"), "f.yaml")
    return caught.value


@pytest.mark.parametrize(
    "text", ["yes", "1e3", "0x1f", "5 %/year", "$400k", "2M to 20M", "null", "~", "-1", ".5", "no"]
)
def test_scalars_keep_their_source_text(text: str) -> None:
    """YAML makes nothing of a scalar: it is what the author wrote."""
    found = scalar(f"a: {text}   # note\n", "a")
    assert (found.text, found.source, place(found)) == (text, text, (1, 4, len(text)))


@pytest.mark.parametrize(
    ("text", "value", "where"),
    [
        ("a: 'x + y'", "x + y", (1, 5)),
        ('a: "x + y"', "x + y", (1, 5)),
        ("b: 1\na:\n    x +\n      y\n", "x + y", (3, 5)),
        ("a: |\n\n    x +\n    y\nb: 1\n", "x +\ny", (3, 5)),
        ("a: >-\n  x +\n  y\n", "x + y", (2, 3)),
        ("a: {b: 1, a: x}", None, (1, 4)),
    ],
)
def test_content_starts_where_its_first_character_is(text: str, value: str | None, where: tuple[int, int]) -> None:
    """The position is that of the content, inside quotes and after the indentation of a block."""
    found = node(text).get("a")
    assert found is not None
    assert (found.at.line, found.at.column) == where
    if value is not None:
        assert isinstance(found, Scalar)
        assert found.text == value
        assert "".join(found.source.split()) == "".join(value.split())


def test_source_of_a_text_over_lines_stands_in_the_file() -> None:
    """Further lines keep their indentation, so that a character of the text can be found in the file."""
    text = "a: x +\n     y*\n   z\n"
    assert scalar(text, "a").source in text


def test_windows_line_ends_do_not_shift_positions() -> None:
    """Lines and columns count the same with carriage returns and with a byte order mark."""
    tree = parse(decode(b"\xef\xbb\xbfa: 1\r\nb: 22\r\n", "f"), "f")
    assert isinstance(tree, Mapping)
    found = tree.get("b")
    assert isinstance(found, Scalar)
    assert place(found) == (2, 4, 2)


def test_every_duplicate_is_reported_at_once() -> None:
    """Keys that come again are reported all together, each at its second place."""
    problems = refusal("a: 1\nb: {c: 1, c: 2}\na: 2\n").problems
    assert [(p.at.line, p.at.column) for p in problems if p.at] == [(2, 11), (3, 1)]


@pytest.mark.parametrize(
    ("text", "word", "line"),
    [
        ("a: &x 1\nb: *x\n", "anchors", 1),
        ("a: !!python/object:os.system x\n", "tags", 1),
        ("a: 1\nb: \x1b[31m\n", "U+001B", 2),
        ("a: 1\nb: x\u2028y\n", "U+2028", 2),
        ("a: 1\nb: }\n", "not YAML", 2),
        ("? [a]\n: 1\n", "key must be a name", 1),
    ],
)
def test_what_yaml_allows_but_a_model_does_not(text: str, word: str, line: int) -> None:
    """Anchors, tags and control characters are refused where they stand."""
    problem = refusal(text).problems[0]
    assert word in problem.message
    assert problem.at is not None
    assert problem.at.line == line


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    """The first anchor ends the reading, so nothing is ever expanded."""
    text = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    )
    refused: list[ModelError] = []
    assert calls(lambda: refused.append(refusal(text))) < 100 * len(text)
    assert "anchors" in refused[0].problems[0].message


@pytest.mark.parametrize(
    "text", ["[" * 50_000, "{a: " * 50_000, "a:\n" + "".join(" " * i + "- \n" for i in range(200))]
)
def test_deep_nesting_is_refused(text: str) -> None:
    """Nesting has a bound, and reaching it is one error, not a crash."""
    assert "deeper" in refusal(text).problems[0].message


def test_nesting_within_the_bound_is_read() -> None:
    """The bound does not refuse what is just inside it."""
    depth = MOST_DEPTH - 2
    assert isinstance(parse("a: " + "[" * depth + "]" * depth, "f"), Mapping)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\x7fELF\x02\x01\x01\0\0", "binary"),
        (b"a: \xff\xfe\0", "binary"),
        ("a: é".encode("latin-1"), "0xe9"),
        ("a: 1".encode("utf-16"), "UTF-16"),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, word: str) -> None:
    """Binary files and other encodings are named as such, at the byte that shows it."""
    problem = refusal(data).problems[0]
    assert word in problem.message
    assert problem.at is not None
    assert problem.at.line == 1


def test_a_huge_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    """A file of 100 MB costs no memory: it is not read."""
    path = tmp_path / "huge.yaml"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(ModelError, match="100,000,000 bytes"):
            read_bytes(path)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_file_at_the_bound_is_read(tmp_path: Path) -> None:
    """One byte less than too much is not too much."""
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * MOST_BYTES)
    assert len(read_bytes(path)) == MOST_BYTES


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    """A file that is not there gets the name of one that is."""
    (tmp_path / "superstar.yaml").write_text("a: 1")
    with pytest.raises(ModelError) as caught:
        read_bytes(tmp_path / "supertsar.yaml")
    assert "`superstar.yaml`" in caught.value.problems[0].hint
    with pytest.raises(ModelError, match="folder"):
        read_bytes(tmp_path)


TREES = st.recursive(
    st.text("abc xyz019 _.%$/*+-", min_size=1, max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcdef", min_size=1, max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


def plain(node: Node) -> object:
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text


@given(TREES)
def test_what_json_writes_is_read_back(tree: object) -> None:
    """JSON is YAML: any tree of texts comes back as it was, and each text stands where its position says."""
    import json

    text = json.dumps(tree, indent=1)
    found = parse(text, "f")
    assert plain(found) == tree
    lines = text.split("\n")

    def check(node: Node) -> None:
        if isinstance(node, Mapping):
            for _, value in node.entries:
                check(value)
        elif isinstance(node, Sequence):
            for item in node.items:
                check(item)
        else:
            assert lines[node.at.line - 1][node.at.column - 1 :].startswith(node.text)

    check(found)


def problems_in(data: bytes) -> tuple[str, ...]:
    try:
        parse(decode(data, "f"), "f")
    except ModelError as error:
        return tuple(problem.message for problem in error.problems)
    return ("none",)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the reader fail in any other way than by problems in words."""
    assert all(problems_in(text.encode("utf-8", "surrogatepass")))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """The same for bytes."""
    assert all(problems_in(data))


def test_only_models_are_offered_in_place_of_a_model(tmp_path: Path) -> None:
    """A plan file beside it is near by its name, and yet no model."""
    (tmp_path / "shop-plan.yaml").write_text("# 3\nplan:\n  a.b: 1\n", encoding="utf-8")
    assert neighbours(tmp_path / "shop-plan.yml") == ""
    assert neighbours(tmp_path / "shop-plan.yml", models=False) == "did you mean `shop-plan.yaml`?"
    (tmp_path / "shop-plans.yaml").write_text("leverwise: 1\nplan: {every: 3 months}\n", encoding="utf-8")
    assert neighbours(tmp_path / "shop-plan.yml") == "did you mean `shop-plans.yaml`?"
