"""A PDF to a document: by the structure that it is tagged with and by its ruled lines."""
