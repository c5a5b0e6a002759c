"""The pages of the documentation, and what stands on them: fenced blocks, indented lines, and commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
OWN = ROOT / "docs" / "models"
"""The models of the site's own pages."""
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = ("", "sh", "bash", "console")
PROGRAM = re.compile(r"^(?:\$ |\.venv/bin/)?(leverwise [^\n]+)")
SHOWN = "{command-output} "


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: where it stands, what is written behind the fence, and what is in it."""

    page: Path
    number: int
    kind: str
    text: str

    @property
    def name(self) -> str:
        """For a test's id: the page, and which of its blocks it is."""
        return f"{self.page.relative_to(ROOT)}-{self.number}"


def fenced(page: Path | None = None) -> list[Block]:
    """Every fenced block of a page, or of all of them."""
    return [
        Block(path, number, kind.strip(), text)
        for path in (PAGES if page is None else [page])
        for number, (kind, text) in enumerate(BLOCK.findall(path.read_text(encoding="utf-8")))
    ]


def blocks(kind: str) -> list[tuple[str, str]]:
    """(page and number, text) of every fenced block of a kind."""
    return [(block.name, block.text) for block in fenced() if block.kind == kind]


def shell_lines(page: Path) -> list[str]:
    """What is to be typed: every line of a shell's block, comments aside."""
    lines = [line for block in fenced(page) if block.kind in SHELL for line in block.text.splitlines()]
    return [found for line in lines if (found := re.sub(r"\s+#.*", "", line).removeprefix("$ ").strip())]


def indented(page: Path) -> list[list[str]]:
    """The lines of every block that is indented rather than fenced, without comments."""
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    found = re.findall(r"^\n((?: {4}[^\n]*\n)+)", text, re.MULTILINE)
    return [[re.sub(r"\s+#.*", "", line[4:]).rstrip() for line in block.splitlines()] for block in found]


def commands(page: Path) -> list[str]:
    """Every `leverwise ...` of a page in a line of its own, in a block, between backticks, or run for the site."""
    found: list[tuple[int, str]] = []
    text = page.read_text(encoding="utf-8")
    for match in BLOCK.finditer(text):
        kind, inside = match.groups()
        if kind.strip() in SHELL:
            typed = [(match.start(), one[1]) for line in inside.splitlines() if (one := PROGRAM.match(line))]
            found += typed
        elif kind.startswith(SHOWN):
            found.append((match.start(), kind.removeprefix(SHOWN)))
    rest = BLOCK.sub(lambda match: "\n" * len(match[0]), text)
    for match in re.finditer(r"`(leverwise [^`\n]+)`", rest):
        if "-" in match[1] or ".yaml" in match[1]:
            found.append((match.start(), match[1]))
    ordered = [re.sub(r"\s+#.*", "", line).strip() for _, line in sorted(found, key=lambda pair: pair[0])]
    return list(dict.fromkeys(" ".join(line.split()) for line in ordered))


def run_for_the_site(page: Path) -> list[tuple[str, int]]:
    """Each command whose output a page shows, with the exit status it is to have."""
    return [
        (block.kind.removeprefix(SHOWN), int((re.search(r":returncode: (\d)", block.text) or "00")[1]))
        for block in fenced(page)
        if block.kind.startswith(SHOWN)
    ]


WRONG_COMMANDS = {command: status for page in PAGES for command, status in run_for_the_site(page) if status}
