"""For all tests."""

from hypothesis import settings

# Timings belong to benchmarks, not to tests: a busy machine must not fail a property.
settings.register_profile("statewise", deadline=None)
settings.load_profile("statewise")
