# Part of logistics_crm. License LGPL-3 or later.
"""Reading an uploaded CSV file row by row, whatever is in it.

The csv module alone is not enough for files from strangers: one quote that is never closed makes
it swallow the rest of the file as one cell, a line of 5 MB is read whole, and it cannot tell the
line of the file on which a row begins. This reader bounds what one row may take, resumes at the
next line after a row that cannot be read, and numbers rows by the physical line they begin on
(the header is line 1), which is what an editor shows.
"""

import csv
import io
import os
from collections import deque

MAX_LINE_BYTES = 1_000_000  # one line of the file
MAX_ROW_LINES = 50  # one row with line breaks inside quotes
_CHUNK = 1 << 16

_FOREIGN_STARTS = (
    (b"PK\x03\x04", "workbook"),
    (b"\xd0\xcf\x11\xe0", "workbook"),
    (b"\xff\xfe", "utf16"),
    (b"\xfe\xff", "utf16"),
)


class FileProblem(Exception):
    """The file as a whole cannot be used; ``line`` is where that showed.

    ``problems`` is ``[(column, reason)]``; column is empty unless one column is meant.
    """

    def __init__(self, line, reason, problems=None):
        super().__init__(reason)
        self.line = line
        self.problems = problems or [("", reason)]


class _RunawayRow(Exception):
    """A quoted cell goes on for longer than any row does."""


class CsvSource:
    """A file path, a text or bytes that can be opened more than once.

    A ``str`` is a path when it names an existing file, or looks like one (a single line that
    ends in ``.csv`` or ``.txt``); any other ``str`` is the text itself. Never hand over a ``str``
    that comes from a browser: give its bytes, which are never taken for a path.
    """

    def __init__(self, env, text_or_path):
        self.env = env
        self.path = None
        self.content = None
        if isinstance(text_or_path, (bytes, bytearray, memoryview)):
            self.content = bytes(text_or_path)
        elif isinstance(text_or_path, os.PathLike):
            self.path = os.fspath(text_or_path)
        elif self._is_path(text_or_path):
            self.path = text_or_path
        else:
            # lone surrogates are kept here and refused as bad UTF-8 while reading
            self.content = text_or_path.encode("utf-8", "surrogatepass")

    @staticmethod
    def _is_path(text):
        if not text or len(text) > 4096 or "\n" in text or "\0" in text:
            return False
        return os.path.isfile(text) or (
            "," not in text and text.casefold().endswith((".csv", ".txt"))
        )

    def open(self):
        """Return a binary stream over the whole content.

        :raise FileProblem: when the path cannot be read
        """
        if self.path is None:
            return io.BytesIO(self.content)
        try:
            return open(self.path, "rb")
        except OSError as error:
            raise FileProblem(
                1,
                self.env._(
                    "The file %(path)s cannot be read (%(error)s). Check the path.",
                    path=self.path,
                    error=error.strerror or error,
                ),
            ) from error


class RowReader:
    """Iterate over ``(line, cells, problem)`` of a binary stream of comma separated values.

    ``line`` is the physical line on which the row begins. Either ``cells`` is a list of strings
    and ``problem`` is None, or ``cells`` is None and ``problem`` says in words why the row cannot
    be read. Empty lines are passed over. Memory is bounded by one row.

    :raise FileProblem: when the rest of the file makes no sense either (wrong encoding, an Excel
        workbook)
    """

    def __init__(self, env, stream):
        self.env = env
        self.stream = stream
        self.next_line = 1
        self.pushed_back = deque()  # (line, text, problem) to be read again
        self.pending = []  # lines of the row being read
        self.bad_text = ""  # of the row that could not be read, to give it back

    def __iter__(self):
        while True:
            self.pending = []
            reader = csv.reader(self._feed(), strict=True)
            try:
                for cells in reader:
                    line = self.pending[0][0]
                    self.pending = []
                    if cells:
                        yield line, cells, None
                return
            except _RunawayRow:
                problem = self.env._(
                    "A quotation mark opens a cell and is not closed. Close it, or write two "
                    "quotation marks for one inside the text."
                )
            except csv.Error as error:
                problem = self._csv_problem(error)
            if not self.pending:
                return
            line, text, bad = self.pending[0]
            self.bad_text = text.rstrip("\r\n")
            # only the first line is lost: what follows may be fine
            self.pushed_back.extendleft(reversed(self.pending[1:]))
            yield line, None, bad or problem

    def _csv_problem(self, error):
        words = str(error)
        if "end of data" in words:
            return self.env._(
                "A quotation mark opens a cell and is not closed before the end of the file. "
                "Close it, or write two quotation marks for one inside the text."
            )
        if "expected after" in words:
            return self.env._(
                "Text follows a closing quotation mark. Write two quotation marks for one inside "
                "the text, or remove it."
            )
        return self.env._("The row is not well-formed CSV (%s).", words)

    def _feed(self):
        """Yield the text of the lines and keep those of the current row in ``pending``."""
        while True:
            entry = self._next_entry()
            if entry is None:
                return
            _line, text, problem = entry
            if problem is not None and self.pending:
                self.pushed_back.appendleft(entry)
                raise _RunawayRow
            self.pending.append(entry)
            if problem is not None or len(self.pending) > MAX_ROW_LINES:
                raise _RunawayRow
            yield text

    def _next_entry(self):
        if self.pushed_back:
            return self.pushed_back.popleft()
        raw = self.stream.readline(MAX_LINE_BYTES + 1)
        if not raw:
            return None
        line = self.next_line
        self.next_line += 1
        if line == 1:
            raw = self._check_start(raw)
        if len(raw) > MAX_LINE_BYTES:
            self._skip_to_line_end(raw)
            start = raw[:200].decode("utf-8", "replace")
            problem = self.env._(
                "The line is longer than %s bytes. Is a line break missing?", MAX_LINE_BYTES
            )
            return line, start, problem
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise FileProblem(line, self._encoding_problem(raw, error)) from error
        if "\0" in text:
            problem = self.env._(
                "The line contains a NUL character: it is not plain text. Export the file again "
                "as CSV UTF-8."
            )
            return line, text.replace("\0", "�"), problem
        return line, text, None

    def _check_start(self, raw):
        for start, kind in _FOREIGN_STARTS:
            if raw.startswith(start):
                if kind == "workbook":
                    reason = self.env._(
                        "This is a spreadsheet workbook, not a CSV file. Open it and save it as "
                        "CSV UTF-8 (comma delimited)."
                    )
                else:
                    reason = self.env._(
                        "The file is encoded in UTF-16. Save it as CSV UTF-8 (comma delimited)."
                    )
                raise FileProblem(1, reason)
        if b"\r" in raw.rstrip(b"\r\n") and not raw.endswith(b"\n"):
            raise FileProblem(
                1,
                self.env._(
                    "The lines end with the old Macintosh line break. Save the file with Windows "
                    "or Unix line ends."
                ),
            )
        return raw.removeprefix(b"\xef\xbb\xbf")

    def _encoding_problem(self, raw, error):
        position = error.start + 1
        byte = f"0x{raw[error.start]:02X}"
        return self.env._(
            "The file is not UTF-8: byte %(byte)s at position %(position)s of line %(line)s. It "
            "may be GBK or Windows-1252; save it as CSV UTF-8 and import that.",
            byte=byte,
            position=position,
            line=self.next_line - 1,
        )

    def _skip_to_line_end(self, raw):
        while raw and not raw.endswith(b"\n"):
            raw = self.stream.readline(_CHUNK)
