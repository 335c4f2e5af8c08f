"""What is written of a measurement, where its numbers are known."""

import pytest

from lstm_verify.report.activations import with_accuracy


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        ("torch.cell", "torch.cell,accuracy=2ulp"),
        ("torch.cell,accuracy=9ulp,dtype=float64", "torch.cell,dtype=float64,accuracy=2ulp"),
        ("python:a.py:cell,dtype=float32", "python:a.py:cell,dtype=float32,accuracy=2ulp"),
        ("exec:./mine a,accuracy=b:c", "exec,accuracy=2ulp:./mine a,accuracy=b:c"),
        ("exec,dtype=float32,accuracy=9ulp:./mine", "exec,dtype=float32,accuracy=2ulp:./mine"),
    ],
)
def test_an_accuracy_stands_where_options_do(backend, expected):
    assert with_accuracy(backend, "2ulp") == expected
