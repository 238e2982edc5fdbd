import type { MediaDraft } from './types';

/** With one of them at another place, counted from 0. */
export function moved(media: readonly MediaDraft[], fileId: string, to: number): MediaDraft[] {
  const one = media.find((m) => m.fileId === fileId);
  if (!one) return [...media];
  const others = media.filter((m) => m !== one);
  return [...others.slice(0, to), one, ...others.slice(to)];
}

/** With one that was taken out where it was; as they are when it is there again already. */
export function putBack(media: readonly MediaDraft[], one: MediaDraft, at: number): MediaDraft[] {
  if (media.some((m) => m.fileId === one.fileId)) return [...media];
  return [...media.slice(0, at), one, ...media.slice(at)];
}

/** In this order of file ids; what it does not name comes last, as it is. */
export function arranged(media: readonly MediaDraft[], order: readonly string[]): MediaDraft[] {
  const place = (one: MediaDraft) => (order.includes(one.fileId) ? order.indexOf(one.fileId) : order.length);
  return [...media].sort((a, b) => place(a) - place(b));
}
