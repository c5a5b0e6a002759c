"""The building blocks of the schemas: pieces of text, tables and lists that keep their positions.

Pydantic validates the tree of nodes itself, so that what comes out still knows where it was written. A `Section` is
strict about unknown keys and reports each with the closest known one; `validate` turns everything pydantic finds into
`Problem`s.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from leverwise.errors import Problem, did_you_mean
from leverwise.model.document import Mapping, Node, Scalar, Sequence, deepest, kind_of, plain_name, shorten

NAME = re.compile(r"[^\W\d]\w*(?: \w+)*\Z")
"""A name as authors write it: letters of any script, digits, `_` and single spaces."""
INDEXED = re.compile(r"([^\W\d]\w*(?: \w+)*) ?(?:\[ ?([^\W\d][\w ,]*)\])?\Z")
"""A name that may have subscripts."""
OR = re.compile(r"\bor\b")
YES = ("yes", "true", "on")
NO = ("no", "false", "off")


@dataclass
class Findings:
    """What validation notices beside pydantic's own errors."""

    problems: list[Problem] = field(default_factory=list)
    elsewhere: Callable[[str], str] | None = None
    """A hint that says where a key belongs that does not belong where it stands; empty if nowhere."""


def flag(scalar: Scalar | None, otherwise: bool = False) -> bool:
    """The truth of a `Flag`."""
    return otherwise if scalar is None else scalar.text.lower() in YES


def split_indices(key: str) -> tuple[str, tuple[str, ...]]:
    """`effort[task]` as name and sets: ("effort", ("task",)). The key matches `INDEXED`."""
    match = INDEXED.match(key)
    if match is None:
        return plain_name(key), ()
    sets = match.group(2) or ""
    return plain_name(match.group(1)), tuple(plain_name(part) for part in sets.split(",") if part.strip())


def _wrong(message: str, hint: str = "") -> PydanticCustomError:
    return PydanticCustomError("leverwise", "{message}", {"message": message, "hint": hint})


def _line(node: object) -> Scalar:
    if not isinstance(node, Scalar):
        texts = [item.text for item in node.items if isinstance(item, Scalar)] if isinstance(node, Sequence) else []
        hint = f"a range is written `{texts[0]} to {texts[1]}`" if len(texts) == 2 else ""
        raise _wrong(f"a text is wanted here, not {kind_of(node)}", hint)  # type: ignore[arg-type]
    if node.empty or not node.text.strip():
        raise _wrong("a value is missing here")
    if len(node.text) > 20_000:
        raise _wrong("this text is longer than 20,000 characters", "split it up")
    return node


def _name(node: object) -> Scalar:
    scalar = _line(node)
    if not NAME.match(scalar.text):
        raise _wrong(f"`{shorten(scalar.text)}` cannot be a name", "names are letters, digits, `_` and single spaces")
    return scalar


def _flag(node: object) -> Scalar:
    scalar = _line(node)
    if scalar.text.lower() not in YES + NO:
        raise _wrong(f"yes or no is wanted here, not `{shorten(scalar.text)}`", "write yes or no")
    return scalar


def _number(node: object) -> Scalar:
    scalar = _line(node)
    try:
        value = float(scalar.text)
    except ValueError:
        hint = "write the number alone; it counts in the unit of what it belongs to"
        raise _wrong(f"a number without a unit is wanted here, not `{shorten(scalar.text)}`", hint) from None
    if value != value:
        raise _wrong("a number without a unit is wanted here, not `nan`")
    return scalar


def _format(node: object) -> Scalar:
    scalar = _line(node)
    if scalar.text != "1":
        raise _wrong(
            f"this is file format `{shorten(scalar.text)}`, but only format 1 is known",
            "write `leverwise: 1`, or install a newer leverwise",
        )
    return scalar


_TEXT = {"type": "string"}
_QUANTITY = {"type": ["string", "number"]}
_FLAG = {"anyOf": [{"type": "boolean"}, {"enum": ["yes", "no"]}]}

Line = Annotated[Scalar, PlainValidator(_line), WithJsonSchema(_TEXT)]
"""Any text that is not empty."""
Quantity = Annotated[Scalar, PlainValidator(_line), WithJsonSchema(_QUANTITY)]
"""A number with a unit, a range, a distribution or an expression; read by `lang`."""
Identifier = Annotated[Scalar, PlainValidator(_name), WithJsonSchema(_TEXT)]
"""A name."""
Flag = Annotated[Scalar, PlainValidator(_flag), WithJsonSchema(_FLAG)]
"""yes or no."""
Number = Annotated[Scalar, PlainValidator(_number), WithJsonSchema({"type": "number"})]
"""A plain number without unit."""
Format = Annotated[Scalar, PlainValidator(_format), WithJsonSchema({"const": 1})]
"""The number of the file format."""


