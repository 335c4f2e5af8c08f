"""The lines that can be pasted: what parameters are filled with, and how an implementation is called."""

import numpy as np
import pytest

from lstm_verify.adopt import calling, expressions
from lstm_verify.adopt.sizes import Sizes
from lstm_verify.adopt.trying import probe

WEIGHTS = probe(Sizes(2, 3, 1, 1), frozenset(["bias_ih", "bias_hh"])).layers[0]
IH, HH, B, C = (np.asarray(getattr(WEIGHTS, n)) for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("i.ih", IH[:3]),
        ("f.hh.T", HH[3:6].T),
        ("ofgi.ih", np.concatenate([IH[9:], IH[3:6], IH[6:9], IH[:3]])),
        ("(g.hh|g.ih).T", np.hstack([HH[6:9], IH[6:9]]).T),
        ("o.bias", (B + C)[9:]),
        ("fi.bias_hh.column", C[[3, 4, 5, 0, 1, 2], None]),
        ("i.bias_ih.row", B[None, :3]),
        ("i.bias|i.ih", np.hstack([(B + C)[:3, None], IH[:3]])),
    ],
)
def test_expressions_are_what_they_say_and_are_printed_as_they_are_read(text, value):
    expression = expressions.parsed(text)

    assert str(expression) == text
    np.testing.assert_array_equal(expression.value(WEIGHTS), value)


def test_zeros_have_the_parameters_own_shape():
    assert expressions.parsed("0").value(WEIGHTS) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing that a parameter can be filled with"),
        ("ih", "which gate?"),
        ("i.hr", "hr has no gate"),
        ("ii.ih", "names a gate twice"),
        ("g.c", "only the gates i, f and o have peepholes"),
        ("i.ih.column", ".column is for a bias"),
        ("((i.ih)", "cannot be read"),
    ],
)
def test_what_is_no_expression_is_told(text, said):
    with pytest.raises(ValueError, match=said.replace("?", r"\?").replace(".", r"\.")):
        expressions.parsed(text)


@pytest.mark.parametrize(
    ("text", "whole", "rows", "takes"),
    [
        ("(); x=x:TBI; state=(c h):1BH; [0]=h:TBH; [1][0]=c_n:1BH", True, True, "hc"),
        ("step; x=x:I; h=h:H; c=c:H; [h]=h:H; [c]=c:H", False, False, "hc"),
        ("(); x=x:BI; .h=h:BH; .c=c:BH", False, True, "hc"),
        ("f; x=x:*I1; []=h:*H1", True, False, ""),
        ("f; X=x:IBT; a0=h:HB; [0]=h:HBT", True, True, "h"),
        ("f; x=x:BI; s=h|c:BH; []=h|c:BH", False, True, "hc"),
    ],
)
def test_callings_are_printed_as_they_are_read(text, whole, rows, takes):
    read = calling.parsed(text)

    assert str(read) == text
    assert (read.whole, read.rows, read.takes) == (whole, rows, frozenset(takes))


@pytest.mark.parametrize("axes", ["BTI", "TBI", "IBT", "IT", "TI", "*I1", "*BI"])
def test_what_is_laid_out_is_found_again(axes):
    array = np.arange(24.0 if "B" in axes else 6.0).reshape(4 if "B" in axes else 1, 3, 2)
    laid = calling.laid(array, "BTI", axes, lambda part: part)

    np.testing.assert_array_equal(calling.canonical(np.asarray(laid), axes, "BTI"), array)


def test_both_states_in_one_array_are_parted_in_their_order():
    both = np.arange(12.0).reshape(2, 6)
    read = calling.parsed("(); x=x:BI; s=c|h:BH; []=c|h:BH")
    given, _ = read.arguments({"x": np.zeros((2, 1)), "c": both[:, :3], "h": both[:, 3:]}, lambda part: part)

    np.testing.assert_array_equal(given["s"], both)
    shown = read.read(lambda _: both, lambda part: part)
    np.testing.assert_array_equal(shown["h"], both[:, 3:])
    np.testing.assert_array_equal(shown["c"], both[:, :3])
