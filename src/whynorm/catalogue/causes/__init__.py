"""One file for each of the contract's causes; its docstring is the page that `whynorm explain` prints."""
