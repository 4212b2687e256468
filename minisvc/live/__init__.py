"""A running cluster on a terminal: instances, figures and events, and keys that break it.

`terminal` owns the terminal and gives it back; `figures` takes the cluster's figures; `screen` draws them;
`keys` says what each key does; `view` holds them together.
"""

from minisvc.live.view import watch

__all__ = ["watch"]
