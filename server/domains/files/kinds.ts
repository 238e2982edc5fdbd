/** What may be uploaded, known by its first bytes and never by its name. */
export interface FileKind {
  mime: string;
  extension: string;
  label: string;
}

const KINDS: { kind: FileKind; matches(head: Uint8Array): boolean }[] = [
  { kind: { mime: 'application/pdf', extension: 'pdf', label: 'PDF' }, matches: (h) => starts(h, '%PDF-') },
  {
    kind: { mime: 'image/png', extension: 'png', label: 'PNG' },
    matches: (h) => bytes(h, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  },
  {
    kind: { mime: 'image/jpeg', extension: 'jpg', label: 'JPEG' },
    matches: (h) => bytes(h, 0, [0xff, 0xd8, 0xff]),
  },
  {
    // An EPUB is a ZIP whose first entry is an uncompressed file that says so.
    kind: { mime: 'application/epub+zip', extension: 'epub', label: 'EPUB' },
    matches: (h) => starts(h, 'PK\u0003\u0004') && text(h, 30, 58) === 'mimetypeapplication/epub+zip',
  },
  {
    kind: { mime: 'application/zip', extension: 'zip', label: 'ZIP' },
    matches: (h) => starts(h, 'PK\u0003\u0004'),
  },
];

/** How many bytes `detectKind` wants to see. */
export const HEAD_BYTES = 64;
export const ACCEPTED_LABELS = KINDS.map(({ kind }) => kind.label).join(', ');
export const ACCEPT_ATTRIBUTE = KINDS.map(({ kind }) => `.${kind.extension}`).join(',');

/** The kind of a file from its first bytes; null when it is none that is accepted. */
export function detectKind(head: Uint8Array): FileKind | null {
  return KINDS.find(({ matches }) => matches(head))?.kind ?? null;
}

function text(head: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...head.subarray(from, to));
}
function starts(head: Uint8Array, prefix: string): boolean {
  return text(head, 0, prefix.length) === prefix;
}
function bytes(head: Uint8Array, at: number, wanted: number[]): boolean {
  return wanted.every((value, i) => head[at + i] === value);
}
