"""The commands of `clinicbot`."""
