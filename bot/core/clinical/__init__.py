"""What a patient's words and numbers mean, and what must be done about them."""
