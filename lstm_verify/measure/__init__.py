"""How accurate the activations of an implementation are: measured, through its gates."""

from lstm_verify.measure.measure import Measured, measure

__all__ = ["Measured", "measure"]
