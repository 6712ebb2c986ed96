"""Taichi twins of the kernels one folder up: same file name, same function name, same arguments."""
