const text = (value: unknown): string => JSON.stringify(value) ?? '';

/** The names of the fields that differ between two states of one form. */
export function changed<T extends object>(a: T, b: T): (keyof T)[] {
  return (Object.keys(b) as (keyof T)[]).filter((name) => text(a[name]) !== text(b[name]));
}

/** Whether two states of a form are the same. */
export const sameForm = <T extends object>(a: T, b: T): boolean => changed(a, b).length === 0;

/** The fields of a form that are taken apart into their entries: each entry is somebody's own change. */
export type ByEntry<T> = readonly (keyof T)[];
const NONE: readonly never[] = [];
const entries = (value: unknown) => (value ?? {}) as Record<string, unknown>;

/** `next`, with every field of it that a person changed in `mine` since `before`. */
export function keepTyped<T extends object>(mine: T, before: T, next: T, byEntry: ByEntry<T> = NONE): T {
  const kept = { ...next };
  for (const name of changed(before, mine))
    if (name in next)
      kept[name] = byEntry.includes(name)
        ? (keepTyped(entries(mine[name]), entries(before[name]), entries(next[name])) as T[typeof name])
        : mine[name];
  return kept;
}

/** Whether the person and the server changed the same thing, and not to the same. */
function clashes<T extends object>(mine: T, before: T, next: T, byEntry: ByEntry<T> = NONE): boolean {
  const theirs = new Set(changed(before, next));
  return changed(before, mine).some(
    (name) =>
      theirs.has(name) &&
      text(mine[name]) !== text(next[name]) &&
      (!byEntry.includes(name) || clashes(entries(mine[name]), entries(before[name]), entries(next[name]))),
  );
}

/**
 * What a form shows, and which state of the server that rests on, when the server has another state than the form began with: fields
 * that nobody touched take it. Where the person and the server changed the same field, all stays as it is; saving then finds that
 * somebody else was there, by the version or the state that the form names as seen.
 */
export function follow<T extends object>(
  mine: T,
  before: T,
  next: T,
  byEntry: ByEntry<T> = NONE,
): { value: T; seen: T } {
  return clashes(mine, before, next, byEntry)
    ? { value: mine, seen: before }
    : { value: keepTyped(mine, before, next, byEntry), seen: next };
}

/**
 * What a form shows, and which state it rests on, once the server has what was `sent`, as `answer` says it where it says more. What was
 * typed since stays; `all` says that there was nothing.
 */
export function stored<T extends object>(
  mine: T,
  sent: T,
  answer: Partial<T> = {},
): { value: T; seen: T; all: boolean } {
  const seen = { ...sent, ...answer };
  return { value: keepTyped(mine, sent, seen), seen, all: sameForm(mine, sent) };
}
