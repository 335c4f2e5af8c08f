"""How an array of ours is laid out as it is wanted, and read as it is shown, in lines of NumPy.

Ours have no rows of a batch: x [I], inputs [T, I], h and c [H]. Axes are as in `adopt.calling`.
"""

from __future__ import annotations

from collections.abc import Mapping

from lstm_verify.adopt.calling import Slot, steps_of

WORDS = {"T": "steps", "B": "rows", "I": "inputs", "H": "units", "1": "1"}


def laid(name: str, ours: str, axes: str) -> str:
    """Return `inputs[:, None]` for inputs [T, I] that are wanted as TBI."""
    if axes.startswith("*"):
        step = laid("step", ours.replace("T", ""), axes[1:])
        return f"list({name})" if step == "step" else f"[{step} for step in {name}]"
    own = "".join(axis for axis in axes if axis in ours)
    return name + (".T" if own != ours else "") + _index([":" if a in ours else "None" for a in axes])


def read(place: str, axes: str, ours: str, stack: str = "np.stack") -> str:
    """Return `out[0][:, 0]` for out[0] with the axes TBH that is read as [T, H]."""
    if axes.startswith("*"):
        place, axes = f"{stack}({place})", f"T{axes[1:]}"
    own = "".join(axis for axis in axes if axis in ours)
    return place + _index([":" if axis in ours else "0" for axis in axes]) + (".T" if own != ours else "")


def _index(entries: list[str]) -> str:
    while entries and entries[-1] == ":":
        entries = entries[:-1]
    return f"[{', '.join(entries)}]" if entries else ""


def given(slot: Slot, names: Mapping[str, str], *, whole: bool, torch: bool) -> str:
    """Return what is given in a place: `(h[None], c[None])`.

    Args:
        names: of the arrays that stand for x, h and c.
        whole: whether x has steps.
        torch: whether these are tensors.
    """
    if slot.what == "x":
        return laid(names["x"], "TI" if whole else "I", slot.axes)
    if "|" in slot.what:
        both = f"{'torch.cat' if torch else 'np.concatenate'}([{', '.join(names[q] for q in slot.states)}])"
        return laid(both, "H", slot.axes)
    made = [laid(names[q], "H", slot.axes) for q in slot.states]
    if len(made) == 1:
        return made[0]
    inside = ", ".join(made)
    return f"({inside})" if slot.what[0] == "(" else f"[{inside}]"


def shown(slot: Slot, quantity: str, *, whole: bool, torch: bool) -> str:
    """Return the h or c that stands in a place: `out[1][0]`, or half of an array that has both.

    Args:
        whole: whether of all steps.
        torch: whether what is shown are tensors.
    """
    place = f"out{path(slot.where)}"
    if slot.attribute:
        name, _, rest = slot.where.partition("[")
        place = f"net{name}{path(f'[{rest}')}"
        if slot.axes.startswith("*"):  # a list, or a dictionary by steps
            place = f"[{place}[t] for t in range(len(inputs))]"
    if slot.what[0] in "([":  # a pair of arrays
        place += f"[{slot.states.index(quantity)}]"
    text = read(place, slot.axes, "TH" if whole else "H", "torch.stack" if torch else "np.stack")
    if "|" in slot.what:
        half = ":hidden_size" if slot.states[0] == quantity else "hidden_size:"
        text += f"[{':, ' if whole else ''}{half}]"
    return f"{text}.numpy()" if torch else text


def path(where: str) -> str:
    """Return a path as it is written in Python: "[1][c]" is `[1]["c"]`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f'["{key}"]' for key in steps_of(where))


def axes_in_words(slot: Slot) -> str:
    """Return what axes an array is given with: "[steps, rows, inputs]"."""
    words = ", ".join(WORDS[axis] for axis in slot.axes.lstrip("*"))
    text = f"a list of [{words}]" if slot.axes.startswith("*") else f"[{words}]"
    both = slot.what.strip("()[]").replace(" ", ", ").replace("|", ", ")
    return f"{both} of {text}" if ", " in both else text
