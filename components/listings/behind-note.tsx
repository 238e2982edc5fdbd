import type { Listing } from '@/server/domains/listings/schemas';

const WORDS: Record<Listing['behind'][number], string> = {
  title: 'title',
  description: 'description',
  tags: 'tags',
  file: 'file',
};

/** What a shop has or gets instead, and what a person can do about it, by what became of the listing. */
function wordsFor(state: Listing['state'], parts: string): [has: string, remedy: string] {
  if (state === 'failed')
    return [
      `has a draft with the old ${parts}, and trying again goes on with that.`,
      'To list the product as it is now, take it down and list it again.',
    ];
  if (state === 'pending' || state === 'listing')
    return [
      `gets the old ${parts}: the product was changed after you listed it.`,
      'To show the product as it is now, take it down afterwards and list it again, or change it in the shop itself.',
    ];
  return [
    `still shows the old ${parts}.`,
    'To show the product as it is now, take it down and list it again, or change it in the shop itself.',
  ];
}

/** Says what a shop shows otherwise than the product, and what can be done; nothing when they are the same. */
export function BehindNote({
  listing,
}: {
  listing: Pick<Listing, 'behind' | 'sent' | 'connectionName' | 'state'>;
}) {
  const { behind, sent, connectionName, state } = listing;
  if (behind.length === 0 || !sent) return null;
  const parts = behind.map((part) => WORDS[part]);
  const last = parts.at(-1);
  const named = parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${last}` : String(last);
  const [has, remedy] = wordsFor(state, named);
  return (
    <div className="grid gap-1">
      <p className="text-warning">
        <bdi>{connectionName}</bdi> {has} {remedy}
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
