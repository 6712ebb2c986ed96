"""Data: typed columns and plain records with units and docs; no behaviour.

A column component (`@component`) is one NumPy column a field and one row an entity; a record (`msgspec.Struct`) is a
resource, an event, an asset or a sparse component. Systems meet in what is declared here.
"""
