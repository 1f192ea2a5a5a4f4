"""What needs a person, told to the officers by mail. No part of the announcements' ledger."""
