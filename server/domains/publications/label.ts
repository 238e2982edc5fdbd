import { type Fact, fact } from '@/server/foundation/facts';
import type { PublicationKind } from './publication-kind';

/** How a publication is called: within a sentence, and with a capital letter at the start of one. */
export interface Label {
  inside: Fact;
  start: Fact;
}

/** “title” on X; the next part of “title” on X. `follow` says how the platform attaches what follows a post. */
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
