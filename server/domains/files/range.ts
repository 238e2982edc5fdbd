/** A byte range of a file: its first and its last byte, both counted from 0. */
export interface Part {
  from: number;
  last: number;
}

/**
 * Parses a `Range` header (RFC 9110, 14.1.2): `bytes=0-99`, `bytes=100-`, `bytes=-100`. Returns null if the header is missing, malformed or
 * lists several ranges; the whole file is then sent, as the RFC allows. Returns `unsatisfiable` if the range starts beyond the end.
 */
export function parseRange(header: string | null, bytes: number): Part | 'unsatisfiable' | null {
  const [, first = '', last = ''] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (first === '') {
    if (last === '') return null;
    const length = Math.min(Number(last), bytes);
    return length === 0 ? 'unsatisfiable' : { from: bytes - length, last: bytes - 1 };
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return null;
  if (from >= bytes) return 'unsatisfiable';
  return { from, last: last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1) };
}
