"""exec:COMMAND: whatever a program does is said of its case, and the others still run."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import harness
import networks
import numpy as np
import pytest

from lstm_verify import check, run
from lstm_verify.backends.errors import Misbehaved, Unusable
from lstm_verify.backends.harness.hello import SUPPORTS
from lstm_verify.backends.harness.line import Line
from lstm_verify.backends.harness.messages import request, shortest
from lstm_verify.backends.registry import asked, with_options
from lstm_verify.backends.worker import end, named
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Place
from lstm_verify.lstm.semantics import FEATURES
from lstm_verify.verify.verdict import Verdict

SCRIPT = shlex.join([sys.executable, "-I", "-S", harness.__file__])


STRANGE = (
    "its hello: it has no version; name is the string '', expected a text; shows has the string 'cc' (did you "
    "mean 'c'?); unknown key 'suports' (did you mean 'supports'?); form is the string 'steps', expected one of "
    "sequence, step"
)


def command(mode: str, *options: str) -> str:
    """Name a harness as a user does."""
    return f"{','.join(['exec', *options])}:{SCRIPT} {mode}"


@pytest.fixture
def made():
    """Make backends, and end them."""
    kept = []

    def make(mode: str, *options: str, timeout: float = 60):
        kept.append(named(command(mode, *options), timeout))
        return kept[-1]

    yield make
    end(kept)


def outcomes(report) -> list[tuple[str, str]]:
    """Return the verdict on each case, with its reason."""
    return [(str(result.verdict), result.reason or "") for result in report.results]


class TestOutcomes:
    """It goes wrong at the third request: the cases before and after it are judged."""

    @pytest.mark.parametrize(
        ("mode", "said"),
        [
            ("mixed", "its answer is no JSON: 'step 1'; what is printed for people goes to standard error"),
            ("before-json", "its answer is no JSON: 'answer: {"),
            ("pretty", "its answer is no JSON: '{'; a message is one line"),
            ("half", 'it wrote half a line within 2 s (--timeout): \'{"id": 3, "h": [['),
            ("half-dies", 'it ended its process with status 4 in the middle of its answer: \'{"id": 3,'),
            (
                "nothing",
                "it gave no answer within 2 s (--timeout); it is to read one line at a time, and to flush",
            ),
            ("late", "it gave no answer within 2 s (--timeout)"),
            ("unflushed", "it gave no answer within 2 s (--timeout)"),
            ("gigabyte", "its answer is longer than "),
            ("long", "its answer is longer than "),
            ("dies", "it ended its process with status 3, and gave no answer; a harness goes on until"),
            ("leaves", "it ended its process with status 0, and gave no answer"),
            ("crashes", "it crashed: signal 11, SIGSEGV, and gave no answer"),
            ("closes", "it closed its standard output, and gave no answer"),
            ("id", "its answer has the id 7777; expected 3, the id of the request"),
            ("id-true", "its answer has the id true; expected 3"),
            ("no-id", "its answer has no id; expected 3"),
            ("no-c", "its answer has no c, which its hello says that it shows"),
            ("unknown", "its answer has an unknown key 'cell' (known: h, c)"),
            ("gates", "its answer has an unknown key 'i' (known: h, c)"),
            ("twice-h", "its answer is no JSON: "),
            ("bytes", "its answer is not written in UTF-8: byte 0xff at 16"),
            ("empty", "its answer is an empty line; expected a JSON object in one line"),
            ("list", "its answer is an array; expected a JSON object in one line"),
            ("deep", "its answer is no JSON: '[[["),
            ("bare-nan", "its answer is no JSON: "),
            ("python-nan", "its answer is no JSON: "),
            (
                "null",
                "h[0][0] is null (as JavaScript writes NaN); expected a number, or one of 'nan', 'inf', '-inf'",
            ),
            ("text", "h[0][0] is the string '0.5'; expected a number"),
            ("true", "h[0][0] is true; expected a number"),
            ("object", "h is an object; expected a number"),
            ("nan", "h is not a number (NaN) at step 1, unit 0"),
            ("flat", "h has the shape [3]; expected [4, 3]"),
            ("short", "h has the shape [3, 3]; expected [4, 3]"),
            ("wide", "h has the shape [4, 4]; expected [4, 3]"),
            ("ragged", "h: its rows are of different lengths"),
            ("error", "it says: out of \\x1bregisters"),
        ],
    )
    def test_it_is_said_and_the_other_cases_run(self, mode, said):
        """The third request is the second case of `generic`; the fourth is in the same process, or in a new one."""
        report = run(
            ["memory", "generic", "one-step"],
            command(mode),
            timeout=2 if "(--timeout)" in said or mode == "closes" else 60,
        )

        before, _, wrong, after, *_ = outcomes(report)
        assert wrong[0] == "errored"
        assert wrong[1].startswith(said)
        assert before == after == ("agree", "")
        assert (report.exit_code, report.errors) == (1, [])

    @pytest.mark.parametrize(
        ("mode", "reason"),
        [
            ("extra", 'it wrote more than its answer: \'{"id": 3, '),
            ("one-shot", "it ended its process with status 0, and gave no answer; a harness goes on until"),
        ],
    )
    def test_what_it_does_after_an_answer_is_said_there_or_of_the_next_case(self, mode, reason):
        """A second line may come with the first, or when the next request is on its way."""
        report = run(["memory", "generic", "one-step"], command(mode), timeout=5)

        wrong = [said for verdict, said in outcomes(report) if verdict == "errored"]
        either = (reason, 'it wrote before it was asked: \'{"id": 3, ')
        assert wrong[0].startswith(either)

    def test_numbers_beyond_all_range_are_infinite_and_outside(self):
        """inf is a number that an LSTM may show; 5,000 digits are more than float64 has."""
        for mode in ("inf", "huge"):
            report = run(["memory", "generic"], command(mode))

            assert outcomes(report)[2][0] == "failed"

    def test_megabytes_on_standard_error_are_passed_on_and_hold_nothing_up(self, executed):
        report = "import lstm_verify; print(lstm_verify.run(['memory', 'generic'], sys.argv[1]).exit_code)"

        ended = executed(sys.executable, "-c", f"import sys; {report}", command("noisy"))

        assert ended.stdout == "0\n"
        assert ended.stderr == "x" * 2**22

    def test_a_wrong_row_of_a_batch_is_named(self, made):
        network, row = networks.drawn(2, 3, steps=2)

        results = networks.judged(made("dies"), network, row, row, row)

        assert {str(result.verdict) for result in results} == {"errored"}
        assert results[0].reason.endswith("is closed (row 3 of 3 of the batch)")


class TestStart:
    """What never starts, or says no hello, cannot be used; what else was asked for still runs."""

    @pytest.mark.parametrize(
        ("target", "said"),
        [
            ("", "exec: names no command; expected one behind the colon, such as exec:./lstm"),
            ("   ", "exec: names no command"),
            ("''", "exec: names no command"),
            ("./no-such", "./no-such cannot be started: there is no program ./no-such"),
            (
                "no-such-program -x",
                "no-such-program -x cannot be started: there is no program no-such-program on the PATH",
            ),
            ("here", "here cannot be started: there is no program here on the PATH; did you mean ./here?"),
            ("./here", "./here cannot be started: ./here may not be executed: chmod +x ./here, or put its"),
            ("./folder", "./folder cannot be started: ./folder is a folder"),
            ("./data", "./data cannot be started: ./data is no program; a script begins with a line such as"),
            (
                "./script",
                "./script cannot be started: the interpreter that the first line of ./script names is not",
            ),
            (
                "./a,dtype=float32",
                "there is no ./a,dtype=float32; options go before the colon: exec,dtype=float32:./a",
            ),
            ("./lstm 'x", "exec:./lstm 'x cannot be split into words as a shell would: No closing quotation"),
        ],
    )
    def test_a_command_that_cannot_be_started(self, target, said, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "folder").mkdir()
        for name, text, mode in [
            ("here", "", 0o644),
            ("data", "?", 0o755),
            ("script", "#!/no/such\n", 0o755),
        ]:
            (tmp_path / name).write_text(text)
            (tmp_path / name).chmod(mode)

        report = run("memory", [f"exec:{target}", "reference"])

        assert [said in error for error in report.errors] == [True]
        assert outcomes(report) == [("agree", "")]
        assert report.exit_code == 2

    @pytest.mark.parametrize(
        ("mode", "said"),
        [
            (
                "never",
                "it gave no hello within 0.5 s (--timeout); it is to say hello before it reads anything",
            ),
            ("at-once", "it ended its process with status 1, and gave no hello"),
            (
                "no-hello",
                "its hello is no JSON: 'loading …'; what is printed for people goes to standard error",
            ),
            ("future", "its hello: protocol is 2; expected 1, the one that is spoken here"),
            ("strange", STRANGE),
            ("led-blind", "its hello: form is 'step', and shows lacks c"),
        ],
    )
    def test_one_that_says_no_hello(self, mode, said):
        timeout = 0.5 if mode == "never" else 10

        report = run("memory", [command(mode), "reference"], timeout=timeout)

        (error,) = report.errors
        assert error.startswith(f"{command(mode)}: {said}")
        assert outcomes(report) == [("agree", "")]
        assert report.exit_code == 2

    @pytest.mark.parametrize(
        ("target", "said"),
        [
            ("yes", "its hello is no JSON: 'y'; what is printed for people goes to standard error"),
            ("cat /dev/zero", "its hello is longer than 65,536 bytes; it begins '"),
            (
                r"printf '\357\273\277{}\n'",
                "its hello begins with a byte order mark; expected UTF-8 without one",
            ),
            ("true", "it ended its process with status 0, and gave no hello"),
            ("echo {}", "its hello: it has no protocol; it has no name; it has no version; it has no shows"),
        ],
    )
    def test_what_is_no_harness(self, target, said):
        with pytest.raises(Unusable) as caught:
            named(f"exec:{target}")

        assert str(caught.value).startswith(f"exec:{target}: {said}")

    def test_an_answer_before_any_request(self):
        """It is there when the request is written, or comes a moment later."""
        report = run("memory", command("unasked"))

        ((verdict, reason),) = outcomes(report)
        assert verdict == "errored"
        assert reason.startswith(("it wrote before it was asked: '{", "its answer has the id 0; expected 1"))


class TestOptions:
    """All after the colon is the command; options go before it."""

    def test_parts(self):
        assert asked("exec,dtype=float32:./a b,c=d:e") == ("exec", "./a b,c=d:e", ["dtype=float32"])
        assert asked("exec:./a,b") == ("exec", "./a,b", [])
        assert asked("exec") == ("exec", None, [])
        assert asked("python:a.py:f,form=step") == ("python", "a.py:f", ["form=step"])
        assert (
            with_options("exec,dtype=float32:./a,b", {"accuracy": "2ulp"})
            == "exec,dtype=float32,accuracy=2ulp:./a,b"
        )
        assert with_options("python:a.py:f", {"form": "step"}) == "python:a.py:f,form=step"

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (["dtype=float32"], "dtype=float32: exec,dtype=float32:"),
            (["dtype=float8"], "dtype=float8: expected one of float64, float32"),
            (["form=step"], "exec has no option 'form'; it has accuracy, dtype"),
            (["accuracy=2"], "accuracy=2: expected ulps and roundoffs"),
        ],
    )
    def test_an_option_that_cannot_be(self, options, said):
        with pytest.raises(Unusable, match=r"^" + said.replace(".", r"\.")):
            named(command("right", *options))

    def test_check_puts_options_before_the_command(self):
        check(command("both"), puzzles="memory", dtype="float64")

        with pytest.raises(AssertionError, match=r"granted: float64, σ and tanh to 2 ulp"):
            check(command("swapped"), puzzles=["memory", "generic"], accuracy="2ulp")

    def test_the_format_is_the_first_of_the_hello_or_the_one_asked_for(self, made):
        assert [made(*given).form.name for given in [("right",), ("both",), ("both", "dtype=float64")]] == [
            "float64",
            "float32",
            "float64",
        ]


class TestRequests:
    """What a harness is given."""

    @pytest.mark.parametrize("name", FORMATS)
    def test_numbers_are_the_shortest_that_are_read_as_the_same(self, name):
        form = FORMATS[name]
        values = form.rounded(np.array([0.1, -1 / 3, 1e-7, 3e4, -0.0, form.smallest_normal, form.largest]))

        written = [json.dumps(x) for x in shortest(values, form)]

        assert form.rounded(np.array([float(x) for x in written])).tolist() == values.tolist()
        shown = {"float64": "0.1", "float32": "0.1", "float16": "0.1", "bfloat16": "0.100097656"}
        assert written[0] == shown[name]

    def test_one_request_of_every_key(self):
        """Sizes, the tensors by gate, and of the variant what differs from PyTorch."""
        network, run = networks.drawn(2, 3, proj=2, steps=2, length=1)
        changed = replace(network.semantics, clip_cell=Fraction(1, 10), peephole="old")

        told = json.loads(request(7, replace(network, semantics=changed), run, FORMATS["float32"]))

        assert list(told) == ["id", "dtype", "network", "steps", "length", "inputs", "h0", "c0", "weights"]
        assert told["network"] == {
            "input_size": 2,
            "hidden_size": 3,
            "num_layers": 1,
            "direction": "forward",
            "proj_size": 2,
            "bias": True,
            "peephole": "old",
            "clip_cell": 0.1,
        }
        rows = [told["weights"]["weight_ih"][gate] for gate in "ifgo"]
        given = np.float32(np.reshape(network.layers[0].weight_ih, (4, 3, 2)))
        assert np.array_equal(np.float32(rows), given)
        assert np.shape(told["weights"]["weight_hr"]) == (2, 3)

    def test_everything_that_a_network_can_have_can_be_supported(self):
        assert set(FEATURES) < set(SUPPORTS)

    @pytest.mark.parametrize("mode", ["right", "step"])
    def test_an_initial_state_is_given(self, made, mode):
        asked = networks.drawn(2, 3, steps=3)

        (result,) = networks.judged(made(mode), *asked)

        assert result.verdict is Verdict.AGREE

    def test_one_that_takes_no_state_is_given_none(self, made):
        network, run = networks.drawn(2, 3, steps=3)
        blank = replace(run, h0=0 * run.h0, c0=0 * run.c0)

        assert (
            made("zero").refusal(network, run)
            == "its hello says that it takes no initial state, and this one has one"
        )
        assert networks.judged(made("zero"), network, blank)[0].verdict is Verdict.AGREE


class TestShown:
    """What it shows, and how it is judged."""

    def test_gates_and_the_states_at_the_end(self, made):
        """Six quantities of three units at four steps, and two at the end."""
        (result,) = networks.judged(made("ends"), *networks.drawn(2, 3, steps=4))

        assert (result.verdict, result.checked) == (Verdict.AGREE, 6 * 4 * 3 + 2 * 3)

    def test_layers_have_pytorchs_endings(self, made):
        (result,) = networks.judged(made("layers"), *networks.drawn(2, 3, steps=4, layers=2))

        assert result.verdict is Verdict.AGREE
        assert set(result.observation.parts[0].values) == {
            Place("h", 0),
            Place("h", 1),
            Place("c_n", 0),
            Place("c_n", 1),
        }

    def test_a_step_is_led_through_layers_directions_lengths_and_masks(self, made):
        backend = made("step")
        for kind in [
            {"layers": 2, "direction": "bidirectional"},
            {"length": 2},
            {"mask": (True, False, True, True)},
        ]:
            (result,) = networks.judged(backend, *networks.drawn(2, 3, **{"steps": 4} | kind))

            assert (result.verdict, result.not_checked) == (Verdict.AGREE, 0)

    def test_an_infinite_state_is_given_back_as_it_was_shown(self, made):
        """At the third step of six, c is infinite; the fourth is given it, and it is the third that is wrong."""
        (result,) = networks.judged(made("step-inf"), *networks.drawn(2, 3))

        assert result.verdict is Verdict.FAILED
        assert result.comparison.first_outside().step == 3
        assert result.observation.parts[0].values[Place("c")][3, 0] == np.inf

    def test_what_the_hello_does_not_name_is_skipped(self, made):
        network, run = networks.drawn(2, 3, layers=2)

        assert (
            made("right").refusal(network, run)
            == "this one has 2 layers, and its hello does not say that it can do that"
        )

    def test_a_wrong_answer_is_failed_and_its_command_can_be_pasted(self, executed):
        """To see it again: the shell is to take the command as it was given."""
        line = [sys.executable, "-m", "lstm_verify", "run", "memory", "generic", "-b", command("swapped")]

        ended = executed(*line)

        again = next(x for x in ended.stdout.splitlines() if "to see it again: " in x)
        words = shlex.split(again.partition("to see it again: ")[2])
        assert words == ["lstm-verify", "run", "generic", "--case", "second", "-b", command("swapped")]
        assert ended.returncode == 1

    def test_few_digits_are_few_right_digits(self, made):
        (result,) = networks.judged(made("rounded!"), *networks.drawn(2, 3))

        assert result.verdict is Verdict.FAILED


class TestProcess:
    """One process from case to case, ended with all that it started."""

    def test_reading_and_writing_take_turns(self):
        """What is written is more than a pipe holds, and comes back before it has all been written."""
        line, text = Line(["cat"]), b"x" * 2**20 + b"\n"

        assert line.asked(text, 1, len(text), 60) == [text[:-1]]
        assert line.close()

    def test_one_that_answers_without_reading(self):
        """What it has not read would be the beginning of the next request."""
        line = Line(["sh", "-c", "echo done; sleep 30"])

        with pytest.raises(Misbehaved, match="it wrote its answer, and did not read its request to the end"):
            line.asked(b"x" * 2**20 + b"\n", 1, 100, 0.5)
        assert not line.running

    def test_it_is_kept_and_ended(self, made):
        backend = made("right")
        process = backend._session.line.process
        networks.judged(backend, *networks.drawn(2, 3))
        networks.judged(backend, *networks.drawn(3, 1))

        assert backend._session.line.process is process
        end([backend])
        assert process.returncode == 0

    def test_one_that_goes_on_is_killed(self, made, monkeypatch):
        monkeypatch.setattr("lstm_verify.backends.harness.line.CLOSING", 0.2)
        backend = made("goes-on")
        process = backend._session.line.process

        end([backend])

        assert process.returncode == -9

    def test_what_it_started_is_ended_with_it(self, tmp_path):
        """A shell that waits for a child, both of which hang."""
        pid = tmp_path / "pid"
        with pytest.raises(Unusable, match="no hello within"):
            named(f"exec:sh -c 'sleep 600 & echo $! > {pid}; wait'", 0.5)

        assert _gone(int(pid.read_text()))

    def test_it_is_named_by_the_commands_of_everything_else(self, executed, tmp_path):
        """identify takes it, and so does pytest's plugin."""
        identified = executed(sys.executable, "-m", "lstm_verify", "identify", command("right"))
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        memory = Path(__file__).parents[2] / "puzzles" / "memory.yaml"
        (tmp_path / "one.puzzle.yaml").write_text(memory.read_text(encoding="utf-8"), encoding="utf-8")
        plugin = ["-p", "no:cacheprovider", "--lstm-backend", command("right"), "one.puzzle.yaml"]
        tested = executed(sys.executable, "-m", "pytest", "-q", *plugin, cwd=tmp_path)

        assert "is as PyTorch" in identified.stdout
        assert tested.returncode == 0, tested.stdout


def _gone(pid: int) -> bool:
    """Wait until a process is no more than a name in a table."""
    for _ in range(100):
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        if not state.stdout.strip() or state.stdout.startswith("Z"):
            return True
        time.sleep(0.05)
    return False
