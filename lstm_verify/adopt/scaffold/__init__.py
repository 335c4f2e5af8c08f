"""Writing an adapter, to be read and edited, for an LSTM that was made out as far as could be.

draft     what is known of it, and the adapter's lines
kinds     how a module, an object or a function is made, filled and called, in lines of Python
weights   what a parameter is filled with, as NumPy
arrays    how an array is laid out and read, as NumPy
importing the lines that import it
"""
