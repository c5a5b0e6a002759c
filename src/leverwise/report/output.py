"""Where an answer goes: to standard output, and to a file whose ending says what it is.

Nothing is written in halves: files are written aside and renamed, and a reader who leaves early is no error.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from leverwise.ask.answer import Answer
from leverwise.errors import ModelError, Problem
from leverwise.files import aside, write
from leverwise.lang.system import System
from leverwise.report import json as as_json

if TYPE_CHECKING:
    from leverwise.ask.report import Report

KINDS = (".json", ".txt", ".html", ".png", ".svg", ".nc")


@dataclass(frozen=True)
class Output:
    """What was asked for on the command line. Raises ModelError at once if `out` can not be written."""

    out: str | None = None
    json: bool = False
    quiet: bool = False
    kinds: Sequence[str] = KINDS

    def __post_init__(self) -> None:
        if self.out is not None:
            _fail_if_not_writable(self.out)
            if self.kind not in self.kinds:
                known = ", ".join(self.kinds)
                raise ModelError(
                    Problem(f"{self.out}: --out knows no files that end in {self.kind!r}", None, f"it knows {known}")
                )

    @property
    def kind(self) -> str:
        """The file's ending: it says what to write. `.yml` is `.yaml`, and none means JSON if JSON is asked for."""
        ending = Path(self.out or "").suffix.lower()
        if not ending and self.json:
            return ".json"
        return ".yaml" if ending == ".yml" else ending

    def give(self, answer: Answer, system: System) -> None:
        """Write the file, if there is one, then print the answer."""
        if self.out is not None:
            self._write(answer, system, Path(self.out))
            self._say(f"wrote {self.out}")
        print_text(as_json.text(answer) if self.json else _as_text(answer, brief=self.quiet))

    def give_page(self, found: Report, system: System) -> None:
        """Write the page (or the JSON of all answers), then say in one line each what was answered."""
        target = Path(self.out or "report.html")
        document = {
            "question": "report",
            "answers": [as_json.document(answer) for answer in found.answers],
            "unanswered": [{"question": question, "reason": reason} for question, reason in found.unanswered],
        }
        if self.kind == ".json":
            write(target, as_json.dumps(document) + "\n")
        else:
            from leverwise.report.page import html

            write(target, html(found.answers, found.unanswered, system, found.command))
        self._say(f"wrote {target}")
        if self.json:
            print_text(as_json.dumps(document) + "\n")
        elif not self.quiet:
            print_text("".join(f"{answer.headline}\n" for answer in found.answers))

    def _say(self, text: str) -> None:
        if not self.quiet:
            print(text, file=sys.stderr)

    def _write(self, answer: Answer, system: System, target: Path) -> None:
        match self.kind:
            case ".json":
                write(target, as_json.text(answer))
            case ".txt":
                write(target, _as_text(answer, brief=False, plain=True))
            case ".html":
                from leverwise.report.page import html

                write(target, html([answer], system=system))
            case ".png" | ".svg":
                from leverwise.report.charts import drawable, save

                if not any(map(drawable, answer.charts)):
                    message = f"this answer to {answer.question} has nothing to draw"
                    raise ModelError(Problem(message, None, "write .json or .html instead"))
                save(answer.charts, target)
            case ".nc":
                answer.save(target)
            case ".yaml":
                from leverwise.report.plans import text

                write(target, text(answer, system))


def give_text(text: str, out: str | None) -> None:
    """Write text to a file, or print it if there is none."""
    if out is None:
        print_text(text)
        return
    _fail_if_not_writable(out)
    write(Path(out), text)
    print(f"wrote {out}", file=sys.stderr)


def fail_if_input(out: str | None, inputs: Iterable[tuple[str | Path | None, str]]) -> None:
    """Raise ModelError if `out` is one of the files that are read, each given with what it is."""
    for path, what in inputs:
        if out is not None and path and _same(Path(out), Path(path)):
            raise ModelError(Problem(f"{out} is {what}: --out would write over it", None, "name another file"))


def write_bytes(target: Path, content: bytes) -> None:
    """Write bytes, whole or not at all."""
    with aside(target) as part:
        part.write_bytes(content)


def print_text(text: str) -> None:
    """Print to standard output, as UTF-8 where that is a byte stream; quiet if the reader has left."""
    try:
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:
            sys.stdout.write(text)
        else:
            sys.stdout.flush()
            stream.write(_encoded(text))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def quoted(path: Path) -> str:
    """The path as one word of a shell command."""
    return shlex.quote(str(path))


def _same(first: Path, second: Path) -> bool:
    """Whether two paths lead to one file, be it there or not."""
    try:
        return first.samefile(second)
    except OSError:
        return first.resolve() == second.resolve()


def _encoded(text: str) -> bytes:
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace")


def _as_text(answer: Answer, *, brief: bool, plain: bool = False) -> str:
    from rich.console import Console

    from leverwise.report.terminal import show

    if plain:
        from io import StringIO

        console = Console(file=StringIO(), width=100, color_system=None)
    else:
        console = Console(highlight=False)
    with console.capture() as captured:
        show(answer, console, brief=brief)
    return "\n".join(line.rstrip() for line in captured.get().split("\n"))


def _fail_if_not_writable(out: str) -> None:
    folder = Path(out).parent
    if not folder.is_dir():
        raise ModelError(Problem(f"{out}: there is no folder {folder}", None, "make the folder first"))
    if Path(out).is_dir():
        raise ModelError(Problem(f"{out} is a folder", None, "name a file"))
    if not os.access(folder, os.W_OK):
        raise ModelError(Problem(f"{out}: this folder can not be written to"))
