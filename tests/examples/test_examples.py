"""Each example, alone in a folder, says what its first lines promise of it."""

import ast
import os
import shlex
import shutil
import sys
import textwrap
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))
WRONG = {"wrong.py"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_command_says_what_is_shown(example, executed, tmp_path):
    text = ast.get_docstring(ast.parse(example.read_text(encoding="utf-8")))
    command = text.partition("Check it: ")[2].partition("\n")[0]
    shown = textwrap.dedent(text.partition("It says:\n\n")[2]).strip()
    shutil.copy(example, tmp_path)

    program = "from lstm_verify.cli import main; main()"
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    ended = executed(sys.executable, "-c", program, *shlex.split(command)[1:], cwd=tmp_path, env=environment)

    assert shown
    assert f"\n{shown}\n" in ended.stdout, ended.stdout + ended.stderr
    assert ended.returncode == (example.name in WRONG)


def test_there_is_one_of_each_shape():
    assert {"torch_module", "numpy_class", "dict_function", "cell_function", "fused_module", "wrong"} <= {
        example.stem for example in EXAMPLES
    }
