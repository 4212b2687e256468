"""Claims about the place of state: in an instance's memory, in copies of it, or in a store beside."""
