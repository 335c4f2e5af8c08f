"""The mathematics: what varies between LSTMs, the equations, their readings, and floating-point formats."""
