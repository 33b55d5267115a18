"""4M in plain PyTorch: the model, generation, inputs, and the comparison with
recorded cases. bench/torch4m.py is the program."""
