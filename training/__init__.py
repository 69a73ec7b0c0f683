"""What makes weights: the ranker trainer."""
