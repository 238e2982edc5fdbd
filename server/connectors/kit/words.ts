import { cutText } from '@/server/foundation/storable';

/** What a platform said, made safe to show: one short line without addresses and without anything that could be a secret. */
export function plainWords(raw: unknown): string {
  const words = (typeof raw === 'string' ? raw : '')
    .replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .replace(/https?:\/\/\S+/g, '')
    .replace(/[\w\-.:=+/%]{20,}/g, '…')
    .trim();
  return cutText(words, 160);
}
