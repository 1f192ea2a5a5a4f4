"""Announcements as their readers will see them, before anything goes out; for the desk, the command line, a folder."""
