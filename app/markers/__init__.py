"""How far people have read, and what is new to them."""
