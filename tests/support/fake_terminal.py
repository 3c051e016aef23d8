"""A terminal that is none: what was written to it, and what stands on its last line."""

import io


class FakeTerminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True

    @property
    def shown(self):
        """Every text that stood on the last line, once."""
        texts = (text.strip() for text in self.getvalue().split("\r"))
        return list(dict.fromkeys(filter(None, texts)))

    @property
    def last_line(self):
        """What is left on the last line."""
        line = ""
        for part in self.getvalue().rsplit("\n", 1)[-1].split("\r"):
            line = part + line[len(part) :]
        return line.strip()
