"""What the documents claim about speed, measured by one command: `make bench`."""
