"""A PDF of a page's text in a few hundred bytes of ASCII, where no real one is needed."""

import html
import re

_LINE, _TOP = 14, 800
_PAPER = "/MediaBox [0 0 595 842]"
_NEW_LINE = re.compile(r"</(?:p|h\d|li|tr|div)>|<br>")


def pdf_of(page: str, more: str = "") -> str:
    """A document of one page with the text of an HTML page, without its styles and pictures."""
    words = re.sub(r"(?s)<style.*?</style>", "", page)
    lines = html.unescape(re.sub(r"<[^>]*>", "", _NEW_LINE.sub("\n", words))).splitlines()
    shown = "\n".join(
        f"({_escaped(' '.join(line.split()))}) Tj T*" for line in lines if line.strip()
    )
    text = f"BT /F 10 Tf {_LINE} TL 40 {_TOP} Td\n{shown}\nET"
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    resources = f"<< /Font << /F {font} >> >>"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R {_PAPER} /Contents 4 0 R /Resources {resources} >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
    )
    made = f"%PDF-1.4\n%{more}\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        f"{made}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    )


def _escaped(line: str) -> str:
    """A line as a text of PDF, with codes for what is not ASCII."""
    signs = line.encode("cp1252", "replace")
    return "".join(
        f"\\{sign:03o}" if sign > 126 or chr(sign) in "()\\" else chr(sign) for sign in signs
    )
