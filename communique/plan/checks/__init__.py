"""What can be wrong with what will be said: each check looks at what it is given, and at nothing else."""
