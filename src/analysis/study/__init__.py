"""The door of the notebooks: a run, its parameters, what it is made from, and its manifest."""
