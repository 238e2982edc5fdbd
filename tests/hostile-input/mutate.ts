export type Path = readonly (string | number)[];

/** Copies `value` with `odd` at `path`, and creates missing containers on the way. */
export function put(value: unknown, path: Path, odd: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return odd;
  if (typeof head === 'number') {
    const list = Array.isArray(value) ? [...value] : [];
    list[head] = put(list[head], rest, odd);
    return list;
  }
  const record = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return { ...record, [head]: put(record[head], rest, odd) };
}

/** Copies an object without the field at `path`. */
export function without(value: unknown, path: Path): unknown {
  const last = path.at(-1);
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => (at as never)?.[key as never], value);
  if (typeof last !== 'string' || typeof parent !== 'object' || parent === null) return value;
  const { [last]: _removed, ...rest } = parent as Record<string, unknown>;
  return put(value, path.slice(0, -1), rest);
}

/** Returns the path of every place in a value: the value itself, its children, and so on down to the leaves. */
export function places(value: unknown, path: Path = []): Path[] {
  if (value instanceof Date || typeof value !== 'object' || value === null) return [path];
  const inside = Array.isArray(value)
    ? value.slice(0, 2).flatMap((item, index) => places(item, [...path, index]))
    : Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]));
  return [path, ...inside];
}
