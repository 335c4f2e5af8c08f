"""lstm-verify backends: what can be run."""

from __future__ import annotations

import textwrap

import click


@click.command(name="backends")
def command() -> int:
    """List the implementations that can be run, and what each needs."""
    from lstm_verify.backends.registry import kinds, missing
    from lstm_verify.lstm.semantics import FEATURES

    width = max(map(len, kinds()))
    for name, kind in kinds().items():
        click.echo(f"{name.ljust(width)}  {kind.summary}")
        reason = missing(kind)
        if reason:
            click.echo(f"{' ' * width}  {reason}")
    click.echo(
        "\nOptions go after a comma: torch.lstm,dtype=float64,threads=2,device=cpu,accuracy=8ulp+4u\n"
        "accuracy=FILE.json grants what lstm-verify activations --save wrote\n"
        "python: your LSTM as it is, a class, an object or a function with its parameters: how it is made,\n"
        "        filled and called is found out; init=, method=, weights=, layout=, call= say what is not\n"
        "        found, semantics=coupled=f=1-i which variant it is; or a function of our form, form=step\n"
        "        (cell(x, h, c, w) -> (h, c)) or form=sequence (lstm(inputs, h0, c0, w) -> (h, c or None))\n"
        "        it runs in a process of its own, and may take 60 s for a case (run --timeout)\n"
        "exec:   a program that reads and writes lines of JSON; options go before the colon, as in\n"
        "        exec,dtype=float32:./lstm (lstm-verify exec-check ./lstm says what is wrong with it)\n"
        "What your own code can do beside a plain LSTM it says (cell.supports, or its hello) by these names:"
    )
    names = ", ".join(("proj_size", *FEATURES))
    click.echo(textwrap.fill(names, 100, initial_indent=" " * 8, subsequent_indent=" " * 8))
    return 0
