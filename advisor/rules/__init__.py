"""Loads rules.yaml. Nothing else reads it, and nothing that breaks its scheme gets past."""

from advisor.rules.load import default_rules_file, load_rules, rulebook_of

__all__ = ["default_rules_file", "load_rules", "rulebook_of"]
