"""What patients do here: ask, and be answered from the live release."""
