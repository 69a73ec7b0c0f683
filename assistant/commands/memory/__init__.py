"""`shortlist memory ...`: what was learned of a recruiter, and taking it back."""
