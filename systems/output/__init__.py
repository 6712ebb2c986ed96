"""Where sound and picture leave: files, film, loudspeaker, window."""
