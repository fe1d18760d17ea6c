"""Which visits the cadence of a policy asks for, when, of whom, and whether there is time for them."""
