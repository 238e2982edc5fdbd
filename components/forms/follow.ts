const text = (value: unknown): string => JSON.stringify(value) ?? '';

/** Returns the names of the fields that differ between two states of one form. */
export function changed<T extends object>(a: T, b: T): (keyof T)[] {
  return (Object.keys(b) as (keyof T)[]).filter((name) => text(a[name]) !== text(b[name]));
}

/** Whether two states of a form are equal. */
export const sameForm = <T extends object>(a: T, b: T): boolean => changed(a, b).length === 0;

/** The fields of a form that are compared entry by entry, so that changes to different entries do not conflict. */
export type ByEntry<T> = readonly (keyof T)[];
const NONE: readonly never[] = [];
const entries = (value: unknown) => (value ?? {}) as Record<string, unknown>;

/** Returns `next` with every field that the user changed from `before` to `mine`. */
export function keepEdits<T extends object>(mine: T, before: T, next: T, byEntry: ByEntry<T> = NONE): T {
  const kept = { ...next };
  for (const name of changed(before, mine))
    if (name in next)
      kept[name] = byEntry.includes(name)
        ? (keepEdits(entries(mine[name]), entries(before[name]), entries(next[name])) as T[typeof name])
        : mine[name];
  return kept;
}

/** Whether the user and the server changed the same field to different values. */
function conflicts<T extends object>(mine: T, before: T, next: T, byEntry: ByEntry<T> = NONE): boolean {
  const theirs = new Set(changed(before, next));
  return changed(before, mine).some(
    (name) =>
      theirs.has(name) &&
      text(mine[name]) !== text(next[name]) &&
      (!byEntry.includes(name) || conflicts(entries(mine[name]), entries(before[name]), entries(next[name]))),
  );
}

/**
 * Merges a new server state `next` into a form that started from `before`. Untouched fields take the new values. If the user and the server
 * changed the same field, everything stays as it is; saving then detects the conflict by the version or the state that the form names as
 * seen. Returns the value of the form and the server state that it is based on.
 */
export function follow<T extends object>(
  mine: T,
  before: T,
  next: T,
  byEntry: ByEntry<T> = NONE,
): { value: T; seen: T } {
  return conflicts(mine, before, next, byEntry)
    ? { value: mine, seen: before }
    : { value: keepEdits(mine, before, next, byEntry), seen: next };
}

/**
 * Merges the response to a save into the form, once the server has stored `sent`; `answer` holds the fields that the server reports
 * differently. Anything typed since stays. `all` tells whether nothing was typed since.
 */
export function stored<T extends object>(
  mine: T,
  sent: T,
  answer: Partial<T> = {},
): { value: T; seen: T; all: boolean } {
  const seen = { ...sent, ...answer };
  return { value: keepEdits(mine, sent, seen), seen, all: sameForm(mine, sent) };
}
