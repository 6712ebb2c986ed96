"""Behaviour: what happens each tick. A system never imports another system; they meet in components, resources and events."""
