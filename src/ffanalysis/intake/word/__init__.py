"""A Word file to a document: a walk over its XML, and mammoth as a second reader."""
