"""From an `Answer` to something a person or a program reads. No arithmetic happens here."""
