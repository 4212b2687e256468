"""Lets `python -m advisor` do what the `advisor` command does."""

from advisor.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
