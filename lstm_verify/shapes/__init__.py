"""The shape of every variable of an LSTM, as symbols and as numbers, in one of several conventions."""

from lstm_verify.shapes.sizes import Sizes
from lstm_verify.shapes.variables import Row, rows
from lstm_verify.shapes.views import VIEWS

__all__ = ["VIEWS", "Row", "Sizes", "rows"]
