"""lstm-verify scaffold: write an adapter for an LSTM, to be edited."""

from __future__ import annotations

import textwrap

import click


@click.command(name="scaffold")
@click.argument("backend")
def command(backend: str) -> int:
    """Write an adapter for your LSTM: a short function that makes it, fills it and calls it.

    BACKEND is as after `run -b`: python:my_lstm.py:MyLSTM, with the options that it needs. Save what is
    written, change what is wrong, and check it: lstm-verify run generic -b python:adapter.py:cell

    What could not be made out is marked with TODO in the adapter.
    """
    from lstm_verify.adopt.scaffold.making import scaffold
    from lstm_verify.backends.errors import Unusable
    from lstm_verify.backends.registry import asked, options_of

    text = backend if backend.startswith("python:") else f"python:{backend}"
    try:
        options = options_of(text)
        adapter = scaffold(asked(text).target or "", options)
        options.refuse_unused("python")
    except Unusable as error:
        click.echo(f"Error: {error}", err=True)
        return 2
    click.echo(adapter.text, nl=False)
    if adapter.why:
        note = f"note: it could not be made out; what is missing is marked with TODO. {adapter.why}"
        click.echo(textwrap.fill(note, 100, break_long_words=False, break_on_hyphens=False), err=True)
    return 0
