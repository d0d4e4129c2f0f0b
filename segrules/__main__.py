"""`python -m segrules`: the command line."""

from segrules.cli.app import main

main()
