"""What is measured of the values in a running program, and experiments on the program's own layers.

Values are only read, and nothing of them is kept but numbers.
"""
