"""The import rules between rooms, as pyproject.toml has them under [tool.importlinter]."""

import ast
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[2]


def test_every_room_imports_only_what_stands_below_it(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)

    status = lint_imports(no_cache=True)

    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


@pytest.mark.parametrize("module", ["torch", "hypothesis"])
def test_no_room_imports_a_framework_while_it_is_loaded(module):
    """`strategies` is for those who have Hypothesis; torch is imported in the function that needs it.

    The published cells are modules of PyTorch, in files that are imported when one of them is made.
    """
    allowed = {"hypothesis": ["strategies.py"], "torch": ["by_hand.py", "d2l.py", "peephole.py"]}
    guilty = [
        path.name
        for path in (ROOT / "lstm_verify").rglob("*.py")
        if module in set(_imported_at_the_top(ast.parse(path.read_text(encoding="utf-8"))))
    ]

    assert sorted(guilty) == allowed.get(module, [])


def _imported_at_the_top(tree: ast.Module):
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]
