"""The forms of names and codes, as regular expressions."""

GSS = r"[EWKN]\d{8}"
# An area's name, which is also that of its folders.
SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
# An outcome, a stage or a question.
CODE = r"[a-z][a-z0-9_]*"
