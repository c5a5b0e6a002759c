"""Rules about the code itself: who may import whom, what start-up may load, how long a file may be."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.api import use_cases

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "leverwise"
HEAVY = ("jax", "jaxlib", "pandas", "xarray", "altair", "vl_convert", "scipy.stats")
NOT_OURS = {".git", ".venv", "__pycache__", "build", "dist", "node_modules"}
MADE_BY_TOOLS = ("_cache", ".egg-info", ".hypothesis")

# Folders of one person's machine, and hosts or options that name a package registry.
MACHINE_PATH = re.compile(r"(?<![\w.:/~}$)-])/(?:home|root|tmp|work|Users|mnt|opt|srv)/\w")
REGISTRY = re.compile(r"pypi\.(?:org|io)|pythonhosted\.org|-index[-]url|\bdevpi\b|artifactory\.|anaconda\.org")


def own_files() -> list[Path]:
    """Every file of the repository that is not made by a tool."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in NOT_OURS and not f.endswith(MADE_BY_TOOLS)]
        found += [Path(folder) / name for name in names]
    return sorted(found)


def python_files(folder: str) -> list[Path]:
    return [path for path in own_files() if path.suffix == ".py" and path.is_relative_to(ROOT / folder)]


def loaded_by(code: str) -> set[str]:
    """Which of the heavy modules a fresh interpreter has loaded after running `code`."""
    script = f"import sys, json\ntry:\n    {code}\nexcept SystemExit as stop:\n    assert not stop.code, stop.code\n"
    script += "print('\\n' + json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    modules = json.loads(run.stdout.splitlines()[-1])
    assert "leverwise" in modules
    return {name for name in HEAVY if name in modules}


def test_imports_follow_the_layers(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every contract of import-linter in pyproject.toml holds."""
    monkeypatch.chdir(ROOT)
    kept = use_cases.lint_imports(config_filename="pyproject.toml", cache_dir=None, no_logo=True)
    assert kept, capsys.readouterr().out


def test_importing_the_package_is_light() -> None:
    """`import leverwise` loads no JAX, no tables, no charts and no statistics."""
    assert loaded_by("import leverwise") == set()


def test_help_is_light() -> None:
    """`leverwise --help` loads no JAX, no tables, no charts and no statistics."""
    assert loaded_by("sys.argv = ['leverwise', '--help']; from leverwise.cli import main; main()") == set()


@pytest.mark.parametrize("path", python_files("src"), ids=lambda path: str(path.relative_to(ROOT)))
def test_source_files_are_short(path: Path) -> None:
    """A source file has fewer than 400 lines and says at its top what it is for."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 400
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "the module has no docstring"


@pytest.mark.parametrize("path", python_files("tests"), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_says_what_it_shows(path: Path) -> None:
    """Each test function carries a docstring."""
    functions = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.FunctionDef)]
    silent = [f.name for f in functions if f.name.startswith("test_") and not ast.get_docstring(f)]
    assert not silent


def test_no_machine_paths_and_no_registries() -> None:
    """No file names a folder of somebody's machine or the host of a package registry."""
    found = []
    for path in own_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if MACHINE_PATH.search(line) or REGISTRY.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not found


def test_constraints_pin_every_dependency() -> None:
    """constraints.txt holds plain `name==version` lines and covers all that pyproject.toml asks for."""
    import tomllib

    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in lines)
    pinned = {_normal(line.split("==")[0]) for line in lines}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {_normal(re.split(r"[\[<>=!~; ]", text)[0]) for text in asked}
    assert names <= pinned


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
