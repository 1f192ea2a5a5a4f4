"""The tables that belong to one subject each; those of the ledger itself stand in `communique.store.database`."""
