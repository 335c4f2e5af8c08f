"""`show`, `list`, `lint`, `schema` and `backends`."""

from __future__ import annotations

import json
import re
from functools import cache

import jsonschema
import pytest
from matplotlib.mathtext import MathTextParser

from lstm_verify.puzzle import library, summary
from lstm_verify.puzzle.exposes import kills
from lstm_verify.puzzle.families import FAMILIES
from lstm_verify.puzzle.library import load_one, shipped


def test_help_lists_the_commands(lstm_verify):
    """--help has a line for every command, and the exit statuses."""
    ended = lstm_verify("--help")

    assert ended.status == 0
    for command in ("run", "show", "list", "lint", "schema", "backends"):
        assert f"\n  {command} " in ended.out
        assert lstm_verify(command, "--help").status == 0
    assert "0 everything checked agrees" in " ".join(ended.out.split())


SURPLUS = [
    ("0", 0),
    ("0.0625", 1),
    ("0.125", 2),
    ("0.1875", 3),
    ("0.125", 2),
    ("0.0625", 1),
    ("0", 0),
    ("0", 0),
    ("0.0625", 1),
]

RING = """\
puzzle: 1
title: Two states
network: {input_size: 1, hidden_size: 2}
features: [x]
units: [zero, one]
gates:
  i: ["160*h[one] - 20", "40*x - 20"]
  f: -20
  g: 1/4
  o: 20
cases:
  one: {inputs: [1, 0, 0]}
reads:
  sum: h[zero] + h[one]
"""

MISNAMED = """\
puzzle: 1
title: Names that look like something else
network: {input_size: 3, hidden_size: 1, peephole: new, activations: {f: hard_tanh}}
features: [h_last, z, mean]
gates: {i: "c[0]", f: z, g: "1e36*h_last + h[0]", o: mean + 20}
reads: {o_end: "4*h[0]"}
cases:
  one: {inputs: [[1, 1, 1]]}
"""

MEMORY_IN_LATEX = r"""\begin{aligned}
i_{t} &= \sigma(100\,x_{2,t} - 10) \\
f_{t} &= \sigma(100\,x_{2,t} + 10) \\
g_{t} &= \tanh(x_{1,t}) \\
o_{t} &= \sigma(100\,x_{3,t} - 10) \\
c_{t} &= f_{t}\,c_{t-1} + i_{t}\,g_{t} \\
h_{t} &= o_{t}\,\tanh(c_{t}) \\
\end{aligned}
"""

ODD = r"""puzzle: 1
title: Letters that are signs as well
ideal: {i: exact}
network: {input_size: 7, hidden_size: 1}
alphabet: "hcz_\\^\n"
weights: {weight_ih: {i: [1, 2, 3, 4, 5, 6, 7], f: 0, g: 0, o: 0}, weight_hh: {i: 1, f: 0, g: 1e36, o: 0}}
cases:
  all: {text: "hcz_\\^\n"}
"""

ODD_EQUATIONS = {
    "text": """\
i = σ('h' + 2·'c' + 3·'z' + 4·'_' + 5·'\\' + 6·'^' + 7·'\\n' + h)
f = σ(0)
g = tanh(1e+36·h)
o = σ(0)
c = f·(c before) + i·g
h = o·tanh(c)
""",
    "latex": r"""\begin{aligned}
i_{t} &= \sigma(\text{‘h’}_t + 2\,\text{‘c’}_t + 3\,\text{‘z’}_t + 4\,\text{‘}\_\text{’}_t"""
    r""" + 5\,\text{‘}\backslash\text{’}_t + 6\,\text{‘\^{}’}_t + 7\,\text{‘}\backslash\text{n’}_t + h_{t-1}) \\
f_{t} &= \sigma(0) \\
g_{t} &= \tanh(10^{36}\,h_{t-1}) \\
o_{t} &= \sigma(0) \\
c_{t} &= f_{t}\,c_{t-1} + i_{t}\,g_{t} \\
h_{t} &= o_{t}\,\tanh(c_{t}) \\
\end{aligned}
""",
}

NAMES = """\
puzzle: 1
title: Names that are signs as well
network: {input_size: 4, hidden_size: 2, layer_norm: 0.1, activations: {f: hard_tanh}}
features: [z, clip, h_last, x1y2]
units: [mean, _]
gates: {i: [z + clip, h_last - x1y2], f: "h[mean]", g: 0, o: 1}
reads: {hot: "4*h[_]"}
cases:
  one: {inputs: [[1, 1, 1, 1]]}
"""

