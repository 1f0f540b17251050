"""Figures: how well the bot answers, and whether a release may go live."""
