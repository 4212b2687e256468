"""Accounts: people who sign up and log in, and an OAuth 2.0 server through which programs act for them.

See docs/accounts.md. What is written here once works with every place of state; who people are is in the database.
"""
