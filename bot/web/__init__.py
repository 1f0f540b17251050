"""The doors: pages for patients, a JSON API, health."""
