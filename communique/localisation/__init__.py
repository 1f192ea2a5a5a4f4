"""Texts that are given in several languages, and what a country writes otherwise than its language."""
