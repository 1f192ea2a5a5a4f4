"""Those who work at the desk: who they are, what they agreed to, and what they did."""
