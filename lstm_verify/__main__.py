"""`python -m lstm_verify` is `lstm-verify`."""

from lstm_verify.cli import main

main()
