"""Boards, and what may be read in them."""
