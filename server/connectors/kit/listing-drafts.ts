import { plainText } from './match-text';
import type { CreatedListing, ListInput } from './types';

/** How much the platform's clock may be behind ours, in milliseconds. */
const CLOCK_MARGIN_MS = 900_000;

/** The requests of listing something at a shop that first makes a draft. They throw ConnectorFault. */
export interface DraftSteps<L> {
  /** Returns a listing, or null if the shop says that there is none. */
  read(id: string): Promise<L | null>;
  /** Finds the listing that carries our marker, or a draft without it that is certainly ours. Null only if there is certainly none. */
  find(): Promise<L | null>;
  /** Creates the draft. */
  create(): Promise<L>;
  /** Completes a draft: marker, price, stock, pictures and files, as far as they are missing. May be repeated. */
  fill(id: string): Promise<unknown>;
  /** Offers it to buyers. */
  offer(id: string): Promise<L>;
  idOf(listing: L): string;
  stateOf(listing: L): 'draft' | 'offered' | 'ended';
  addressOf(listing: L): string;
}

/**
 * Lists something once, wherever an earlier attempt ended: a draft that we recorded may have been deleted by hand, and one that we did not
 * record may exist.
 */
export async function listFromDraft<L>(input: ListInput, steps: DraftSteps<L>): Promise<CreatedListing> {
  const resumed = input.resume ? await steps.read(input.resume) : null;
  const found = resumed ?? (await steps.find()) ?? (await steps.create());
  const id = steps.idOf(found);
  if (id !== input.resume) await input.onDraft(id);
  if (steps.stateOf(found) === 'draft') await steps.fill(id);
  const live = steps.stateOf(found) === 'offered' ? found : await steps.offer(id);
  return { remoteId: id, url: steps.addressOf(live) };
}

/** What tells listings apart. */
export interface ListingMarks {
  readonly skus: readonly string[];
  readonly title: string;
  readonly description: string | undefined;
  readonly createdAt: Date | null | undefined;
}

/** When the oldest listing can have been created that an attempt may have left, in milliseconds since 1970; null if that is not known. */
export const oldestDraft = ({ since }: ListInput): number | null =>
  since ? since.getTime() - CLOCK_MARGIN_MS : null;

/**
 * Finds what an earlier attempt left among drafts: one without a marker, which was created just before it could be written, with our texts.
 * `similar`: one with our title, of which the shop may have changed the description, so that only a person can tell.
 */
export function findDraft<L>(
  drafts: readonly L[],
  input: ListInput,
  marksOf: (listing: L) => ListingMarks,
): { ours: L | null; similar: boolean } {
  const since = oldestDraft(input);
  const same = (a: string, b: string) => plainText(a) === plainText(b);
  const bare = drafts.filter((draft) => {
    const { skus, title, createdAt } = marksOf(draft);
    const isNew = since === null || (createdAt?.getTime() ?? since) >= since;
    return skus.length === 0 && isNew && same(title, input.title);
  });
  const ours = bare.find((draft) => same(marksOf(draft).description ?? '', input.description)) ?? null;
  return { ours, similar: ours === null && since !== null && bare.length > 0 };
}
