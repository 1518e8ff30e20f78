"""What is asked of the report's 84 autoencoders: `python -m nnlib.experiments`."""
