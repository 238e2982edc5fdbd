import type { Listing } from '@/server/domains/listings/schemas';

const WORDS: Record<Listing['behind'][number], string> = {
  title: 'title',
  description: 'description',
  tags: 'tags',
  file: 'file',
};

/** Says what a shop shows otherwise than the product, and what can be done; nothing when they are the same. */
export function BehindNote({
  listing,
}: {
  listing: Pick<Listing, 'behind' | 'sent' | 'connectionName' | 'state'>;
}) {
  const { behind, sent, connectionName, state } = listing;
  if (behind.length === 0 || !sent || state === 'delisted') return null;
  const parts = behind.map((part) => WORDS[part]);
  const last = parts.at(-1);
  const named = parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${last}` : last;
  return (
    <div className="grid gap-1">
      <p className="text-warning">
        <bdi>{connectionName}</bdi> keeps the {named} as sent. To show the product as it is now, take it down
        and list it again, or change it in the shop itself.
      </p>
      <details className="text-muted-foreground">
        <summary className="w-fit cursor-pointer">What was sent</summary>
        <dl className="mt-2 grid gap-1">
          <dt className="font-medium">Title</dt>
          <dd dir="auto" className="wrap-anywhere">
            {sent.title}
          </dd>
          <dt className="font-medium">Description</dt>
          <dd dir="auto" className="wrap-anywhere whitespace-pre-wrap">
            {sent.description}
          </dd>
          <dt className="font-medium">Tags</dt>
          <dd dir="auto" className="wrap-anywhere">
            {sent.tags.join(', ') || 'None'}
          </dd>
        </dl>
      </details>
    </div>
  );
}
