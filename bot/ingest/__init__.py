"""Documents in: what a clinic has is read, cut into sections, checked for claims, and proposed as drafts."""
