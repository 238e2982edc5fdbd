/** A part of a file, from the first to the last byte of it, both counted from 0. */
export interface Part {
  from: number;
  last: number;
}

/**
 * The part that a `Range` header asks for (RFC 9110, 14.1.2): `bytes=0-99`, `bytes=100-`, `bytes=-100`. Null when there is none, and for
 * what is no range or several, which a server may leave alone: then the whole is sent. `unsatisfiable` when it begins behind the end.
 */
export function partAsked(header: string | null, bytes: number): Part | 'unsatisfiable' | null {
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
