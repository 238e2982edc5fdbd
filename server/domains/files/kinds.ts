/** A kind of file that may be uploaded. It is detected from the first bytes (detect-kind.ts), never from the name. */
export interface FileKind {
  mime: string;
  extension: string;
  label: string;
}

export const KINDS: readonly FileKind[] = [
  { mime: 'application/pdf', extension: 'pdf', label: 'PDF' },
  { mime: 'image/png', extension: 'png', label: 'PNG' },
  { mime: 'image/jpeg', extension: 'jpg', label: 'JPEG' },
  { mime: 'application/epub+zip', extension: 'epub', label: 'EPUB' },
  { mime: 'application/zip', extension: 'zip', label: 'ZIP' },
];

export const ACCEPTED_LABELS = KINDS.map((kind) => kind.label).join(', ');
export const ACCEPT_ATTRIBUTE = KINDS.map((kind) => `.${kind.extension}`).join(',');
