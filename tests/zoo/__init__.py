"""Small LSTMs as people write them, right and wrong, in the shapes of a survey of public hand-written ones.

None of them knows of the package, or keeps its contracts: what their parameters are, how they are called and
what they return has to be found. `table` says what each is and what is to be said of it.
"""
