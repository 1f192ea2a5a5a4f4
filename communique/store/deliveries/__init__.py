"""What is owed to whom, and what became of it: the ledger itself, and what holds it up."""
