"""The quantities that an option names, such as c,h."""

from __future__ import annotations

import click

from lstm_verify.lstm.semantics import SHOWN


def quantities(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Read quantities with commas between them, each of them once; None where the option is not given.

    Raises:
        click.BadParameter: there is none, or one that a trace does not have.
    """
    if value is None:
        return None
    names = tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
    if not names or any(name not in SHOWN for name in names):
        raise click.BadParameter(f"expected some of {','.join(SHOWN)}, not '{value}'")
    return names
