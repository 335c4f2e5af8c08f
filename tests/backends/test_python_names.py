"""How people's own Python is found, and `check`, which runs it on all puzzles."""

from __future__ import annotations

import sys

import pytest
from cells import right, sequence

from lstm_verify import check
from lstm_verify.backends.errors import Unusable
from lstm_verify.backends.registry import backend


class Cell:
    """A class whose instances keep the contract."""

    def __call__(self, x, h, c, w):
        """Make a step."""
        return right(x, h, c, w)


class TestNames:
    """`python:module:object` and `python:file.py:object`."""

    @pytest.fixture(autouse=True)
    def _here(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "path", [*sys.path])
        for name in ("own", "package", "package.cells", "broken", "needy", "leaving"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        (tmp_path / "own.py").write_text(
            "def cell(x, h, c, w): return h, c\nclass Outer:\n    cell = staticmethod(cell)\nnumber = 3\n"
            "class Needs:\n    def __init__(self, size): pass\n"
        )
        (tmp_path / "package").mkdir()
        (tmp_path / "package" / "cells.py").write_text("from own import cell\n")
        (tmp_path / "broken.py").write_text("def cell(x, h, c, w):\n    return h,, c\n")
        (tmp_path / "needy.py").write_text("\nimport no_such_package\n")
        (tmp_path / "leaving.py").write_text("import sys\nsys.exit(0)\n")

    @pytest.mark.parametrize(
        "name",
        [
            "python:own.py:cell",
            "python:own:cell",
            "python:package.cells:cell",
            "python:package/cells.py:cell",
            "python:own:Outer.cell",
            "python:own:cell,form=step,dtype=float32,accuracy=2ulp",
        ],
    )
    def test_modules_files_and_what_is_inside_are_found(self, name):
        """Modules, files, and what is inside something; the current folder is importable."""
        made = backend(name)

        assert made.name == name
        assert made.function.__name__ == "cell"

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("python:own.py:cel", "own.py has no 'cel'; did you mean 'cell'?"),
            ("python:own:Outer.cel", "own has no 'cel'; did you mean 'cell'?"),
            ("python:own.cell", "expected module:object or file.py:object, such as python:own:cell"),
            ("python:package.cells.cell", "such as python:package.cells:cell"),
            ("python:own.py", "such as python:own.py:cell"),
            ("python::cell", "python::cell names no object"),
            ("python:nosuch.py:cell", "there is no file nosuch.py"),
            ("python:nosuch:cell", "nosuch cannot be imported: ModuleNotFoundError: No module named 'nosuch'"),
            ("python:broken.py:cell", "broken.py:2: invalid syntax"),
            ("python:broken:cell", "broken.py:2: invalid syntax"),
            ("python:needy.py:cell", "ModuleNotFoundError: No module named 'no_such_package' ("),
            ("python:needy:cell", "needy.py:2)"),
            ("python:leaving:cell", "leaving cannot be imported: it calls sys.exit"),
            ("python:own:number", "python:own:number: it is an int; expected a function, a class with weights, a torch.nn.Module"),
            ("python:own:Needs", "python:own:Needs: it is no LSTM that can be made out: it has no parameters"),
            ("python:own:cell,form=steps", "form=steps: expected one of step, sequence"),
            ("python:own:cell,from=step", "python has no option 'from'; it has accuracy, dtype, form"),
            ("python:own:cell,dtype=bfloat16", "dtype=bfloat16: expected one of float64, float32, float16"),
            ("python:own:cell,accuracy=good", "accuracy=good: expected ulps and roundoffs, such as 8ulp"),
            ("python:own:cell,form", "'form' is no option; expected key=value, such as dtype=float64"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_used_is_told_with_the_likely_fix(self, name, said):
        """What cannot be used is said in one line, with the likely fix."""
        with pytest.raises(Unusable) as caught:
            backend(name)

        assert said in str(caught.value)
        assert "\n" not in str(caught.value)
        assert "importlib" not in str(caught.value)


class TestCheck:
    """`check`, for people's own tests."""

    def test_a_right_one_passes_all_puzzles(self):
        """A right one passes all shipped puzzles, those that it is not skipped in."""
        check(right)

    @pytest.mark.parametrize(
        ("mine", "options"), [(Cell, {}), (Cell(), {}), (sequence, {"form": "sequence"})]
    )
    def test_every_form_can_be_checked(self, mine, options):
        """A class, an object, and a function of a sequence."""
        check(mine, puzzles="generic", **options)

    def test_a_wrong_one_is_an_assertion_error_with_the_report(self):
        """A wrong one is an AssertionError with the text of the report."""
        with pytest.raises(AssertionError, match=r"(?s)memory: .*first at t=1: .*must lie between"):
            check(lambda x, h, c, w: right(x, h, c + 1, w), puzzles="memory")

    def test_nothing_checked_is_no_success(self):
        """That nothing was checked is no success."""
        with pytest.raises(AssertionError, match="taken for a plain LSTM"):
            check(right, puzzles="memory-lee")

    @pytest.mark.parametrize("options", [{"dtype": "float8"}, {"size": 3}])
    def test_a_wrong_option_is_a_value_error(self, options):
        """A wrong option is a ValueError."""
        with pytest.raises(ValueError, match=r"expected one of|has no option 'size'"):
            check(right, **options)
