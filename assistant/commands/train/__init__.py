"""`shortlist train ...`: weights from expert grades, labels or labelled requests."""
