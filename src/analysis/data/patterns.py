"""The forms of names and codes, as regular expressions."""

GSS = r"[EWKN]\d{8}"
# An area's name, which is also that of its folders.
SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
# An outcome, a stage or a question.
CODE = r"[a-z][a-z0-9_]*"
# What no line of text holds: control characters, line and paragraph breaks, what XML does not know.
UNPRINTABLE = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]"
