"""`activations`, and what a run makes of the accuracy that it saves."""

from __future__ import annotations

import json
from pathlib import Path

import approximations
import pytest
from junitparser import JUnitXml

from lstm_verify.backends.base import Options
from lstm_verify.backends.python_code import wrap
from lstm_verify.measure import measure
from lstm_verify.measure.record import to_data

QUICK = "python:mine.py:quick,dtype=float32"


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    """A folder with approximate cells in mine.py."""
    source = Path(approximations.__file__).read_text(encoding="utf-8")
    (tmp_path / "mine.py").write_text(source, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def figures():
    """What was measured of the quick cell, as it is saved."""
    cell = wrap(approximations.quick, QUICK, Options({"dtype": "float32"}))
    return to_data(measure(cell, places=("o", "g")))


@pytest.fixture
def saved(figures):
    """The quick cell, granted what was measured of it."""
    Path("quick.json").write_text(json.dumps(figures), encoding="utf-8")
    return f"{QUICK},accuracy=quick.json"


def words(text):
    return " ".join(text.split())


def test_torch_lstm_lies_within_what_it_is_granted(lstm_verify):
    ended = lstm_verify("activations", "torch.lstm", "--place", "o", "--place", "h")

    assert (ended.status, ended.err) == (0, "")
    assert "All of this lies within what it is granted: σ to 5.72 ulp + 1.7e-38, tanh to 1.22 ulp." in words(
        ended.out
    )
    assert "f at z = 40, i·g at z = 40 and 40, o·tanh(c) at z = 40, c = 40" in words(ended.out)
    assert "less accurate" not in ended.out
    assert "▁" in ended.out
    assert max(map(len, ended.out.splitlines())) <= 80


def test_an_approximation_is_told_with_what_it_needs_which_can_be_pasted(lstm_verify):
    ended = lstm_verify("activations", QUICK, "--place", "o", "--place", "g")

    assert ended.status == 1
    assert "This does not lie within what it is granted, and run fails it" in words(ended.out)
    assert "less accurate than honest float32 code is (8 ulp + 4 roundoffs)" in words(ended.out)
    assert "times 1.25 as not all were seen" in words(ended.out)
    pasted = ended.out.splitlines()[-1].partition("-b ")[2]

    run = lstm_verify("run", "generic", "-b", pasted)
    assert run.status == 0
    assert "less accurate, agreeing: 24 of 24 numbers checked" in words(run.out)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("hard", "σ in o is off by 0.076. More than 0.05 is another function"),
        ("hard", "lstm-verify identify python:mine.py:hard"),
        ("clipped", "f at z = 40 is 0.999954602"),
        ("unsaturated", "Gates do not open fully: f at z = 40 is 0.999"),
        ("shifted", "Not all is 0 where c = 0, i is closed and g = tanh(0)"),
        ("overflowing", "σ in o: nan at z = 7"),
        ("approximate", "run can check little"),
        ("hidden_alone,form=sequence", "It shows no c"),
    ],
)
def test_what_is_odd_about_it_is_said(lstm_verify, cell, said):
    assert said in words(lstm_verify("activations", f"python:mine.py:{cell}", "--place", "o").out)


def test_places_that_are_not_seen_are_named(lstm_verify):
    places = [word for place in "fgi" for word in ("--place", place)]
    ended = lstm_verify("activations", "python:mine.py:hidden_alone,form=sequence", *places)

    assert ended.status == 2
    assert "Not measured in f, g, i: it shows no c." in ended.out


def test_what_raises_is_told(lstm_verify, tmp_path):
    (tmp_path / "broken.py").write_text("def cell(x, h, c, w): raise RuntimeError('no weights today')\n")

    ended = lstm_verify("activations", "python:broken.py:cell")

    assert ended.status == 1
    assert "it gave no answer: RuntimeError: no weights today" in ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nosuch"], "there is no backend 'nosuch'"),
        (["reference", "--exhaustive"], "2^64 numbers"),
        (["reference", "--save", "figures.txt"], "ends in .json"),
        (["reference", "--place", "c"], "'c' is not one of"),
    ],
)
def test_what_cannot_be_asked_is_refused(lstm_verify, arguments, said):
    ended = lstm_verify("activations", *arguments)

    assert ended.status == 2
    assert said in ended.err


def test_json_has_all_figures(lstm_verify):
    ended = lstm_verify("activations", "torch.lstm", "--place", "o", "--output", "json")

    data = json.loads(ended.out)
    place = data["places"]["o"]
    assert (data["backend"], data["format"], data["points"]) == ("torch.lstm", "float32", "sample")
    assert data["versions"].keys() >= {"numpy", "torch"}
    assert data["within"]
    assert not data["less_accurate"]
    assert 5 < place["ulps"]["value"] <= 5.72
    assert place["flushed"]["z"] == pytest.approx(-86.99, abs=0.01)
    assert place["missing"] is None
    assert max(place["ulps_by_exponent"]["negative"].values()) == place["ulps"]["value"]


