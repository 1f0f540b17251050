"""What is said and how: decisions in, approved words out."""