def one_of(*choices: str) -> Any:
    """A text that must be one of the choices."""

    def check(node: object) -> Scalar:
        scalar = _line(node)
        if scalar.text not in choices:
            known = ", ".join(f"`{choice}`" for choice in choices)
            raise _wrong(f"`{shorten(scalar.text)}` is not one of {known}", did_you_mean(scalar.text, choices))
        return scalar

    return Annotated[Scalar, PlainValidator(check), WithJsonSchema({"enum": list(choices)})]


def _table(node: object) -> dict[str, Node]:
    if isinstance(node, Scalar) and node.empty:
        return {}
    if not isinstance(node, Mapping):
        raise _wrong(f"entries `name: ...` are wanted here, not {kind_of(node)}", _as_table(node))  # type: ignore[arg-type]
    return dict(node)


def _as_table(node: object) -> str:
    """How to write a list or a text where entries with names are wanted."""
    if isinstance(node, Scalar):
        return f"write `{{name: {shorten(node.text)}}}`"
    items = node.items if isinstance(node, Sequence) else ()
    names = [item.text for item in items if isinstance(item, Scalar) and NAME.match(item.text)]
    if names:
        return f"write `{{{', '.join(f'{name}: ...' for name in names[:4])}}}`"
    return "leave out the dashes: each entry is a line `name: ...`"


def _list(node: object) -> list[Node]:
    if isinstance(node, Sequence):
        return list(node.items)
    if isinstance(node, Scalar) and not node.empty:
        return [node]
    if isinstance(node, Mapping):
        names = ", ".join(shorten(key.text) for key, _ in node.entries[:4])
        raise _wrong("a list is wanted here, not a mapping", f"write `[{names}]`")
    raise _wrong(f"a list is wanted here, not {kind_of(node)}")  # type: ignore[arg-type]


T = TypeVar("T")
Table = Annotated[dict[str, T], BeforeValidator(_table)]
"""A mapping from names of the author's own choice."""


def _choices(node: object) -> list[Node]:
    """Texts such as `studio or limo`; for names that stand side by side it is told how to join them."""
    inner = node.entries if isinstance(node, Mapping) else _list(node)
    parts = [
        each.items if isinstance(each, Sequence) else each if isinstance(each, tuple) else (each,) for each in inner
    ]
    groups = [[text.text for text in part if isinstance(text, Scalar)] for part in parts]
    if not any(len(group) > 1 for group in groups):
        groups = [[text for group in groups for text in group]]
    if any(len(group) > 1 and not any(OR.search(text) for text in group) for group in groups):
        example = ", ".join(" or ".join(group) for group in groups)
        raise _wrong("levers of which one may be used are joined by `or`", f"write `[{example}]`")
    return _list(node)


class _OneOrMany:
    """Lets the JSON Schema of a list accept one item without brackets."""

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> Any:
        schema = handler(core)
        return {"anyOf": [schema, schema["items"]]}


Choices = Annotated[list[T], BeforeValidator(_choices), _OneOrMany()]
"""A list of texts such as `studio or limo`."""
Listing = Annotated[list[T], BeforeValidator(_list), _OneOrMany()]
"""A list; a single text counts as a list of one."""


def _pair(items: list[object]) -> list[object]:
    if len(items) != 2:
        raise _wrong(f"two names are wanted here, not {len(items)}", "write `between: [a, b]`, one entry for each pair")
    return items


def _alternatives(node: object) -> list[object]:
    return list(node.items) if isinstance(node, Sequence) else [node]


Pair = Annotated[Listing[T], AfterValidator(_pair)]
"""A list of two."""
Alternatives = Annotated[list[T], BeforeValidator(_alternatives)]
"""One item, or a list of which conditions choose."""


