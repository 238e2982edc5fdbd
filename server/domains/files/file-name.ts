import { truncateBytes, truncateText } from '@/server/foundation/storable';
import { hasVisibleText } from '@/server/foundation/visible-text';
import type { FileKind } from './kinds';

/** Maximum length of a name without its extension: in code units, and in bytes, of which file systems take 255 with the extension. */
const MAX = 120;
const MAX_BYTES = 240;
/** Format characters that emoji and words of some scripts consist of: the zero-width non-joiner and joiner. */
const JOINERS = /[\u200C\u200D]/;
// Names that Windows reserves for devices, whatever their extension.
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * Returns a name that is safe to store, show and download: without folders, control characters or direction changes, not hidden, of limited
 * length, and with the extension of the actual kind.
 */
export function safeFileName(name: string, kind: FileKind): string {
  const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const cleaned = last
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (sign) => (JOINERS.test(sign) ? sign : ''))
    .replace(/[<>:"|?*]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^\.+/, '')
    .replace(/[. ]+$/, '');
  const ending = new RegExp(kind.extension === 'jpg' ? '\\.jpe?g$' : `\\.${kind.extension}$`, 'i');
  const stem = cleaned.replace(ending, '').trim();
  const shown = hasVisibleText(stem) ? stem : '';
  const safe = shown === '' || DEVICE.test(shown) ? `file${shown ? `-${shown}` : ''}` : shown;
  return `${truncateBytes(truncateText(safe, MAX), MAX_BYTES).trim() || 'file'}.${kind.extension}`;
}

/** Returns a `Content-Disposition` header that saves under this name (RFC 6266, with the plain fallback first). */
export function attachmentHeader(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
