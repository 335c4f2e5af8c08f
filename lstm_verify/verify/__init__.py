"""From what an implementation showed, and what a puzzle states, to a verdict."""
