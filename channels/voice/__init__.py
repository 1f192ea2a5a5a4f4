"""Recordings of texts that are read aloud: spoken by a synthesiser, at a broadcaster's loudness, as files."""
