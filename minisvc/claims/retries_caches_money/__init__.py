"""Claims about what happens twice, what is kept for the next one, and money."""
