"""Addresses of the forum that people came from."""
