import { type Fact, fact } from '@/server/foundation/facts';
import type { PublicationKind } from './publication-kind';

/** The name of a publication in messages: within a sentence, and capitalized at the start of one. */
export interface Label {
  inside: Fact;
  start: Fact;
}

/**
 * Returns the label of a publication: “title” on X; the next part of “title” on X. `follow` is how the platform attaches what follows a
 * post.
 */
export function labelOf(
  kind: PublicationKind,
  title: string,
  place: string,
  follow: 'thread' | 'firstComment' | null | undefined,
): Label {
  const name = kind === 'reply' ? (follow ?? 'followUp') : kind;
  const params = { title, place };
  return {
    inside: fact(`publications.labels.inside.${name}`, params),
    start: fact(`publications.labels.start.${name}`, params),
  };
}
