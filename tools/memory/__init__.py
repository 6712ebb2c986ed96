"""Memories for people: tables, pages, pictures, and what a memory survives."""
