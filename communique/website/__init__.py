"""The public website as a pure function of what was published."""
