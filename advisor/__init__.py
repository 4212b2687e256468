"""Advice on where a service should keep its state, from rules that a person can read and check."""
