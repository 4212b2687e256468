"""Claims about what a client holds and sends, so that servers need not remember it."""
