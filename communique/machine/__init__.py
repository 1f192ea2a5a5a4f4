"""The machine below: its files, what a process may not have more of, and work in a process of its own."""
