"""People's own Python: a function (or callable object) that keeps one of two contracts.

    def cell(x, h, c, w):           # form=step, the default: x [I], h [H], c [H] -> (h, c)
    def lstm(inputs, h0, c0, w):    # form=sequence: inputs [T, I] -> (h [T, H], c [T, H] or None)

`w` is a `GivenWeights`: NumPy arrays packed as in PyTorch, rows in the order i, f, g, o.
"""

from __future__ import annotations

import contextlib
import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from lstm_verify.backends.answers import as_floats, checked, described, other_type, pair
from lstm_verify.backends.base import (
    PLAIN,
    UNROLLED,
    Array,
    Backend,
    Call,
    Observation,
    Options,
    Part,
    beyond,
    strided,
    values_of,
)
from lstm_verify.backends.declared import default_state, dtype, lacking, largest, no_place, supported
from lstm_verify.backends.errors import Misbehaved, Unusable, told
from lstm_verify.backends.padding import padded
from lstm_verify.conventions import convention, reorder
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.arithmetic.floats import FloatArithmetic
from lstm_verify.lstm.cell import Step
from lstm_verify.lstm.formats import FORMATS, Format
from lstm_verify.lstm.network import Network, Place, Run, Weights
from lstm_verify.lstm.semantics import GATES, PEEPHOLES, PYTORCH, Semantics
from lstm_verify.lstm.unroll import Unroll

CALLED = {
    "step": "it was called for one step, cell(x, h, c, w); does it take the whole sequence? form=sequence",
    "sequence": "it was called for all steps, lstm(inputs, h0, c0, w); does it take one step? form=step",
}
"""Form -> how a function of that form is called."""

MISFIT = re.compile("matmul|shape|dimension|align|unpack|argument")
"""What Python and NumPy say where a function was made for other arguments."""


