"""How advice is shown. Each form is a module of its own, so that nobody pays for another's imports."""
