"""PyTorch on one thread: with more, small layers take much longer."""

import pytest

from lstm_verify.lessons.subjects import one_thread


@pytest.fixture(autouse=True)
def _one_thread():
    with one_thread():
        yield
