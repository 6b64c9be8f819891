"""What is true of jobs, estimates, invoices and payments."""
