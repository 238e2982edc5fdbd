import { truncateText } from '@/server/foundation/storable';

/** Makes a platform's message safe to show: one short line without addresses or anything that could be a secret. */
export function safeVendorMessage(raw: unknown): string {
  const words = (typeof raw === 'string' ? raw : '')
    .replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .replace(/https?:\/\/\S+/g, '')
    .replace(/[\w\-.:=+/%]{20,}/g, '…')
    .trim();
  return truncateText(words, 160);
}
