-- From here on the sandbox creates its tables itself, once it is on. Tables with rows stay as they are, and it takes them over.
DO $$
DECLARE
  t text;
  filled boolean;
BEGIN
  FOR t IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'tributary_sandbox' LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s)', t) INTO filled;
    IF filled THEN
      RETURN;
    END IF;
  END LOOP;
  DROP TABLE IF EXISTS
    tributary_sandbox.accounts, tributary_sandbox.codes, tributary_sandbox.etsy_assets, tributary_sandbox.etsy_ledger,
    tributary_sandbox.etsy_listings, tributary_sandbox.etsy_receipts, tributary_sandbox.faults, tributary_sandbox.grants,
    tributary_sandbox.media, tributary_sandbox.media_parts, tributary_sandbox.posts, tributary_sandbox.reposts,
    tributary_sandbox.settings, tributary_sandbox.stripe_deliveries, tributary_sandbox.stripe_objects,
    tributary_sandbox.stripe_requests, tributary_sandbox.tokens;
END
$$;
