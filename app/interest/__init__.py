"""What people keep an eye on: bookmarks, and places that they watch or have muted."""
