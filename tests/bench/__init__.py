"""What `make bench` runs. Absolute numbers are this machine's; the ratios within one run are what counts."""
