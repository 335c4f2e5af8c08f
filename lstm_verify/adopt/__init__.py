"""People's own LSTM, as they have it: found, made, filled with weights, called and read.

importing    finds what a user names
subjects/    what people have (modules, classes, functions), behind one face: a file for each kind
roles        what the names of arguments tell
names        what the names of parameters tell: which gate each is of
expressions  what a parameter is filled with: `W_i = (i.hh|i.ih).T`
mapping      from names and shapes to the ways of filling all parameters
calling      how it is called: where it takes inputs and state, and shows h and c
ways         the ways in which it may be called, found by trying
asking       those in which it shows something, the likeliest first
told         what is known without trying: from the user, and from documentation
trying       what it shows when it is called and filled in some way
adopt        chooses a way of filling and calling it
variant      which variant of the LSTM it is declared to be
adopted      the backend that comes of it
kinds        what stands behind -b: `python:my_lstm.py:MyLSTM`
"""
