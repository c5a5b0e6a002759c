"""The command line: parse, ask, print. Everything heavy is imported by the command that needs it.

Standard output carries the answer alone; progress and complaints go to standard error. Exit codes: 0 answered,
1 the question has no answer, 2 the input is wrong, 70 a fault of the program (with its traceback), 130 stopped by
Ctrl-C.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import typer

from leverwise.cli import comparing, learning, loading, mapping, models, questions
from leverwise.cli.options import app
from leverwise.errors import LeverwiseError, NoAnswerError

__all__ = ["app", "comparing", "learning", "loading", "main", "mapping", "models", "program", "questions"]


def program() -> NoReturn:
    """The command `leverwise`: `main`, and a plain end, since taking JAX apart takes a fifth of a second."""
    gc.set_threshold(100_000, 50, 50)  # much is made at the start, and little of it is ever let go
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads spin, and nothing here is large enough for them
    code = main()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code. Never a traceback for what a person typed."""
    words = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    try:
        code = app(args=words, prog_name="leverwise", standalone_mode=False)
        return _complain("stopped", 130) if code == 130 else code if isinstance(code, int) else 0
    except (KeyboardInterrupt, typer.Abort):
        return _complain("stopped", 130)
    except NoAnswerError as error:
        return _complain(str(error), 1)
    except LeverwiseError as error:
        return _complain(str(error), 2)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _complain(place + (error.strerror or str(error)), 2)
    except MemoryError:
        return _complain("there is not enough memory for this: ask for fewer --samples", 2)
    except Exception as error:
        if hasattr(error, "format_message"):
            from leverwise.cli.usage import complaint

            return _complain(complaint(error), 2)
        return _complain("".join(traceback.format_exception(error)), 70)


def _complain(text: str, code: int) -> int:
    from leverwise.report.numbers import printable

    with suppress(OSError):
        print(printable(text), file=sys.stderr, flush=True)
    return code