@dataclass(frozen=True)
class GivenWeights(Weights):
    """The weights as an implementation gets them: fresh NumPy arrays, its own to keep.

    Attributes:
        weight_ih: [4·hidden_size, input_size], rows in blocks i, f, g, o as in torch.nn.LSTM
        weight_hh: [4·hidden_size, hidden_size]
        bias_ih, bias_hh: [4·hidden_size]; zeros where the network has no bias
        weight_ci, weight_cf, weight_co: [hidden_size], the peepholes; zeros where it has none
        weight_hr: [proj_size, hidden_size], or None where h is not projected
        weight_ln: [4·hidden_size], the gains of a layer normalisation, or None where they are 1
        semantics: the variant of the LSTM, for code that supports more than one: its limits, its ε

    `gate("f")` has the rows of one gate.
    """

    semantics: Semantics = PYTORCH

    NO_TENSORS: ClassVar[tuple[str, ...]] = ("semantics",)

    def packed(self, order: str, *, transposed: bool = False) -> GivenWeights:
        """Return the same weights with the gates in another order, such as "iofc" (c is g).

        Args:
            order: of the gates, or the name of a convention that has it, such as "onnx".
            transposed: gates in columns, weights [input_size, 4·hidden_size], as in Keras.

        Raises:
            ValueError: order is no order of the four gates.
        """
        blocks = {name: tensor for name, tensor in self.items() if name in self.PACKED}
        moved = {name: np.array(reorder(block, GATES, order)) for name, block in blocks.items()}
        made = replace(self, **moved)  # type: ignore[arg-type]
        return made.map(lambda tensor: np.array(np.transpose(tensor))) if transposed else made

    def padded(self, input_size: int, hidden_size: int) -> GivenWeights:
        """Return weights for an LSTM that is larger: the units added see nothing, and nothing sees them."""
        made = padded(self, input_size, hidden_size)
        form = np.asarray(self.bias_ih).dtype
        return made.map(lambda tensor: np.array(tensor, dtype=form))

    def pack(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the tensors that a framework has for these weights: `pack("keras")["kernel"]`.

        Raises:
            ValueError: no convention of that name is known, or it has no place for some of the weights.
        """
        peepholes = {} if self.semantics.peephole else {f"weight_c{gate}": None for gate in PEEPHOLES}
        return convention(name).pack(replace(self, **peepholes))  # type: ignore[arg-type]


@dataclass(frozen=True)
class PythonCode:
    """A callable that keeps one of the two contracts; see `Backend`.

    Attributes:
        default_state: what it takes for h and c where they are left out; nothing where they cannot be.
        lacks: what it says it has no place for; see `declared.lacking`.
        largest: the input_size and hidden_size that it says it has, None of any.
    """

    name: str
    form: Format
    accuracy: Accuracy
    function: Callable[..., Any]
    contract: str
    supports: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    default_state: tuple[Any, ...] = ()
    lacks: frozenset[str] = frozenset()
    largest: tuple[int, int] | None = None

    def refusal(self, network: Network, run: Run) -> str | None:
        """Refuse variants that the code does not say it supports, and what it says it has no place for.

        A function of the form `sequence` is given one layer's weights and all steps: whatever it
        says, it cannot know of more.
        """
        supported = self.supports | UNROLLED if self.contract == "step" else self.supports - UNROLLED
        other = beyond(network, run, supported)
        if other:
            return f"it is taken for a plain LSTM, and this one has {other}"
        return no_place(network, run, self.lacks, self.largest)

    def observe(self, network: Network, runs: Sequence[Run], call: Call = PLAIN) -> list[Observation]:
        """Call the function once a step, or once for the sequence, of each row."""
        observed = self._observe_sequence if self.contract == "sequence" else self._observe_steps
        return [observed(network, run, call) for run in runs]

    def _observe_steps(self, network: Network, run: Run, call: Call) -> Observation:
        returned: set[str] = set()
        cells = [_Cell(self, network, k, call, returned) for k in range(len(network.layers))]
        trace = Unroll(network, cells, FloatArithmetic(self.form.name)).trace(run)
        return Observation((Part(values_of(network, trace), fed_back=True),), frozenset(returned))

    def _observe_sequence(self, network: Network, run: Run, call: Call) -> Observation:
        arguments = {"inputs": run.inputs, "h0": run.h0[0], "c0": run.c0[0]}
        h, c = pair(self.called(self.given(network, 0), arguments, call))
        shown = {"h": h} if c is None else {"h": h, "c": c}
        # A wrong shape is shown as it is: the verdict says so, and there are faults that it looks like.
        values = {Place(q): as_floats(array, q, (run.steps, network.width(q))) for q, array in shown.items()}
        returned = set[str]().union(*(other_type(array, self.form) for array in shown.values()))
        return Observation((Part(values),), frozenset(returned))

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the function: what is sent to another process can say all but what it computes."""
        return vars(self) | {"function": None, "default_state": ()}

    def array(self, values: Any) -> NDArray[Any]:
        """Make a fresh array of the backend's format."""
        with np.errstate(over="ignore"):
            return np.array(values, dtype=self.form.name)

    def given(self, network: Network, index: int) -> GivenWeights:
        """Make fresh arrays of the weights of one layer and direction."""
        none = np.zeros(network.hidden_size)
        tensors = {f"weight_c{gate}": none for gate in PEEPHOLES} | dict(network.layers[index].items())
        arrays = {name: self.array(tensor) for name, tensor in tensors.items()}
        return GivenWeights(**arrays, semantics=network.semantics)

    def called(self, own: GivenWeights, arguments: Mapping[str, Any], call: Call) -> Any:
        """Call the function with weights and copies of its own, and notice when it changes one of them.

        Args:
            arguments: name -> values, the state last: h and c.
        """
        laid = strided if call.strided else np.asarray
        names = list(arguments) if call.state else list(arguments)[:1]
        left_out = () if call.state else self.default_state
        copies = {name: laid(self.array(arguments[name])) for name in names}
        given = copies | {f"w.{name}": np.asarray(tensor) for name, tensor in own.items()}
        before = {name: array.copy() for name, array in given.items()}
        try:
            answer = self.function(*copies.values(), *left_out, own)
        except (TypeError, ValueError, IndexError) as error:
            if MISFIT.search(str(error)):
                raise Misbehaved(f"{told(error)}; {CALLED[self.contract]}") from error
            raise
        changed = [name for name in given if not np.array_equal(before[name], given[name], equal_nan=True)]
        if changed:
            raise Misbehaved(f"it changed its argument {', '.join(changed)} in place; work on a copy")
        return answer


@dataclass
class _Cell:
    """A function of the form `step`, in the place of `cell.Cell`: it shows no gates.

    Attributes:
        returned: where the types of what it returned are noted, if they are others than its format.
    """

    code: PythonCode
    network: Network
    index: int
    call: Call
    returned: set[str]

    def step(self, x: Any, h: Any, c: Any) -> Step[Any]:
        own = self.code.given(self.network, self.index)
        answer = pair(self.code.called(own, {"x": x, "h": h, "c": c}, self.call))
        self.call = replace(self.call, state=True)  # after the first step there is one
        h, c = (self._taken(quantity, value) for quantity, value in zip("hc", answer, strict=True))
        return Step(None, None, None, None, c, h)

    def _taken(self, quantity: str, value: Any) -> Array:
        """Take what was returned; what is judged is what it is given back: numbers of its format."""
        floats = checked(value, self._name(quantity), (self.network.width(quantity),))
        self.returned.update(other_type(value, self.code.form))
        return self.code.array(floats)

    def _name(self, quantity: str) -> str:
        return self.network.name(Place(quantity, *divmod(self.index, self.network.directions)))


def wrap(function: Any, name: str, options: Options) -> Backend:
    """Make a backend of a callable, or of a class whose instances (made without arguments) are.

    Raises:
        Unusable: it is neither.
    """
    if inspect.isclass(function):
        try:
            with contextlib.redirect_stdout(sys.stderr):  # what it prints must not mix with our output
                function = function()
        except (Exception, SystemExit) as error:
            raise Unusable(f"{name}: the class cannot be made without arguments: {told(error)}") from None
    if not callable(function):
        raise Unusable(f"{name} is {described(function)}; expected a function cell(x, h, c, w) -> (h, c)")
    contract = str(options.take("form", getattr(function, "form", "step")))
    if contract not in CALLED:
        raise Unusable(f"form={contract}: expected one of {', '.join(CALLED)}")
    supports = supported(function, name)
    form = options.dtype(dtype(function), tuple(f for f in FORMATS if hasattr(np, f)))
    accuracy, state = options.accuracy(Accuracy()), default_state(function)
    calls = frozenset(["strided", "state"] if state else ["strided"])
    lacks, sizes = lacking(function, name), largest(function, name)
    return PythonCode(name, form, accuracy, function, contract, supports, calls, state, lacks, sizes)
