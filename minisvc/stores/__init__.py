"""The store servers that the lab starts, or uses where they stand."""