class Section(BaseModel):
    """A mapping with known keys. Unknown ones are reported with the closest known key, and left out."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=False)

    @model_validator(mode="before")
    @classmethod
    def _open(cls, node: object, info: ValidationInfo) -> object:
        return _opened(cls, node, info)

    @classmethod
    def known(cls) -> tuple[str, ...]:
        """The keys that may stand in this section, as they are written in the file."""
        return tuple(item.alias or name for name, item in cls.model_fields.items())


def _opened(section: type[Section], node: object, info: ValidationInfo) -> object:
    """The entries of a section one level deep, unknown keys reported and left out."""
    if isinstance(node, dict):
        return node
    if isinstance(node, Scalar) and node.empty:
        return {}
    known = section.known()
    if not isinstance(node, Mapping):
        raise _wrong(
            f"entries `name: ...` are wanted here, not {kind_of(node)}",  # type: ignore[arg-type]
            _as_section(node, known) + "known here: " + ", ".join(known),
        )
    found: dict[str, Node] = {}
    before: Node | None = None
    for key, value in node.entries:
        cut, before = _cut_number(before, key, value), value
        spaced = key.text.replace("_", " ")
        if key.text in known:
            found[key.text] = value
        elif spaced in known and spaced not in found:
            found[spaced] = value
        elif isinstance(info.context, Findings):
            hint = info.context.elsewhere(key.text) if info.context.elsewhere is not None else ""
            hint = cut or hint or did_you_mean(key.text, known) or "known here: " + ", ".join(known)
            info.context.problems.append(Problem(f"unknown key `{shorten(key.text)}`", key.at, hint))
    return found


def _cut_number(before: Node | None, key: Scalar, value: Node) -> str:
    """A hint if a comma in a number made two entries of it: `{start: $15,000}`."""
    plain = isinstance(before, Scalar) and isinstance(value, Scalar) and value.empty and not key.quoted
    if (
        not plain
        or not isinstance(before, Scalar)
        or not re.search(r"\d\Z", before.text)
        or not key.text[0].isdecimal()
    ):
        return ""
    joint = "" if re.match(r"\d{3}(?!\d)", key.text) else "."
    return f"a comma ends the number before it: write `{before.text}{joint}{shorten(key.text)}`"


def _as_section(node: object, known: tuple[str, ...]) -> str:
    """How to write a single number where a section is wanted, if one of its keys is plainly meant."""
    key = next((key for key in ("start", "mean", "effort", "limit") if key in known), "")
    rest = ", spread: ..." if key == "mean" else ""
    given = key and isinstance(node, Scalar) and not node.empty
    return f"write `{{{key}: {shorten(node.text)}{rest}}}`; " if given and isinstance(node, Scalar) else ""


class ShortSection(Section):
    """A section that may be shortened to the text of its `is`."""

    @model_validator(mode="before")
    @classmethod
    def _open(cls, node: object, info: ValidationInfo) -> object:
        if isinstance(node, Scalar) and not node.empty:
            return {"is": node}
        return _opened(cls, node, info)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: GetJsonSchemaHandler) -> Any:
        return {"anyOf": [_QUANTITY, handler(core)]}


S = TypeVar("S", bound=BaseModel)


def validate(schema: type[S], node: Node, what: str, findings: Findings) -> S | None:
    """The validated section, or None with every problem added to `findings`."""
    before = len(findings.problems)
    try:
        checked = schema.model_validate(node, context=findings)
    except ValidationError as error:
        misspelt = " ".join(problem.hint for problem in findings.problems[before:])
        for item in error.errors(include_url=False):
            if item["type"] != "missing" or f"`{item['loc'][-1]}`" not in misspelt:
                findings.problems.append(_problem(item, node, what))
        return None
    return checked if len(findings.problems) == before else None


def _problem(error: Any, root: Node, what: str) -> Problem:
    path = tuple(error["loc"])
    node, key = deepest(root, path)
    context = error.get("ctx", {})
    if error["type"] == "missing":
        place = key.at if key is not None else node.at
        inside = ".".join(str(part) for part in path[:-1] if isinstance(part, str)) or what
        hint = str(context.get("hint", "")) or f"add `{path[-1]}: ...`"
        if path == ("leverwise",):
            hint = "add the line `leverwise: 1` at the top: the version of the file format"
        return Problem(f"`{path[-1]}` is missing in {inside}", place, hint)
    place = node.at
    if isinstance(node, Scalar) and node.empty and key is not None:
        place = key.at
    message = str(context.get("message") or error["msg"])
    return Problem(message, place, str(context.get("hint", "")))


__all__ = [
    "INDEXED",
    "NAME",
    "NO",
    "YES",
    "Alternatives",
    "Choices",
    "Findings",
    "Flag",
    "Format",
    "Identifier",
    "Line",
    "Listing",
    "Number",
    "Pair",
    "Quantity",
    "Section",
    "ShortSection",
    "Table",
    "flag",
    "one_of",
    "plain_name",
    "split_indices",
    "validate",
]
