"""What people write in YAML, read into models: every fault at once, each at its place."""
