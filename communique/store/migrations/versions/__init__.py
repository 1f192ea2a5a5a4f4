"""One file a version, named by its number. A released one is never edited."""
