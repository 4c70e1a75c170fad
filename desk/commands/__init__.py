"""The commands of `postloan`, a file for each group of them."""
