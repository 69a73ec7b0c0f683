"""Commands about the constitution: what "qualified" means."""
