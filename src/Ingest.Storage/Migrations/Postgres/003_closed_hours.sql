-- One row: the last hour that takes no more events, in whole hours since the Unix epoch; null before the first.
-- Whoever appends holds the advisory lock of closing in shared mode from before it reads the row until its transaction
-- ends; whoever closes an hour holds it alone. So once an hour is closed, no append that saw it open is under way.
CREATE TABLE ingest.closed_hours (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    last_hour int);

INSERT INTO ingest.closed_hours DEFAULT VALUES;
