"""The pictures of README.md and docs, made anew: `make pictures`."""
