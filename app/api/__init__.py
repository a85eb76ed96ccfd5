"""The JSON API: what people can do in a browser, for their programs."""
