"""Trained networks, and the commands that train them: `python -m nnlib.zoo`. Floor 5."""
