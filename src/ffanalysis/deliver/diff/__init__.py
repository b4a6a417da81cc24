"""What differs between two states of the reports: of two quarters, or of two editions of one."""
