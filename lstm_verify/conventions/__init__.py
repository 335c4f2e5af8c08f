"""Who packs the weights of an LSTM how: one table, and the way from PyTorch's packing to any other and back.

`table.py` has the conventions; whoever knows a further one adds an entry there, and no code. Importing this
package loads no NumPy: only `pack` and `unpack` do.
"""

from lstm_verify.conventions.base import Convention, Parameter
from lstm_verify.conventions.lookup import CONVENTIONS, convention
from lstm_verify.conventions.orders import gate_order, reorder

__all__ = ["CONVENTIONS", "Convention", "Parameter", "convention", "gate_order", "reorder"]
