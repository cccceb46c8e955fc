"""For programs that use Keras 3: an instance norm that reads the files of old ones, and a doctor for `fit`.

Importing it imports Keras, and registers the layer under the name that tensorflow_addons gave its own, so that
`keras.saving.load_model` reads those files. Keras 3.5 on, on the TensorFlow, JAX and PyTorch backends.
"""

from whynorm.keras.doctor import Doctor
from whynorm.keras.instance_normalization import InstanceNormalization

__all__ = ["Doctor", "InstanceNormalization"]
