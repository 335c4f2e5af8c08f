"""exec:COMMAND: implementations in any language, held to a protocol of JSON lines; docs/exec.md has it."""

from __future__ import annotations

from lstm_verify.backends.base import Kind
from lstm_verify.backends.harness.backend import make

KINDS = [
    Kind(
        "exec",
        "any program that speaks JSON lines: exec:COMMAND (see exec-check)",
        None,
        make,
        takes_command=True,
    )
]
