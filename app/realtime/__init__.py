"""Websockets, and the line between processes."""
