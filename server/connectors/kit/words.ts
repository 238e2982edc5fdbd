/** What a platform said, made safe to show: one short line without addresses and without anything that could be a secret. */
export function plainWords(raw: unknown): string {
  return (typeof raw === 'string' ? raw : '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/https?:\/\/\S+/g, '')
    .replace(/[\w\-.:=+/%]{20,}/g, '…')
    .trim()
    .slice(0, 160);
}
