from .autoencoder import Autoencoder

__all__ = ["Autoencoder"]