TWO_LAYERS_OF_TEXT = """\
puzzle: 1
title: Two layers of text
network: {input_size: 2, hidden_size: 1, num_layers: 2}
alphabet: ab
gates: {i_l0: 20, f_l0: 20, g_l0: a - b, o_l0: 20, i_l1: 20, f_l1: 20, g_l1: x1, o_l1: 20}
cases:
  one: {text: a}
"""

NAMES_EQUATIONS = {
    "text": """\
i[mean] = σ(LN(z + clip))
i[_] = σ(LN(h_last − x1y2))
f[mean], f[_] = hard_tanh(LN(h[mean]))
g[mean], g[_] = tanh(LN(0))
o[mean], o[_] = σ(LN(0) + 1)
c = f·(c before) + i·g
h = o·tanh(c)
hard_tanh(z) = max(−1, min(1, z))
LN(z) = (z − mean) / √(variance + 0.1), over the units of a gate
hot = 4·h[_]
""",
    "latex": r"""\begin{aligned}
i_{\mathrm{mean},t} &= \sigma(\mathrm{LN}(z_{t} + \mathrm{clip}_{t})) \\
i_{\mathrm{\_},t} &= \sigma(\mathrm{LN}(\mathrm{h\_last}_{t} - \mathrm{x1y2}_{t})) \\
f_{\mathrm{mean},t}, f_{\mathrm{\_},t} &= \mathrm{hard\_tanh}(\mathrm{LN}(h_{\mathrm{mean},t-1})) \\
g_{\mathrm{mean},t}, g_{\mathrm{\_},t} &= \tanh(\mathrm{LN}(0)) \\
o_{\mathrm{mean},t}, o_{\mathrm{\_},t} &= \sigma(\mathrm{LN}(0) + 1) \\
c_{t} &= f_{t}\,c_{t-1} + i_{t}\,g_{t} \\
h_{t} &= o_{t}\,\tanh(c_{t}) \\
\mathrm{hard\_tanh}(z) &= \max(-1, \min(1, z)) \\
\mathrm{LN}(z) &= (z - \mathrm{mean}) / \sqrt{\mathrm{variance} + 0.1} \quad\text{(over the units of a gate)} \\
\mathrm{hot}_{t} &= 4\,h_{\mathrm{\_},t} \\
\end{aligned}
""",
}


@cache
def read_as_latex(line):
    """Have an equation read; ValueError where it is none."""
    MathTextParser("path").parse("$" + line.removesuffix(r" \\").replace("&", "") + "$")


