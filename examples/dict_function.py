"""One step of an LSTM as a function on columns, one for each example; its parameters are in a dictionary.

Check it: lstm-verify run generic -b python:dict_function.py:lstm_step
It says:

    python:dict_function.py:lstm_step  agrees: if its matrices are those of [h, x]; 24 of 24 numbers
          checked, all where correct float64 arithmetic must put them
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_step(xt, a_prev, c_prev, parameters):
    both = np.concatenate([a_prev, xt])
    ft = sigmoid(parameters["Wf"] @ both + parameters["bf"])
    it = sigmoid(parameters["Wi"] @ both + parameters["bi"])
    cct = np.tanh(parameters["Wc"] @ both + parameters["bc"])
    ot = sigmoid(parameters["Wo"] @ both + parameters["bo"])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    return a_next, c_next
