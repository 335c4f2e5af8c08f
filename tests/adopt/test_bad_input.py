"""What is no LSTM, or cannot be made, filled or called, is told in a sentence; and the others are run."""

from pathlib import Path

import pytest

from lstm_verify import run
from lstm_verify.adopt.kinds import wrap
from lstm_verify.backends.base import Options
from lstm_verify.backends.errors import Unusable
from lstm_verify.backends.registry import backend

HERE = Path(__file__).parent / "wrong_things.py"


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("text", "it is a str; expected a function, a class with weights, a torch.nn.Module or the like"),
        ("gru", "an LSTM has four blocks of 3 units, and a GRU has three: weight_ih_l0 [9, 2]"),
        ("nn.GRUCell", "an LSTM has four blocks of 5 units, and a GRU has three: weight_ih [15, 3]"),
        ("nn.RNN", "an LSTM has four blocks of 5 units, and a plain recurrent network has one"),
        ("nn.Linear", "none is what an LSTM multiplies x and h with: weight [7, 3], bias [7]"),
        ("nn", "it is a module; expected a function"),
        ("Configured", "Configured(config=3, flavour=5) cannot be made: TypeError"),
        ("Configured", "it takes config, flavour. Say what its arguments are: init=NAME=I;NAME=H"),
        ("TwoForX", "first.weight and second.weight could each be what x is multiplied with"),
        ("TwoLayers", "one layer in one direction can be made out; say which it is: weights="),
        ("on_meta", "its parameters are on the device meta, where there are no numbers"),
        ("in_training", "it is in training mode, and drops at random (drop): call its .eval() first"),
        ("Raising", "no way of calling it was found; the last try: RuntimeError: not today"),
        ("Unnamed", "beside W_i/W_f/W_o the candidate's is missing; it could be: "),
        ("Unnamed", "W_one"),
        ("NoMethod", "no way of calling it was found"),
        ("TwoForX,weights=first.weight=iq.ih", "'iq.ih' is nothing that a parameter can be filled with"),
        ("TwoForX,weights=third.weight=i.ih", "it has no parameter third.weight; it has first.weight, "),
        ("TwoForX,weights=first.weight", "'first.weight' is no name=value; several are parted by ;"),
        ("NoMethod,weights=b=ifgo.ih", "b is [20], and ifgo.ih is [20, 3]"),
        ("NoMethod,layout=abcd", "layout=abcd: 'abcd' is no order of the gates"),
        ("NoMethod,layout=hx/xh", "'hx' and 'xh' cannot both be"),
        ("NoMethod,call=step", "it says no place for x, such as input=x:TBI"),
        ("NoMethod,call=step; x=y:TBI", "'x=y:TBI' is no place of a call; expected where=what:axes"),
        ("NoMethod,semantics=coupled=x", "coupled=x; expected coupled=f=1-i or coupled=i=1-f"),
        ("NoMethod,semantics=couple=f=1-i", "unknown key 'couple'; did you mean 'coupled'"),
        ("NoMethod,semantics=clip_cell=-1", "semantics: clip_cell is -1; a limit is more than 0"),
        ("nn.LSTM,method=backwards", "it has no method 'backwards'"),
        ("nn.LSTM,dtype=bfloat16", "dtype=bfloat16: expected one of float64, float32, float16"),
    ],
)
def test_it_is_told_what_it_is_or_what_is_missing(what, said):
    with pytest.raises(Unusable) as caught:
        backend(f"python:{HERE}:{what}")

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_can_be_run_is_run_beside_what_cannot():
    report = run("memory", [f"python:{HERE}:{what}" for what in ("gru", "ready", "text")])

    assert [(r.backend.name.rpartition(":")[2], r.verdict) for r in report.results] == [("ready", "agree")]
    assert len(report.errors) == 2
    assert report.exit_code == 2


def test_what_it_returns_has_to_fit():
    with pytest.raises(Unusable, match="no way of calling it was found"):
        backend(f"python:{HERE}:Wide")


def test_a_module_is_left_on_its_device():
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("there is no CUDA device")
    module = torch.nn.LSTM(3, 1).cuda()

    assert run("memory", [wrap(module, "on_cuda", Options({}))]).exit_code == 0
    assert next(module.parameters()).is_cuda
