"""The one application made at import, for `hypercorn -c hypercorn.toml app.asgi:app` and other ASGI servers."""

from __future__ import annotations

from app import create_app
from app.settings import load_settings

app = create_app(load_settings())
