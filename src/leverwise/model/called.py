"""What the enterprise's numbers are called: the path in the file, and the name in equations and so in answers.

`market.trust.effect` is `trust_effect` there, `people.star.talent.writing` is `star.writing.ability`.
"""

from __future__ import annotations

from leverwise.model.document import plain_name
from leverwise.model.fields import split_indices
from leverwise.model.mechanism import built_in
from leverwise.model.shape import split_path

Path = tuple[str, ...]


def paths_of(name: str) -> list[tuple[Path, int]]:
    """Paths of what equations call so, each with how many of its parts must be there for it to be meant."""
    *members, last = (plain_name(part) for part in name.split("."))
    found: dict[Path, int] = {}
    for key, parameter in built_in("base").parameters.items():
        own, indices = split_indices(key)
        if parameter.path is None or own != last or len(indices) != len(members):
            continue
        filled = {f"{{{index}}}": member for index, member in zip(indices, members, strict=True)}
        parts = split_path(parameter.path.text)
        placed = [place for place, part in enumerate(parts) if part in filled]
        found.setdefault(tuple(filled.get(part, part) for part in parts), placed[0] + 1 if placed else 0)
    return list(found.items())


def names_of(path: str) -> list[str]:
    """Names that equations may have for what stands at a path: most paths have one, or none."""
    keys, found = [plain_name(part) for part in path.split(".")], list[str]()
    for key, parameter in built_in("base").parameters.items():
        if parameter.path is None:
            continue
        own, indices = split_indices(key)
        parts = [plain_name(part) for part in split_path(parameter.path.text)]
        pairs = list(zip(parts, keys, strict=False))
        if len(parts) != len(keys) or any(part != key for part, key in pairs if not part.startswith("{")):
            continue
        members = {part[1:-1]: key for part, key in pairs if part.startswith("{")}
        found.append(".".join([*(members[index] for index in indices), own]))
    return found


def plain_names() -> list[str]:
    """What equations call the numbers that there is one of."""
    return [name for name, indices in map(split_indices, built_in("base").parameters) if not indices]


def follows(name: str) -> bool:
    """Whether the enterprise has a variable of this name that is worked out from others."""
    base = built_in("base")
    return plain_name(name) in {split_indices(key)[0] for key in (*base.stocks, *base.equations)}
