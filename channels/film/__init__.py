"""Pictures and a voice made into films, with captions in time with what is said."""
