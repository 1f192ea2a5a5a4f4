"""The database: one module a subject, every change in one place, no decisions."""
