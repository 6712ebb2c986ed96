"""The field of oscillators to look at, to tune and to teach."""
