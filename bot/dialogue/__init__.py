"""The Bot: the path of a question from text to reply."""
