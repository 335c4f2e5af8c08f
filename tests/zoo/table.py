"""What each animal is, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PAIRS, JOINED, LINEAR, FUSED = "W and U a gate", "a matrix on [x, h] a gate", "nn.Linear", "one fused matrix"
"""How parameters are kept."""


@dataclass(frozen=True)
class Animal:
    """An LSTM of the zoo.

    Attributes:
        where: its file and its name in it, such as "stateful.py:Stepper".
        weights: how its parameters are kept, one of the four words above.
        biases: how many a gate has: 0, 1 or 2.
        fault: the id of its mistake in the catalogue; None where it is right, or where no id fits.
        verdict: on `puzzle`: "agree" or "failed".
        layout: the gates in the order of its blocks, or of its arguments, where no name says so: to be found
            by trying, and told behind the verdict's `if`.
        options: what its docstring states and nothing else can tell, to be given with its name.
        skips: what it cannot be given (h0, c0, bias, size: any but its own), or asked (c).
        puzzle: one that shows what it is.
        identified: what `identify` says otherwise of it than of torch.nn.LSTM: line -> what is found; None where
            it is not identified.
        thorough: whether it takes other ways of calling it to see what it is.
    """

    where: str
    weights: str
    biases: int = 1
    fault: str | None = None
    verdict: str = "agree"
    layout: str | None = None
    options: str = ""
    skips: frozenset[str] = frozenset()
    puzzle: str = "generic"
    identified: Mapping[str, str] | None = field(default_factory=dict)
    thorough: bool = False

    @property
    def file(self) -> str:
        """The file it lives in."""
        return self.where.partition(":")[0]

    @property
    def name(self) -> str:
        """Its name there."""
        return self.where.partition(":")[2]


def right(where, weights, *, skips="", **more):
    """Enter one that is right."""
    return Animal(where, weights, skips=frozenset(skips.split()), **more)


def wrong(where, weights, fault, *, skips="", **more):
    """Enter one that is wrong, with the id of its mistake."""
    return Animal(where, weights, fault=fault, verdict="failed", skips=frozenset(skips.split()), **more)


NOT_USED = {"initial state": "not used: it begins with zeros"}
H0_ALONE = {"initial state": "h0 alone is used"}
I_OR_G = {"order of the gates": "i, f, g, o, or g, f, i, o"}  # where both are σ, none can tell

TWELVE = "weights=" + "; ".join(
    f"[{3 * k}]={gate}.ih.T; [{3 * k + 1}]={gate}.hh.T; [{3 * k + 2}]={gate}.bias"
    for k, gate in enumerate("ifog")
)
"""Twelve parameters in a list, of i, f, o and g."""

TABLE = [
    right("linear_modules.py:FourGates", LINEAR),
    right("linear_modules.py:trained", LINEAR, skips="size", identified=None),
    right("linear_modules.py:InputAndHidden", LINEAR, biases=2),
    right("linear_modules.py:OneLinear", LINEAR, layout="i, f, o, g"),
    right(
        "linear_modules.py:EightLinears",
        LINEAR,
        biases=2,
        skips="h0 c0 c",
        puzzle="log-gates",
        identified=NOT_USED,
    ),
    right("linear_modules.py:WithDecoder", LINEAR),
    wrong(
        "linear_modules.py:SquashedCell",
        LINEAR,
        "sigmoid-on-candidate",
        identified={"activations": "σ; candidate σ; on the way out tanh"} | I_OR_G,
    ),
    wrong("linear_modules.py:Regularised", LINEAR, None, biases=2, identified=None),
    wrong(
        "linear_modules.py:BatchFirst",
        LINEAR,
        "batch-first-reshape-not-transpose",
        layout="i, f, g, o",
        puzzle="echo",
        identified=None,
    ),
    right("parameter_modules.py:GateByGate", PAIRS),
    right("parameter_modules.py:TwoBiases", PAIRS, biases=2),
    right(
        "parameter_modules.py:Peephole",
        PAIRS,
        puzzle="generic-peephole",
        identified={"peepholes": "o sees the new c"},
    ),
    right(
        "parameter_modules.py:NoBias",
        PAIRS,
        biases=0,
        skips="bias",
        puzzle="memory-no-bias",
        identified={"biases": "none is used"},
    ),
    wrong(
        "parameter_modules.py:Transposing",
        FUSED,
        "whh-transposed",
        biases=2,
        identified={"weight_hh": "gates in columns: each gate's block is multiplied from the left, h W"},
    ),
    wrong(
        "parameter_modules.py:Exchanging",
        PAIRS,
        "gate-swap-i-f",
        identified={"order of the gates": "f, i, g, o"},
    ),
    wrong(
        "parameter_modules.py:Remembering",
        PAIRS,
        "forget-bias-twice",
        identified={"forget bias": "1"},
    ),
    wrong("parameter_modules.py:ZeroCell", PAIRS, "initial-state-ignored", identified=H0_ALONE),
    right("fused_modules.py:Chunks", FUSED, layout="i, f, g, o"),
    right("fused_modules.py:Packed", FUSED, layout="i, g, f, o"),
    right("fused_modules.py:LikePyTorch", FUSED, biases=2),
    right("fused_modules.py:LastOnly", JOINED, skips="h0 c0 c", puzzle="log-gates", identified=NOT_USED),
    wrong(
        "fused_modules.py:CellFirst",
        JOINED,
        "hn-cn-swapped-in-return",
        identified={"returns": "(c, h)"},
    ),
    wrong("fused_modules.py:Swapped", JOINED, "activations-swapped", identified=None),
    right("numpy_classes.py:PerGate", PAIRS),
    right("numpy_classes.py:CharLSTM", JOINED, skips="h0 c0", puzzle="log-gates", identified=NOT_USED),
    right("numpy_classes.py:Node", JOINED),
    right("numpy_classes.py:OnesColumn", FUSED, layout="i, f, o, g"),
    wrong(
        "numpy_classes.py:NoTanh",
        JOINED,
        "tanh-missing-on-output",
        identified={"activations": "σ; candidate tanh; on the way out identity"},
    ),
    wrong(
        "numpy_classes.py:NoBiases",
        PAIRS,
        "bias-missing-everywhere",
        skips="h0 c0 c",
        puzzle="log-gates",
        identified={"biases": "none is used"} | NOT_USED,
    ),
    wrong("numpy_classes.py:Half", JOINED, "fp16-cell-or-accumulate", identified=None),
    wrong(
        "numpy_classes.py:Activations",
        JOINED,
        "both-tanh-are-sigmoid",
        identified={"activations": "σ; candidate σ; on the way out σ"} | I_OR_G,
    ),
    right("stateful.py:Stepper", PAIRS),
    right("stateful.py:HiddenInSelf", LINEAR, layout="f, i, g, o"),
    wrong(
        "stateful.py:Forgetful",
        PAIRS,
        "state-carried-between-calls",
        skips="h0 c0",
        puzzle="statquest",
        thorough=True,
        identified=None,
    ),
    right("dict_functions.py:lstm_cell_forward", JOINED),
    right("dict_functions.py:lstm_forward", JOINED, skips="c0", puzzle="log-gates", identified=H0_ALONE),
    right(
        "dict_functions.py:nested",
        PAIRS,
        options="weights="
        + "; ".join(
            f"{c}.W={g}.ih; {c}.U={g}.hh; {c}.b={g}.bias" for g, c in zip("ifgo", "ifco", strict=True)
        ),
    ),
    right(
        "dict_functions.py:one_matrix",
        FUSED,
        biases=0,
        skips="bias",
        puzzle="memory-no-bias",
        identified={"biases": "none is used"},
    ),
    right(
        "dict_functions.py:plain_lists",
        JOINED,
        options="weights=" + "; ".join(f"W.{g}={g}.ih|{g}.hh; b.{g}={g}.bias" for g in "ifgo"),
    ),
    wrong("dict_functions.py:memory_before", JOINED, "stale-c-in-output", identified=None),
    wrong("dict_functions.py:output_gate_last", JOINED, "h-overwritten-before-last-gate", identified=None),
    wrong(
        "dict_functions.py:half_a_memory",
        PAIRS,
        "coupled-gates-silently",
        identified={"coupled gates": "f = 1 − i"},
    ),
    right("step_functions.py:lstm_step_forward", FUSED, layout="i, f, o, g"),
    right(
        "step_functions.py:lstm_sequence",
        FUSED,
        layout="o, f, i, g",
        skips="c0 c",
        puzzle="log-gates",
        identified=H0_ALONE,
    ),
    right("step_functions.py:keywords", PAIRS),
    right("step_functions.py:twelve", PAIRS, options=TWELVE),
    right(
        "step_functions.py:coupled",
        PAIRS,
        options="semantics=coupled=f=1-i",
        puzzle="cifg-blend",
        identified={"coupled gates": "f = 1 − i"},
    ),
    wrong(
        "step_functions.py:pasted",
        PAIRS,
        "copy-paste-weight-f-uses-Wi",
        options=TWELVE,
        identified=None,
    ),
    wrong(
        "step_functions.py:documented",
        FUSED,
        "gate-order-ifog",
        identified={"order of the gates": "i, f, o, g"},
    ),
    wrong(
        "step_functions.py:backwards",
        PAIRS,
        None,
        identified={"direction": "from the end to the beginning"},
    ),
    wrong(
        "step_functions.py:one_behind",
        JOINED,
        "output-off-by-one",
        biases=0,
        skips="bias c",
        puzzle="memory-no-bias",
        identified=None,
    ),
    wrong(
        "step_functions.py:old_peephole",
        FUSED,
        "peephole-o-uses-old-c",
        puzzle="generic-peephole",
        identified={"peepholes": "o sees the old c"},
    ),
]
