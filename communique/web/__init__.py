"""Pages that need a server: health, and the way out of a list."""
