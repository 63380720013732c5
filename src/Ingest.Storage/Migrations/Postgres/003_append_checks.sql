-- Fails the transaction unless something holds: a check that goes along in a batch of statements, before COMMIT.
CREATE FUNCTION ingest.require(holds boolean, code text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF holds IS NOT TRUE THEN
        RAISE EXCEPTION 'a condition of the journal does not hold (%)', code USING ERRCODE = code;
    END IF;
END
$$;
