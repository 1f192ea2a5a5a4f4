"""Mail that came back: what is read from it, whose it is, and what follows."""