class TestShow:
    """A puzzle worked by hand."""

    def test_every_gate_is_worked_out_with_its_radius(self, lstm_verify):
        """Every gate is worked out step by step, with its radius."""
        ended = lstm_verify("show", "memory")

        assert (ended.status, ended.err) == (0, "")
        assert "i = σ(100·x2 − 10)" in ended.out
        assert "t=1  x1 = 0.2, x2 = 1, x3 = 0\n     i = σ(100·1 − 10) = σ(90) ≈ 1 " in ended.out
        assert "c = 1·0 + 1·0.2 = 0.2 " in ended.out

    def test_the_initial_state_is_shown_where_there_is_one(self, lstm_verify):
        """h0 and c0 come before the first step, unless they are 0; and no line passes 100 columns."""
        out = lstm_verify("show", "generic", "--case", "first").out

        state = "t=0  h[0] = −0.43, h[1] = 0.81, h[2] = 0.94, c[0] = −0.26, c[1] = −0.27, c[2] = 0.98"
        assert out.splitlines()[out.splitlines().index("case first") + 1] == state
        assert max(map(len, out.splitlines())) <= 100
        assert "t=0" not in lstm_verify("show", "memory").out

    def test_a_number_that_cannot_be_told_is_no_bug(self, lstm_verify, undecidable):
        """A gate whose sign no precision decides: its place and the reason, status 2, for show as for run."""
        for verb in ("show", "run"):
            ended = lstm_verify(verb, undecidable)

            assert ended.status == 2
            assert ended.err.startswith(f"{undecidable}:7:1: case a: cannot tell ")

    def test_steps_cuts_and_says_what_is_left(self, lstm_verify):
        """--steps cuts after so many steps, and says how many more there are."""
        out = lstm_verify("show", "memory", "--steps", "2").out

        assert "t=2 " in out
        assert "t=3 " not in out
        assert "… 3 more steps" in out

    def test_units_cuts_and_says_what_is_left(self, lstm_verify):
        """--units cuts after so many units, and says how many more there are; a long sum is cut as well."""
        out = lstm_verify("show", "wide", "--units", "2").out

        assert "g[1] = tanh(2·x − 1/130·h[0] − 1/130·h[1] − … − 1/130·h[129])" in out
        assert "c[2]" not in out
        assert "… 128 more units" in out
        for form in ("text", "latex"):
            of_two = lstm_verify("show", "wide", "--equations", form, "--units", "2").out
            assert "(units: the first 2 of 130)" in of_two
            whole = lstm_verify("show", "wide", "--equations", form, "--units", "130").out
            assert "(units" not in whole

    def test_what_never_changes_stands_once(self, lstm_verify):
        """A gate that nothing moves is worked before the first step; units that are alike share a line."""
        out = lstm_verify("show", "text-anbn", "--case", "three").out

        assert out.count("i[surplus], i[after_a], i[at_start] = σ(20)") == 2
        assert out.count("σ(20)") == 6
        assert "t=1  '_'\n     g[surplus] = " in out

        out = lstm_verify("show", "clip-gates").out
        assert "always f = hard_sigmoid(clip(10), 0.2, 0.5) = hard_sigmoid(2, 0.2, 0.5) = 0.9" in out

    def test_a_logarithm_stays_one(self, lstm_verify):
        """Gates that are fractions are worked out exactly: σ(1.09861) would only be about 0.75."""
        out = lstm_verify("show", "forget-bias").out
        assert "always f = σ(ln(3) − 1 + 1) = σ(ln(3)) = 0.75" in out

    def test_what_a_person_reads_off_stands_beside_each_step(self, lstm_verify, tmp_path):
        """A number named under `reads`, with its radius; the units that are on, by name."""
        out = lstm_verify("show", "text-anbn", "--case", "three").out
        found = [line.strip().split("   ")[0] for line in out.splitlines() if "surplus = 16·" in line]
        assert found == ["surplus = 16·c[surplus]", *(f"surplus = 16·{c} = {n}" for c, n in SURPLUS)]

        (tmp_path / "ring.yaml").write_text(RING)
        out = lstm_verify("show", str(tmp_path / "ring.yaml")).out
        assert "i[zero] = σ(160·h[one] − 20)" in out
        assert [line.strip() for line in out.splitlines() if "on:" in line or "is on" in line] == [
            "on: one",
            "on: zero",
            "no unit is on",
        ]
        sums = [line.strip().split("   ")[0] for line in out.splitlines() if "sum = " in line]
        assert sums == [
            "sum = h[zero] + h[one]",
            "sum = 0 + 0.25 = 0.25",
            "sum = 0.25 + 0 = 0.25",
            "sum = 0 + 0 = 0",
        ]

    def test_units_are_on_where_h_is_positive_in_all_cases(self, lstm_verify):
        """What is −0.76 is not on; and a case in which nothing is on says so as the others do."""
        assert "on:" not in lstm_verify("show", "anbncn-counters").out
        out = lstm_verify("show", "tomita-2", "--case", "zero-first").out
        assert "no unit is on" in out

    def test_upper_layers_of_a_text_have_inputs_of_their_own(self, lstm_verify, tmp_path):
        """The letters are the inputs of the first layer alone."""
        (tmp_path / "two.yaml").write_text(TWO_LAYERS_OF_TEXT)
        out = lstm_verify("show", str(tmp_path / "two.yaml")).out
        assert "g_l0 = tanh('a' − 'b')" in out
        assert "g_l1 = tanh(x1)" in out
        assert "t=1  x1 = 1" in out

    def test_equations_alone(self, lstm_verify):
        """--equations: as in the whole, and in LaTeX with time as an index."""
        whole = lstm_verify("show", "projection").out
        text = lstm_verify("show", "projection", "--equations", "text").out
        assert all(f"  {line}" in whole for line in text.splitlines())
        assert "t=1" not in text

        assert lstm_verify("show", "memory", "--equations", "latex").out == MEMORY_IN_LATEX
        latex = lstm_verify("show", "peephole-timer", "--equations", "latex").out
        assert r"f_{\mathrm{five},t} &= \sigma(-40\,c_{\mathrm{five},t-1} + 180) \\" in latex
        assert r"o_{\mathrm{five},t} &= \sigma(40\,c_{\mathrm{five},t} - 180) \\" in latex
        latex = lstm_verify("show", "bidir-between", "--equations", "latex").out
        assert r"i^{(0,\leftarrow)}_{t} &= \sigma(40\,x_{t} - 200\,h^{(0,\leftarrow)}_{t+1} - 20) \\" in latex
        assert latex.count(r"c_{t} &= f_{t}\,c_{t+1} + i_{t}\,g_{t} \\") == 2
        assert latex.count(r"c_{t} &= f_{t}\,c_{t-1} + i_{t}\,g_{t} \\") == 2

    @pytest.mark.parametrize("form", ["text", "latex"])
    def test_equations_tell_names_from_signs(self, lstm_verify, tmp_path, form):
        """Letters and names that are signs of the equations, or mean something to LaTeX, and large numbers."""
        (tmp_path / "odd.yaml").write_text(ODD)
        out = lstm_verify("show", str(tmp_path / "odd.yaml"), "--equations", form).out
        assert [line.split("   ")[0] for line in out.splitlines()] == ODD_EQUATIONS[form].splitlines()

        (tmp_path / "names.yaml").write_text(NAMES)
        out = lstm_verify("show", str(tmp_path / "names.yaml"), "--equations", form).out
        assert [line.split("   ")[0] for line in out.splitlines()] == NAMES_EQUATIONS[form].splitlines()

    def test_latex_is_such_as_github_shows(self, lstm_verify):
        """Without the macro that it forbids, and without a backslash in text, which MathJax 3 would print."""
        for name in shipped():
            out = lstm_verify("show", name, "--equations", "latex").out
            assert "operatorname" not in out
            assert not re.search(r"\\text\{[^{}]*\\", out)

    def test_latex_tells_names_from_functions_and_numbers(self, lstm_verify, tmp_path):
        """Whatever an input is called it has a time; a power of ten is a number; and c stands alone."""
        (tmp_path / "names.yaml").write_text(MISNAMED)
        found = lstm_verify("show", str(tmp_path / "names.yaml"), "--equations", "latex").out.splitlines()
        assert found[1:5] == [
            r"i_{t} &= \sigma(c_{t-1}) \\",
            r"f_{t} &= \mathrm{hard\_tanh}(z_{t}) \\",
            r"g_{t} &= \tanh(10^{36}\,\mathrm{h\_last}_{t} + h_{t-1}) \\",
            r"o_{t} &= \sigma(\mathrm{mean}_{t} + 20) \\",
        ]
        assert found[-2] == r"\mathrm{o\_end}_{t} &= 4\,h_{t} \\"

    @pytest.mark.parametrize("name", shipped())
    def test_every_puzzle_can_be_followed(self, lstm_verify, name):
        """No line passes 100 columns, and LaTeX's mathematics reads every equation."""
        ended = lstm_verify("show", name, "--steps", "3", "--units", "3")

        assert (ended.status, ended.err) == (0, "")
        assert max(map(len, ended.out.splitlines())) <= 100
        _, *lines, _ = lstm_verify("show", name, "--equations", "latex").out.splitlines()
        for line in lines:
            read_as_latex(re.sub(r"\d[\d.]*", "1", line))  # which number it is does not matter

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["memroy"], "did you mean 'memory'?"),
            (["generic", "--case", "x"], "has no case 'x'; it has first, second"),
            (["*.yaml"], "no file matches this pattern"),
        ],
    )
    def test_what_cannot_be_shown_is_told_on_stderr(self, lstm_verify, here, arguments, said):
        """What cannot be shown: 2, and why on stderr."""
        ended = lstm_verify("show", *arguments)

        assert (ended.status, ended.out) == (2, "")
        assert said in ended.err


