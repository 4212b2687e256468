"""The commands of `minisvc`, one a file: `add` says what may be asked, `run` does it.

What is heavy is imported inside `run`, so that `minisvc --help` is quick.
"""
