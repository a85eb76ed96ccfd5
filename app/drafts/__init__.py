"""Drafts: what people have begun to write is kept on the server until it is sent or discarded."""
