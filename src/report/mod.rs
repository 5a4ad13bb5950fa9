//! What a person or a machine reads: text, ladder, JSON, captures.
