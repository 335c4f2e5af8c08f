"""What is shipped: built, put into a clean place without the network, and run from another folder."""

import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from functools import partial
from importlib.metadata import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = {
    canonicalize_name(requirement.name): requirement
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
    for requirement in [Requirement(line)]
}
PUZZLES = {
    str(path.relative_to(ROOT / "puzzles")) for path in (ROOT / "puzzles").rglob("*.*") if path.is_file()
}


@pytest.fixture(scope="module")
def built(executed, tmp_path_factory) -> Path:
    """Build the source distribution and, from it, the wheel; return their folder."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    ended = executed(*command)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return folder


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory) -> Path:
    """Install the wheel alone into an empty folder; what it depends on is that of the running Python."""
    folder = tmp_path_factory.mktemp("clean")
    wheel = next(built.glob("*.whl"))
    options = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", "--target", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(wheel)], check=True)
    return folder


@pytest.fixture
def lstm_verify(executed, installed, tmp_path):
    """Run the installed command line from another folder, with the installed package before ours."""
    measured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    environment = {**measured, "PYTHONPATH": str(installed), "PYTHONIOENCODING": "utf-8"}
    command = (sys.executable, installed / "bin" / "lstm-verify")
    return partial(executed, *command, cwd=tmp_path, env=environment)


def test_the_wheel_carries_the_puzzles_their_schema_and_nothing_foreign(built):
    names = zipfile.ZipFile(next(built.glob("*.whl"))).namelist()

    shipped = "lstm_verify/puzzles/"
    assert {name.removeprefix(shipped) for name in names if name.startswith(shipped)} == PUZZLES
    assert {"memory.yaml", "puzzle.schema.json", "sets/smoke.txt"} <= PUZZLES
    assert "lstm_verify/puzzle/faults.txt" in names
    assert "lstm_verify/backends/harness/schemas/hello.schema.json" in names
    assert "lstm_verify/py.typed" in names
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"lstm_verify"}


def test_the_source_distribution_carries_what_developing_takes(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"Makefile", "constraints.txt", "LICENSE", "README.md", "CHANGELOG.md", ".ci/run"} <= names
    assert {f"puzzles/{name}" for name in PUZZLES} <= names
    assert {"tests/packaging/test_wheel.py", "examples/exec/lstm.c"} <= names
    assert not [name for name in names if name.startswith((".venv", ".git/")) or "__pycache__" in name]


def test_the_installed_command_runs_a_shipped_puzzle_from_another_folder(lstm_verify):
    ended = lstm_verify("run", "memory")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "torch.lstm  agrees" in ended.stdout
    assert ended.stderr == ""


def test_the_installed_command_uses_the_installed_puzzles(installed, lstm_verify):
    ended = lstm_verify("run", "memory", "-b", "reference", "--output", "json")

    file = Path(json.loads(ended.stdout)["results"][0]["file"])
    assert installed in file.parents


def test_the_version_is_the_same_everywhere():
    import lstm_verify

    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert PROJECT["version"] == lstm_verify.__version__ == metadata("lstm-verify")["Version"]
    assert "## [Unreleased]" in changelog or f"## [{PROJECT['version']}]" in changelog


def test_every_declared_dependency_is_pinned_within_its_range():
    declared = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]

    for text in declared:
        requirement = Requirement(text)
        pins = PINNED[canonicalize_name(requirement.name)].specifier
        assert re.fullmatch(r"==[^+*]+", str(pins)), f"{requirement.name}: one version, of any build"
        assert requirement.specifier.contains(str(pins).removeprefix("=="))


def test_every_dependency_of_a_dependency_is_pinned():
    """A list that leaves one out installs something else tomorrow; what a platform adds is its own affair."""
    unpinned = set()
    for name in PINNED:
        for text in metadata(name).get_all("Requires-Dist") or []:
            needed = Requirement(text)
            of_a_platform = "platform" in str(needed.marker or "")
            wanted = needed.marker is None or needed.marker.evaluate({"extra": ""})
            if wanted and not of_a_platform and canonicalize_name(needed.name) not in PINNED:
                unpinned.add(f"{needed.name} (for {name})")

    assert unpinned == set()
