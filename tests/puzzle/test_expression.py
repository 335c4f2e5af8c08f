"""Affine expressions: what they mean, and what is none."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_verify.lstm import exact
from lstm_verify.puzzle.affine import Affine
from lstm_verify.puzzle.expression import ExpressionError, Scope, State, parse

F = Fraction
SCOPE = Scope(features=("x1", "speed", "e2"), states={"h": State(2, names=("even", "odd"))})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100*x1 - 10", Affine(F(-10), {"x1": F(100)})),
        ("2*h[0] - 1", Affine(F(-1), {"h[0]": F(2)})),
        ("h [ 1 ]", Affine(terms={"h[1]": F(1)})),
        ("h[odd] - 2*h[even]", Affine(terms={"h[1]": F(1), "h[0]": F(-2)})),
        ("-(x1 - h[1])*2 - -3", Affine(F(3), {"x1": F(-2), "h[1]": F(2)})),
        ("x1 - x1", Affine()),
        ("0*x1", Affine()),
        ("1/2*x1/2", Affine(terms={"x1": F(1, 4)})),
        ("e2 + 1e2", Affine(F(100), {"e2": F(1)})),
        ("--1", Affine(F(1))),
        ("8/4/2", Affine(F(1))),
        ("1 - 2 - 3", Affine(F(-4))),
        ("1 + 2*3", Affine(F(7))),
        ("ln(3)/2*speed", Affine(terms={"speed": exact.ln(F(3)) / 2})),
        ("(x1 + 3*h[1])/3*ln(2)", Affine(terms={"x1": exact.ln(F(2)) / 3, "h[1]": exact.ln(F(2))})),
        ("ln(1) + ln(3) - ln(3)", Affine()),
    ],
)
def test_meaning(text: str, expected: Affine) -> None:
    """An expression is the affine form that it says, exactly."""
    assert parse(text, SCOPE) == expected


def test_functions_of_tables() -> None:
    """Tanh and sigmoid are known where they are allowed, and fractions where they are ones."""
    form = parse("tanh(ln(3)/2) + sigmoid(0)*tanh(1)", functions=("ln", "tanh", "sigmoid"))
    assert form.constant == exact.tanh(F(1)) * F(1, 2) + F(1, 2)


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("x1*h[0]", "not affine", 2),
        ("x1 x1", "a sign is missing before 'x1'", 3),
        ("2(3)", "a sign is missing before '('", 1),
        ("x1)", "unexpected ')'", 2),
        ("h[od]", "did you mean 'odd'", 2),
        ("h[-1]", "counted from 0", 2),
        ("h[99999999999999999999]", "there is no h", 0),
        ("h[0", "']' is missing before the end", 3),
        ("ln(ln(3))", "ln is taken of fractions only", 0),
        ("1/ln(3)", "cannot divide by 'ln(3)'", 1),
        ("x1 / (1 + ln(3)) * 2", "cannot divide by '(1 + ln(3))'", 3),
        ("50%", "write it as a decimal", 0),
        ("0,5", "write a point: 0.5", 0),
        ("2·x1", "write a product with *", 1),
        ("__import__('os')", "unknown name '__import__'", 0),
        ("x1.real", "unexpected '.'", 2),
        ("spead", "did you mean 'speed'", 0),
    ],
)
def test_errors(text: str, message: str, offset: int) -> None:
    """What is no affine expression is refused, at its place."""
    with pytest.raises(ExpressionError) as caught:
        parse(text, SCOPE)
    assert message in str(caught.value)
    assert caught.value.offset == offset


def test_numbers_know_no_names() -> None:
    """Where no names may stand, h is none either."""
    with pytest.raises(ExpressionError, match="'h' is no number"):
        parse("h[0]")


@given(st.text("x1h[]0.e()+-*/ln \t9") | st.text())
def test_any_text(text: str) -> None:
    """Any text is an affine form or an `ExpressionError` inside of it."""
    try:
        parse(text, SCOPE)
    except ExpressionError as error:
        assert 0 <= error.offset <= len(text)  # noqa: PT017 - either way is right
