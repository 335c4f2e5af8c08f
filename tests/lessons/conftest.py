"""PyTorch on one thread: with more, small layers take much longer."""

import pytest

from lstm_verify.backends.torch_backends import limited_threads


@pytest.fixture(autouse=True)
def _one_thread():
    with limited_threads(1):
        yield
