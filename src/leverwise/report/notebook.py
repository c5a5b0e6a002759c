"""One answer as a piece of HTML for a notebook: headline, large numbers, caveats, pictures, and tables to fold out.

It looks like the page (`page.py`), whose parts it uses, but keeps its style to itself, and follows the notebook from
light to dark. It holds no script and points nowhere.
"""

from __future__ import annotations

from hashlib import sha256

from leverwise.ask.answer import Answer
from leverwise.report.numbers import printable
from leverwise.report.page import section, style, template
from leverwise.report.theme import DARK


def html(answer: Answer) -> str:
    """The answer as HTML, to stand anywhere on a page, beside others."""
    key = "a" + sha256(repr((answer.sha256, answer.question, answer.headline)).encode()).hexdigest()[:10]
    shown = template("notebook.html.j2").render(
        section=section(answer, key), style=style("notebook.css", "parts.css"), repaint=_repaint()
    )
    return printable(shown)


def _repaint() -> str:
    """Style rules that give the charts the colours of a dark notebook in it."""
    return "\n".join(
        f'figure svg [{attribute}="{light}"] {{ {attribute}: light-dark({light}, {dark}); }}'
        for light, dark in DARK.items()
        for attribute in ("fill", "stroke")
    )
