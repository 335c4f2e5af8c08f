import pytest

from lstm_verify.lstm.accuracy import UNKNOWN, Accuracy, Error, parse
from lstm_verify.lstm.formats import FORMATS

SINGLE = FORMATS["float32"]


@pytest.mark.parametrize(
    ("text", "error"),
    [("8ulp", Error(8)), ("2.5ulp + 4u", Error(2.5, 4)), ("2.65e14ulp+1e-3u", Error(2.65e14, 1e-3))],
)
def test_an_accuracy_is_read_as_it_is_written(text, error):
    assert parse(text).of("sigmoid") == parse(text).of("tanh") == error


@pytest.mark.parametrize("text", ["8", "ulp", "8ulp+", "8ulp+4", "1.2.3ulp", "8e400ulp", "-8ulp", "infulp"])
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="expected ulps and roundoffs"):
        parse(text)


@pytest.mark.parametrize(
    ("error", "less"),
    [
        (UNKNOWN, False),
        (Error(5.72, flushed=1.7e-38), False),  # oneDNN's σ: far below 4 roundoffs
        (Error(8.01), True),
        (Error(0.5, 4.01), True),
        (Error(0.5, flushed=1e-6), True),
    ],
)
def test_what_is_granted_more_than_code_that_says_nothing_is_less_accurate(error, less):
    for name in ("sigmoid", "tanh"):
        assert Accuracy(UNKNOWN, {name: error}).less_than_usual(SINGLE) is less


def test_the_file_it_came_from_is_told():
    assert str(Accuracy(Error(2), source="mine.json")) == "σ and tanh to 2 ulp (from mine.json)"
