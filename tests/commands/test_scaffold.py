"""lstm-verify scaffold writes an adapter to standard output, whatever it knows, and says what it does not know."""

import ast
import json
import shutil
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
PROGRAM = "from lstm_verify.cli import main; main()"

PUZZLING = '''
print("made")

class Odd:
    def __init__(self, config):
        self.units = config["units"]

class Recurrent:
    """No LSTM: three gates' weights."""
    def __init__(self, input_size, hidden_size):
        import numpy as np
        self.W, self.U = np.ones((3 * hidden_size, input_size)), np.ones((3 * hidden_size, hidden_size))

    def run(self, x):
        return x
'''


@pytest.fixture
def lstm_verify(executed, tmp_path):
    """Run the command line in a folder with the examples."""
    for example in EXAMPLES.glob("*.py"):
        shutil.copy(example, tmp_path)
    (tmp_path / "puzzling.py").write_text(PUZZLING)
    return lambda *words: executed(sys.executable, "-c", PROGRAM, *words, cwd=tmp_path)


@pytest.mark.parametrize(
    ("example", "puzzle", "form"),
    [
        ("torch_module.py:LSTMCell", "generic", "cell"),
        ("dict_function.py:lstm_step", "generic", "cell"),
        ("fused_module.py:model", "generic", "lstm"),
        ("numpy_class.py:LSTM", "log-gates", "lstm"),
        ("wrong.py:Wrong", "generic", "cell"),
    ],
)
def test_an_adapter_of_an_example_runs_and_gets_its_verdict(
    example, puzzle, form, lstm_verify, tmp_path, executed
):
    written = lstm_verify("scaffold", f"python:{example}")
    (tmp_path / "adapter.py").write_text(written.stdout)
    seen = [
        json.loads(lstm_verify("run", puzzle, "--output", "json", "-b", f"python:{target}").stdout)["summary"]
        for target in (example, f"adapter.py:{form}")
    ]
    ruff = executed(
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--select=E,F,W,I,UP,B",
        "--line-length=110",
        "adapter.py",
        cwd=tmp_path,
    )

    assert (written.returncode, written.stderr) == (0, "")
    assert seen[0] == seen[1]
    assert ruff.returncode == 0, ruff.stdout + ruff.stderr


def test_what_cannot_be_made_is_written_with_what_is_missing(lstm_verify):
    written = lstm_verify("scaffold", "python:puzzling.py:Odd")

    ast.parse(written.stdout)
    assert written.returncode == 0
    assert "# TODO: make yours; it takes config" in written.stdout
    assert "# TODO: fill its parameters" in written.stdout
    assert "# TODO: call it for one step" in written.stdout
    assert "cannot be made" in written.stderr


def test_what_is_no_lstm_is_written_with_its_parameters(lstm_verify):
    written = lstm_verify("scaffold", "python:puzzling.py:Recurrent")

    ast.parse(written.stdout)
    assert written.returncode == 0
    assert "W [3 * hidden_size, input_size], U [3 * hidden_size, hidden_size]" in written.stdout
    assert "net.run(x, h, c)" in written.stdout
    assert "a GRU has three" in written.stderr
    assert "made\n" not in written.stdout


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("python:cell_function.py:cell", "keeps a contract already, and needs no adapter"),
        ("python:nowhere.py:cell", "there is no file nowhere.py"),
        ("python:wrong.py:Wrog", "did you mean 'Wrong'?"),
        ("python:wrong.py:Wrong,layot=ifog", "python has no option 'layot'"),
    ],
)
def test_what_has_no_adapter_is_refused(target, said, lstm_verify):
    written = lstm_verify("scaffold", target)

    assert (written.returncode, written.stdout) == (2, "")
    assert said in written.stderr
