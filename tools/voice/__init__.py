"""The `psi voice` tools: recordings to oscillators and back."""
