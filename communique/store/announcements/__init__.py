"""What has been said in public, corrected, withdrawn or cancelled, as the ledger keeps it."""
