"""What the `advisor` command can do, one module a command."""
