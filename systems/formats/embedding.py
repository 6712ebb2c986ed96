"""Stand-in."""
import numpy as np


def embed(text): return np.zeros(50,np.float32)
