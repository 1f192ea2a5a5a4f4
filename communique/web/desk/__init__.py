"""The officers' desk: what goes out next, what is wrong, approve, and watch it go."""