class TestList:
    """The shipped puzzles."""

    def test_every_puzzle_has_a_line_with_its_size(self, lstm_verify, monkeypatch):
        """A line for each, with the size of its network."""
        monkeypatch.setenv("COLUMNS", "120")
        ended = lstm_verify("list")

        assert ended.status == 0
        (line,) = [line for line in ended.out.splitlines() if line.startswith("  memory ")]
        assert line.split()[:4] == ["memory", "3", "→", "1"]
        assert line.split()[4] == str(len(kills()["memory"]))
        assert line.endswith("  Update, reset and output a memory cell")

    def test_puzzles_stand_under_their_families(self, lstm_verify, monkeypatch):
        """Each family's title is followed by its puzzles, and every puzzle is in one."""
        monkeypatch.setenv("COLUMNS", "200")
        blocks = lstm_verify("list").out.split("\n\n")[1:]

        assert [block.splitlines()[0] for block in blocks] == [
            f"{title} ({family})" for family, (title, _) in FAMILIES.items()
        ]
        names = [line.split()[0] for block in blocks for line in block.splitlines()[1:]]
        assert sorted(names) == list(shipped())

    @pytest.mark.parametrize("columns", [1, 50, 80])
    def test_in_a_narrow_terminal_words_stay_whole(self, lstm_verify, monkeypatch, columns):
        """Where no room is left beside the other columns, a title goes on below them."""
        monkeypatch.setenv("COLUMNS", str(columns))
        _, *blocks = lstm_verify("list").out.split("\n\n")
        lines = [line for block in blocks for line in block.splitlines()[1:]]
        assert max(map(len, lines)) <= max(columns, 34)
        titles = " ".join(line.strip() for line in lines)
        assert all(load_one(name).title in titles for name in shipped())

    def test_a_puzzle_that_is_being_written_is_listed_or_told(
        self, lstm_verify, monkeypatch, tmp_path, memory
    ):
        """One without a family stands at the end; one that is not in order is told, and the others listed: 2."""
        (tmp_path / "mine.yaml").write_text(memory.replace("family: memory", "family: mine"))
        monkeypatch.setattr(library, "folder", lambda: tmp_path)
        ended = lstm_verify("list")
        assert (ended.status, ended.err) == (0, "")
        assert "\nOf no family\n  mine " in ended.out

        networks = [f"title: T\nnetwork: {network}\ncases: {{}}\n" for network in ("3", "{input_size: 1}")]
        for text in (
            "",
            "puzzle: 1\n",
            memory.replace("title:", "tilte:", 1),
            "- a\nweights: 1\n",
            *networks,
        ):
            (tmp_path / "broken.yaml").write_text(text)
            ended = lstm_verify("list")
            assert ended.status == 2
            assert "  mine " in ended.out
            assert ended.err.startswith(
                f"{tmp_path / 'broken.yaml'}: no puzzle that is in order; `lstm-verify lint "
            )

    def test_exposes_keeps_those_that_kill_a_fault(self, lstm_verify):
        """--exposes: those, and no others, that kill a fault; an unknown one is told with the nearest."""
        found = json.loads(lstm_verify("list", "--exposes", "bias-hh-dropped", "--output", "json").out)

        names = [entry["name"] for entry in found]
        assert names == sorted(name for name, ids in kills().items() if "bias-hh-dropped" in ids)
        assert "memory-two-biases" in names
        assert "memory" not in names
        ended = lstm_verify("list", "--exposes", "bias-hh-droped")
        assert (ended.status, ended.out) == (2, "")
        assert "there is no fault 'bias-hh-droped'; did you mean 'bias-hh-dropped'?" in ended.err

    @pytest.mark.parametrize("option", ["--family", "--tag", "--set"])
    def test_a_name_that_there_is_not_is_told(self, lstm_verify, option):
        ended = lstm_verify("list", option, "memori")

        assert ended.status == 2
        assert "there is no" in ended.err

    def test_a_puzzle_without_known_kills_is_listed(self, lstm_verify, monkeypatch):
        """A new one: a question mark, and null for programs."""
        monkeypatch.setattr(summary, "kills", dict)

        lines = [line.split() for line in lstm_verify("list").out.splitlines()]
        assert ["memory", "3", "→", "1", "?"] in [line[:5] for line in lines]
        assert {e["kills"] for e in json.loads(lstm_verify("list", "--output", "json").out)} == {None}

    def test_programs_get_a_sorted_list_with_the_cases(self, lstm_verify):
        """The same for programs: each entry can be run by its name."""
        entries = json.loads(lstm_verify("list", "--output", "json").out)

        assert [e["name"] for e in entries] == sorted(e["name"] for e in entries)
        assert {"memory", "memory-lee", "generic"} <= {e["name"] for e in entries}
        (memory,) = [e for e in entries if e["name"] == "memory"]
        assert memory["cases"] == ["lee-scaled"]

    def test_tag_keeps_those_that_have_it(self, lstm_verify):
        """--tag keeps those that have it."""
        names = [
            e["name"] for e in json.loads(lstm_verify("list", "--tag", "memory", "--output", "json").out)
        ]

        assert "memory" in names
        assert "generic" not in names


