"""What is true of parts and the ledger of their stock."""
