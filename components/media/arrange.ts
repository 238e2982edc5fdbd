import type { MediaDraft } from './types';

/** Moves a file to another position, counted from 0. */
export function moved(media: readonly MediaDraft[], fileId: string, to: number): MediaDraft[] {
  const one = media.find((m) => m.fileId === fileId);
  if (!one) return [...media];
  const others = media.filter((m) => m !== one);
  return [...others.slice(0, to), one, ...others.slice(to)];
}

/** Puts a removed file back at its position; changes nothing if it is already there. */
export function putBack(media: readonly MediaDraft[], one: MediaDraft, at: number): MediaDraft[] {
  if (media.some((m) => m.fileId === one.fileId)) return [...media];
  return [...media.slice(0, at), one, ...media.slice(at)];
}

/** Sorts by this order of file ids; files that it does not name come last, in their current order. */
export function arranged(media: readonly MediaDraft[], order: readonly string[]): MediaDraft[] {
  const place = (one: MediaDraft) => (order.includes(one.fileId) ? order.indexOf(one.fileId) : order.length);
  return [...media].sort((a, b) => place(a) - place(b));
}
