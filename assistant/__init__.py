"""The face of the product: settings and the command line."""
