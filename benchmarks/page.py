"""The table of a run as the marked part of a page: docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.goals import HEADINGS, Reached
from benchmarks.rows import Row
from benchmarks.table import cells, machine, same_thing

BEGIN = "<!-- made by `python -m benchmarks --docs docs/performance.md` -->"
END = "<!-- end of what is made -->"
HEAD = ("case", "what", "leverwise", "peer", "the peer's", "ratio", "value", "the peer's value", "target", "met")


def write(page: Path, found: Sequence[tuple[str, Row]], goals: Sequence[Reached], seconds: float, load: float) -> None:
    """Put the rows between the marks. Raises ValueError if the page has none."""
    text = page.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise ValueError(f"{page} needs the lines `{BEGIN}` and `{END}`")
    before, after = text.split(BEGIN)[0], text.split(END, 1)[1]
    page.write_text(f"{before}{BEGIN}\n\n{part(found, goals, seconds, load)}\n\n{END}{after}", encoding="utf-8")


def part(found: Sequence[tuple[str, Row]], goals: Sequence[Reached], seconds: float, load: float) -> str:
    """One sentence on the run, the goals reached, and the table."""
    about = machine()
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items() if version)
    lines = [
        f"{about['cores']} cores ({about['architecture']}), {about['system']}, Python {about['python']}, {versions}; "
        f"the run took {seconds:.0f} s, and before it {load:.1f} processes were at work on the machine. "
        "Times are least / median.",
        "",
        _line(HEADINGS),
        _line(["---"] * len(HEADINGS)),
        *(_line(goal.cells) for goal in goals),
        "",
        _line(HEAD),
        _line(["---"] * len(HEAD)),
    ]
    before: tuple[str, Row | None] = ("", None)
    for family, row in found:
        what, least, median, peer, theirs, their_median, ratio, value, peer_value, target, met = cells(row)
        again = same_thing(row, before[1])
        lines.append(
            _line(
                [
                    family if family != before[0] else "",
                    "" if again else what,
                    "" if again else _both(row.ours is not None and len(row.ours.values) > 1, least, median),
                    peer,
                    _both(row.theirs is not None and len(row.theirs.values) > 1, theirs, their_median),
                    ratio,
                    "" if again else value,
                    peer_value,
                    target,
                    met,
                ]
            )
        )
        before = (family, row)
    return "\n".join(lines)


def _both(several: bool, least: str, median: str) -> str:
    return f"{least} / {median}" if several and least != median else least


def _line(texts: Sequence[str]) -> str:
    return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"
