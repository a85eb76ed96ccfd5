"""Accounts: registering, logging in and out, passwords."""
