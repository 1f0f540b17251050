"""Words: from whatever was typed to what was meant, and how alike two texts are."""
