/**
 * A cursor of several times in seconds since 1970, each after a letter of its own: `r1767225600.l1767225601`. How far a sync has read of each
 * of a platform's lists.
 */
export const timesCursor = <const N extends string>(letters: Readonly<Record<N, string>>) => {
  const names = Object.keys(letters) as N[];
  const pattern = new RegExp(`^${names.map((name) => `${letters[name]}(\\d+)`).join('\\.')}$`);
  return {
    /** Reads a cursor. Without one, or if it is not one of these, every list is read from `since`, at the earliest from `floor`. */
    read(text: string | null, since: Date, floor = 0): Record<N, number> {
      const from = Math.max(floor, Math.floor(since.getTime() / 1000));
      const match = pattern.exec(text ?? '');
      return Object.fromEntries(
        names.map((name, i) => [name, match ? Number(match[i + 1]) : from]),
      ) as Record<N, number>;
    },
    write: (times: Readonly<Record<N, number>>): string =>
      names.map((name) => `${letters[name]}${times[name]}`).join('.'),
  };
};