NOTES_ON_MEMORY = """\
memory.yaml:14:26: note: there is a single unit: an implementation that transposes weight_hh or mixes up units gives the same numbers; take 2 or more
memory.yaml:17:3: note: in weight_ih the blocks of i and f are equal: an implementation that mixes them up there alone gives the same numbers; make them differ
memory.yaml:18:3: note: weight_hh is 0 throughout: an implementation that never feeds h back, or feeds a wrong one, gives the same numbers; let a gate look at h
memory.yaml:19:3: note: by hand σ of i, f and o is 0 or 1, but at some step |z| is no more than 10, and σ 4.5e-05 off: no margin for a table; double z
memory.yaml:19:3: note: in bias_ih the blocks of i and o are equal: an implementation that mixes them up there alone gives the same numbers; make them differ
memory.yaml:20:3: note: bias_hh is 0 throughout: an implementation that leaves it out gives the same numbers; put numbers there
memory.yaml:22:1: note: h0 and c0 are 0 in every case: an implementation that begins with 0 whatever is given gives the same numbers; give a case h0 and c0
memory.yaml:22:1: note: no two cases share a batch: an implementation that mixes up the rows of a batch gives the same numbers; give two cases the same `batch`
"""


class TestLint:
    """Mistakes, without running anything."""

    def test_a_clean_file_is_only_counted(self, lstm_verify):
        """A clean file: nothing on stdout, and on stderr how many notes there are, and the count; 0."""
        ended = lstm_verify("lint", "memory")

        assert (ended.status, ended.out) == (0, "")
        assert ended.err == (
            "8 notes on what this puzzle cannot see, for --notes to show\n1 file read, no mistakes found\n"
        )

    def test_notes_are_shown_where_they_are_asked_for(self, lstm_verify, here, memory):
        """What a lesson cannot see, each with its place, in the order of the file; still 0."""
        (here / "memory.yaml").write_text(memory)

        ended = lstm_verify("lint", "memory.yaml", "--notes", "--strict")

        assert (ended.status, ended.err) == (0, "1 file read, no mistakes found\n")
        assert ended.out == NOTES_ON_MEMORY

    def test_a_warning_is_no_mistake_unless_one_is_strict(self, lstm_verify, here, memory):
        """A mask that masks nothing: shown and counted, 0; with --strict 2. Mistakes come before it."""
        text = memory.replace("tags: [memory, lesson]", "tags: [memory]")
        (here / "one.yaml").write_text(text.replace("    inputs:", "    mask: [1, 1, 1, 1, 1]\n    inputs:"))
        (here / "two.yaml").write_text(memory.replace("why:", "wyh:"))
        warning = "one.yaml:22:1: warning: every `mask` is 1 throughout"

        ended = lstm_verify("lint", "one.yaml")
        assert (ended.status, ended.out.startswith(warning), len(ended.out.splitlines())) == (0, True, 1)
        assert ended.err.endswith("\n1 file read, no mistakes found, 1 warning\n")
        assert lstm_verify("lint", "one.yaml", "--strict").status == 2
        ended = lstm_verify("lint", "one.yaml", "two.yaml")
        assert ended.status == 2
        assert ended.out.splitlines()[1].startswith(warning)
        assert ended.err.endswith("\n2 files read, 1 mistake found, 1 warning\n")

    def test_all_mistakes_of_all_files_have_their_place(self, lstm_verify, here, memory):
        """Every mistake of every file on stdout, each at its file:line:column: 2."""
        (here / "one.yaml").write_text(memory.replace("why:", "wyh:").replace("tags:", "tgas:"))
        (here / "two.yaml").write_text("")

        ended = lstm_verify("lint", "one.yaml", "two.yaml", "nosuch.yaml", "memory")

        places = [line.split(" ")[0] for line in ended.out.splitlines()]
        wyh = memory[: memory.index("why:")].count("\n") + 1
        assert ended.status == 2
        assert {f"one.yaml:{wyh}:1:", f"one.yaml:{wyh + 2}:1:", "nosuch.yaml:"} <= set(places)
        assert any(p.startswith("two.yaml") for p in places)
        assert "3 files read" in ended.err


def test_schema_prints_json_schema_alone(lstm_verify):
    """The schema is JSON Schema draft 7, and goes to stdout alone."""
    ended = lstm_verify("schema")

    assert (ended.status, ended.err) == (0, "")
    jsonschema.Draft7Validator.check_schema(json.loads(ended.out))


def test_backends_has_a_line_for_every_kind(lstm_verify):
    """Every kind of backend with a line about it."""
    ended = lstm_verify("backends")

    assert ended.status == 0
    names = [line.split(" ")[0] for line in ended.out.splitlines()]
    assert {"python", "reference", "torch.cell", "torch.lstm"} <= set(names)
