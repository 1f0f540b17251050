"""Safety triage: what must be caught before anything is matched."""
