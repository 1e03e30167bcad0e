"""The bytes of a text file as UTF-8, whatever encoding it is in."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from analysis.data.problems import BadDataError, Problem

BLOCK = 1 << 22  # bytes: what is looked at again and again stays in the processor's cache
_MARKS = {  # the longer first: that of UTF-32 begins as that of UTF-16 does
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SAID = "The extract does not say its encoding and was read as {}: look at letters with accents."
GUESSED = {
    "cp1252": _SAID.format("Western European (cp1252)"),
    "utf-16-le": _SAID.format("UTF-16"),
    "utf-16-be": _SAID.format("UTF-16"),
}
_NOT_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"
_UNMARKED_SHARE = 0.4  # of the bytes of English text in UTF-16 every second one is 0


def encoding(path: Path) -> str:
    """Return the encoding of a file: by its byte-order mark, else UTF-8, else cp1252.

    UTF-16 without a mark is known by its zeros. Raises BadDataError naming the first line that is
    in none of them.
    """
    with path.open("rb") as file:
        head = file.read(1 << 16)
        for mark, name in _MARKS.items():
            if head.startswith(mark):
                return name
        for name, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
            if head[offset::2].count(0) > _UNMARKED_SHARE * len(head):
                return name
        file.seek(0)
        if _is_utf8(file):
            return "utf-8"
    if head.startswith(codecs.BOM_UTF8):
        fault = "begins as UTF-8 does and is not UTF-8 throughout; save the file as CSV UTF-8"
        raise BadDataError([Problem(path.name, fault)])
    return _cp1252(path)


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(BLOCK):
            if not block.isascii() or decoder.getstate()[0]:
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _cp1252(path: Path) -> str:
    line = 1
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            at = re.search(b"[" + _NOT_IN_CP1252 + b"]", block)
            if at:
                line += block.count(b"\n", 0, at.start())
                fault = (
                    f"the byte {at.group().hex().upper()} is neither UTF-8 nor cp1252 (Western "
                    "European); save the file as CSV UTF-8"
                )
                raise BadDataError([Problem(path.name, fault, row=line)])
            line += block.count(b"\n")
    return "cp1252"


def blocks(path: Path, name: str) -> Iterator[tuple[bytes, int]]:
    """Yield a file of that encoding as UTF-8 without byte-order mark, and the bytes read so far.

    Lines end with LF or CR LF: a CR alone, the line end of old Macs, becomes LF. Raises BadDataError
    where the file is not in that encoding after all.
    """
    decoder = None if name == "utf-8" else codecs.getincrementaldecoder(name)()
    first, held, done = True, b"", 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            done += len(block)
            if decoder:
                block = _decoded(decoder, block, path.name)
            if first:
                while block.startswith(codecs.BOM_UTF8):
                    block = block.removeprefix(codecs.BOM_UTF8)
                first = False
            block = held + block
            held = b"\r" if block.endswith(b"\r") else b""
            yield _ended(block.removesuffix(held)), done
    if decoder:
        held += _decoded(decoder, b"", path.name, final=True)
    if held:
        yield _ended(held), done


def _decoded(
    decoder: codecs.IncrementalDecoder, block: bytes, file: str, *, final: bool = False
) -> bytes:
    try:
        return decoder.decode(block, final).encode()
    except UnicodeDecodeError as error:
        fault = f"is not {error.encoding}, as it begins ({error.reason}); save it as CSV UTF-8"
        raise BadDataError([Problem(file, fault)]) from None


def _ended(block: bytes) -> bytes:
    if b"\r" not in block or block.count(b"\r") == block.count(b"\r\n"):
        return block
    return re.sub(rb"\r(?!\n)", b"\n", block)
