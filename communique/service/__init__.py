"""A service of an installation: its ticks, the files it goes by, and what it says of them."""
