"""QuickFIX's verdict of messages, line by line: `VERSION HEX` in, the exception's name and field out, or `right`.

Run as a process: `quickfix_verdicts.py FIX42.xml FIX44.xml`.
"""

from __future__ import annotations

import sys

import quickfix as fix


def main(files: list[str]) -> None:
    dictionaries = dict(zip(("FIX.4.2", "FIX.4.4"), map(fix.DataDictionary, files), strict=True))
    for dictionary in dictionaries.values():
        dictionary.checkUserDefinedFields(False)
    for line in sys.stdin:
        version, frame = line.split()
        message = fix.Message()
        try:
            message.setString(bytes.fromhex(frame).decode("ascii"), True, dictionaries[version])
            dictionaries[version].validate(message)
            verdict = "right"
        except Exception as error:
            verdict = f"{type(error).__name__} {getattr(error, 'field', 0)}"
        print(verdict, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
