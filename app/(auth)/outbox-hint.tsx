/** Where an installation that sends no e-mail keeps it. Nothing where e-mail leaves. */
export function OutboxHint({ outbox, what }: { outbox: 'readable' | 'elsewhere' | 'none'; what: string }) {
  if (outbox === 'none') return null;
  return outbox === 'readable' ? (
    <p>
      This installation sends no e-mail:{' '}
      <a href="/outbox" className="underline underline-offset-4">
        read it in the outbox
      </a>
    </p>
  ) : (
    <p>
      This installation sends no e-mail. Whoever runs it finds {what} in the outbox, on the machine that it
      runs on.
    </p>
  );
}
