"""What happens at the counter: people, rights, the audit log."""
