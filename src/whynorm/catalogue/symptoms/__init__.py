"""One file for each of the contract's symptoms; its docstring is the page that `whynorm explain` prints."""
