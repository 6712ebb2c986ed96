"""Making expressions of one's own: new ones from others, pictures of their course, and faders that move a face."""
