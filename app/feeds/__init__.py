"""The forum for machines: Atom feeds and sitemaps, of what guests may read."""
