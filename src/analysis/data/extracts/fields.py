"""Fields of a delimited text as codes, without a Python object for each."""

import numpy as np
import pandas as pd

_WORD = 8  # bytes
_LONGEST = 8 * _WORD
_KEPT = np.array([(1 << 8 * size) - 1 for size in range(_WORD + 1)], np.uint64)


class Fields:
    """A text of which the bytes can be looked at eight at a time; it holds no NUL."""

    def __init__(self, data: bytes) -> None:
        """Keep the text, and the words that it is made of."""
        self._data = data
        self._words = np.frombuffer(data + bytes(2 * _WORD - len(data) % _WORD), "<u8")

    def texts(self, starts: np.ndarray, ends: np.ndarray) -> list[str]:
        """Return fields one by one."""
        bounds = zip(starts.tolist(), ends.tolist(), strict=True)
        return [_unquoted(self._data[start:end].decode()) for start, end in bounds]

    def coded(self, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, list[str]]:
        """Return codes of fields, in the same shape, and the text of each code.

        Fields with the same bytes have the same code. They are told apart word by word, the end of a
        shorter one being filled with NULs; what is longer than a few words, as a whole.
        """
        shape, starts, ends = starts.shape, starts.ravel(), ends.ravel()
        lengths = ends - starts
        codes, _ = pd.factorize(self._word(starts, lengths))
        for done in range(_WORD, min(int(lengths.max(initial=0)), _LONGEST), _WORD):
            further = np.flatnonzero(lengths > done)
            codes = _apart(
                codes, further, self._word(starts[further] + done, lengths[further] - done)
            )
        longer = np.flatnonzero(lengths > _LONGEST)
        if longer.size:
            texts = np.array(self.texts(starts[longer], ends[longer]), dtype=object)
            codes = _apart(codes, longer, texts)
        some = np.zeros(codes.max(initial=-1) + 1, np.int64)
        some[codes] = np.arange(codes.size)  # one field of each code
        return codes.reshape(shape), self.texts(starts[some], ends[some])

    def _word(self, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return up to eight bytes from each start as a number."""
        at, shift = starts >> 3, ((starts & 7) << 3).astype(np.uint64)
        word = self._words[at] >> shift
        word |= self._words[at + 1] << (np.uint64(64) - shift)  # by 64 bits: nothing is left
        word &= _KEPT[np.minimum(lengths, _WORD)]
        return word


def _apart(codes: np.ndarray, at: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return codes that tell apart also by the values of some of them."""
    own, distinct = pd.factorize(values)
    codes = codes * (len(distinct) + 1)
    codes[at] += own + 1
    return pd.factorize(codes)[0]


def _unquoted(text: str) -> str:
    return text.replace('""', '"') if '"' in text else text
