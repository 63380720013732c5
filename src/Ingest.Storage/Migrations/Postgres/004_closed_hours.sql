-- One row: the last hour that takes no more events, in whole hours since the Unix epoch; the lowest number before the first.
-- Whoever appends holds the advisory lock of closing in shared mode from before it looks at the row until its transaction
-- ends; whoever closes an hour holds it alone. So once an hour is closed, no append that saw it open is under way.
CREATE TABLE ingest.closed_hours (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    last_hour int NOT NULL DEFAULT -2147483648);

INSERT INTO ingest.closed_hours DEFAULT VALUES;
