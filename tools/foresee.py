def field(seconds): return {}
