"""How the documentation is built: `make docs` runs Sphinx on this folder, without a network, into build/docs.

Every command whose output is shown and every cell of the notebooks is run while the site is built; a command that
fails, a link that leads nowhere or a page that nothing points to stops the build.
"""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

import leverwise

project = "leverwise"
author = "leverwise authors"
release = version = leverwise.__version__
extensions = ["myst_nb", "sphinx_copybutton", "sphinx_design", "sphinxcontrib.programoutput"]
exclude_patterns = ["models", "images"]

myst_enable_extensions = ["colon_fence", "dollarmath", "deflist"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 4
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 600
nb_merge_streams = True
nb_ipywidgets_js: dict[str, Any] = {}

html_theme = "furo"
html_title = "leverwise"
html_static_path = ["_static"]
html_css_files = ["leverwise.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_copyright = False
html_show_sourcelink = False
html_theme_options = {"top_of_page_buttons": []}
highlight_language = "text"
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

PROFILE = Path(__file__).parents[1] / "build" / "ipython" / "profile_default"
"""Cells are run without anybody's own settings of IPython, and kernels tell only what goes wrong."""
PROFILE.mkdir(parents=True, exist_ok=True)
(PROFILE / "ipython_kernel_config.py").write_text("c.IPKernelApp.log_level = 40\n", encoding="utf-8")
os.environ |= {"COLUMNS": "80", "NO_COLOR": "1", "IPYTHONDIR": str(PROFILE.parent)}
logging.getLogger("traitlets").setLevel(logging.WARNING)


def _mathml(node: nodes.Element, display: str) -> str:
    r"""LaTeX as MathML, which every browser sets with fonts that it has.

    A name is an identifier there, around which operators keep their distance, and `\$` in it is a plain `$`.
    """
    made = convert(node.astext(), display=display).replace(r"\$", "$").replace(r"\%", "%")
    return made.replace("<mtext>", '<mi mathvariant="normal">').replace("</mtext>", "</mi>")


def _inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(_mathml(node, "inline"))
    raise nodes.SkipNode


def _block(translator: Any, node: nodes.math_block) -> None:
    """An equation of its own, which scrolls where the screen is narrow."""
    translator.body.append(f'<div class="equation">{_mathml(node, "block")}</div>')
    raise nodes.SkipNode


def _fail_if_online(app: Sphinx, error: Exception | None) -> None:
    """A page that fetches anything from a network could not be read without one. Raises ExtensionError."""
    fetched = re.compile(r"""<(?:script|img|iframe|link rel="stylesheet")[^>]*(?:src|href)=["'](?:https?:)?//""")
    pages = () if error else Path(app.outdir).rglob("*.html")
    if found := [page.name for page in pages if fetched.search(page.read_text(encoding="utf-8"))]:
        raise ExtensionError(f"these pages need a network: {', '.join(found)}")


def setup(app: Sphinx) -> dict[str, bool]:
    """Make MathML the way in which mathematics is shown, and see that no page needs a network."""
    app.add_lexer("leverwise", TextLexer)
    app.connect("build-finished", _fail_if_online)
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
