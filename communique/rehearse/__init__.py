"""Whole campaigns under a virtual clock, on this machine alone, and a folder that shows what happened."""
