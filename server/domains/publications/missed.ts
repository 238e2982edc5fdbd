import { fact } from '@/server/foundation/facts';

/** The kind of the action that asks what to do with what was missed. Its subject is one publication, or many of them. */
export const MISSED_ACTION = 'publication_missed';
export const MISSED_CHOICES = [
  { value: 'post_now', label: fact('publications.actions.missed.postNow') },
  { value: 'next_free', label: fact('publications.actions.missed.nextFree') },
  { value: 'skip', label: fact('publications.actions.missed.skip') },
];