class TestSaved:
    """`--save FILE` and `accuracy=FILE`."""

    def test_without_it_an_approximation_fails_and_is_told_how_to_measure(self, lstm_verify):
        ended = lstm_verify("run", "generic", "-b", QUICK)

        assert ended.status == 1
        assert "σ and tanh off by 1e-5 at most it would be right: are they approximations?" in words(
            ended.out
        )
        assert f"to measure them: lstm-verify activations {QUICK}" in ended.out

    def test_with_it_the_same_agrees_and_is_called_less_accurate(self, lstm_verify, saved, figures):
        ended = lstm_verify("run", "generic", "-b", saved)

        assert ended.status == 0
        granted = figures["granted"]["sigmoid"]
        said = (
            "less accurate, agreeing: 24 of 24 numbers checked, all where float32 arithmetic puts them with σ"
        )
        said += f" to {granted['ulps']:g} ulp"
        assert said in words(ended.out)
        assert "(from quick.json)" in words(ended.out)
        assert "less accurate than honest float32 code (8 ulp + 4 roundoffs)" in words(ended.out)
        assert "agrees" not in ended.out

    def test_it_makes_up_for_no_other_fault(self, lstm_verify, saved, tmp_path):
        swapped = (tmp_path / "mine.py").read_text(encoding="utf-8").replace("i, f, g, o =", "f, i, g, o =")
        (tmp_path / "mine.py").write_text(swapped, encoding="utf-8")

        assert lstm_verify("run", "generic", "-b", saved).status == 1

    def test_programs_are_told_as_well(self, lstm_verify, saved):
        output = {
            form: lstm_verify("run", "generic", "-b", saved, "--output", form).out
            for form in ("json", "junit", "github")
        }

        results = json.loads(output["json"])["results"]
        assert all(result["verdict"] == "agree" and result["less_accurate"] for result in results)
        first = next(iter(next(iter(JUnitXml.fromstring(output["junit"].encode())))))
        assert "less accurate, agreeing: 24 of 24" in first.system_out
        assert output["github"].startswith("::notice title=")
        assert "less accurate%2C agreeing" in output["github"]
        assert len(output["github"].splitlines()) == 1

    def test_an_honest_one_is_not_called_so(self, lstm_verify):
        ended = lstm_verify(
            "activations", "torch.lstm", "--place", "o", "--place", "h", "--save", "lstm.json"
        )
        assert (ended.status, ended.err) == (0, "lstm.json is written: -b torch.lstm,accuracy=lstm.json\n")

        run = lstm_verify("run", "generic", "-b", "torch.lstm,accuracy=lstm.json", "--output", "json")

        assert run.status == 0
        assert [result["less_accurate"] for result in json.loads(run.out)["results"]] == [False, False]
        assert "from lstm.json" in run.out

    def test_another_function_is_not_saved(self, lstm_verify):
        places = ("--place", "o", "--place", "g")
        ended = lstm_verify("activations", "python:mine.py:hard", *places, "--save", "hard.json")

        assert ended.status == 2
        assert "hard.json is not written: it has another function in place of σ or tanh" in ended.err
        assert not Path("hard.json").exists()

    @pytest.mark.parametrize(
        ("cell", "places", "said"), [("leaking", "fo", "in f"), ("louder", "gh", "in g")]
    )
    def test_a_fault_of_one_gate_is_no_inaccuracy(self, lstm_verify, cell, places, said):
        wanted = [f"--place={place}" for place in {*places, "o", "h"}]
        ended = lstm_verify("activations", f"python:mine.py:{cell}", *wanted, "--save", "saved.json")

        assert ended.status == 2
        assert "saved.json is not written: one gate does something else than the others" in ended.err
        assert f"{said} something else is done, and no accuracy makes up for that" in " ".join(
            ended.out.split()
        )
        assert not Path("saved.json").exists()

    def test_half_of_the_figures_are_not_saved(self, lstm_verify):
        ended = lstm_verify("activations", "torch.cell", "--place", "o", "--save", "half.json")

        assert ended.status == 2
        assert "expected one of f, i, o and one of g, h" in ended.err
        assert not ended.out  # before hours have been spent on it

    def test_of_one_that_shows_no_c_nothing_is_known_of_tanh(self, lstm_verify):
        ended = lstm_verify("activations", "python:mine.py:bare,form=sequence", "--save", "half.json")

        assert ended.status == 2
        assert "half.json is not written: nothing is known of tanh" in ended.err
        assert "ulp. Nothing is known of tanh." in words(ended.out)
        assert "accuracy=" not in ended.out

    def test_a_folder_that_is_not_there_is_told(self, lstm_verify):
        ended = lstm_verify(
            "activations", "torch.cell", "--place", "o", "--place", "g", "--save", "no/cell.json"
        )

        assert ended.status == 2
        assert "no/cell.json cannot be written" in ended.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (None, "it cannot be read: No such file or directory"),
        (lambda data: "{", "it is not what lstm-verify activations --save writes"),
        (lambda data: "[]", "it is not what lstm-verify activations --save writes"),
        (
            lambda data: json.dumps(data | {"version": 2}),
            "it is not what lstm-verify activations --save writes",
        ),
        (
            lambda data: json.dumps(data | {"format": "float16"}),
            "it was measured in float16, and this is float32",
        ),
        (lambda data: json.dumps(data | {"granted": {}}), "'granted' is not in order"),
        (lambda data: json.dumps(data).replace("2.5", "-1"), "'granted' is not in order"),
        (lambda data: json.dumps(data).replace("2.5", "NaN"), "'granted' is not in order"),
    ],
)
def test_a_file_that_is_not_in_order_is_refused(lstm_verify, change, said):
    error = {"ulps": 2.5, "roundoffs": 0, "flushed": 0}
    granted = {"sigmoid": error, "tanh": error}
    data = {"lstm-verify": "activations", "version": 1, "format": "float32", "granted": granted}
    if change:
        Path("given.json").write_text(change(data), encoding="utf-8")

    ended = lstm_verify("run", "memory", "-b", "torch.cell,accuracy=given.json")

    assert ended.status == 2
    assert f"accuracy=given.json: {said}" in ended.err
