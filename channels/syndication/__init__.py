"""Feed documents: what `channels.feed` writes to disk."""
