-- Relay objects of other regions whose events are all in the journal, so that a lost answer repeats harmlessly. Forgotten as
-- the ledger is.
CREATE TABLE ingest.relayed (
    region text NOT NULL,
    key text NOT NULL,
    sha256 text NOT NULL,
    delivered_at bigint NOT NULL,
    PRIMARY KEY (region, key, sha256));

CREATE INDEX relayed_by_age ON ingest.relayed (delivered_at);
