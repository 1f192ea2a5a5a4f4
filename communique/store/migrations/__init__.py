"""How a ledger comes from one version to the next; `python -m communique.store.migrations` writes the next step."""
