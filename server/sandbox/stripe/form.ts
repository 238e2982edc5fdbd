export type FormValue = string | FormValue[] | { [key: string]: FormValue };
export type FormObject = { [key: string]: FormValue };

/** Parses Stripe's form encoding with brackets: `items[0][price]=p&metadata[k]=v`. */
export function parseNested(params: URLSearchParams): FormObject {
  const root: FormObject = {};
  // Current number of elements in each list without indices.
  const lengths = new WeakMap<FormObject, number>();
  const nextOf = (list: FormObject): string => {
    const length = lengths.get(list) ?? Object.keys(list).length;
    lengths.set(list, length + 1);
    return String(length);
  };
  for (const [key, value] of params) {
    const path = key.split(/[[\]]+/).filter((part, i) => part !== '' || i === 0);
    if (/\[\]$/.test(key)) path.push('');
    if (path.length > 8 || path.includes('__proto__')) continue;
    let at: FormObject = root;
    path.forEach((part, i) => {
      const name = part === '' ? nextOf(at) : part;
      if (i === path.length - 1) at[name] = value;
      else {
        const next = at[name];
        if (next === undefined || typeof next === 'string' || Array.isArray(next)) at[name] = {};
        at = at[name] as FormObject;
      }
    });
  }
  return root;
}

export const text = (value: FormValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
export const object = (value: FormValue | undefined): FormObject | undefined =>
  value !== undefined && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
/** Returns the elements of a list, which arrives as an object with numeric keys. */
export const elements = (value: FormValue | undefined): FormValue[] => Object.values(object(value) ?? {});
export const strings = (value: FormValue | undefined): Record<string, string> =>
  Object.fromEntries(
    Object.entries(object(value) ?? {}).filter((e): e is [string, string] => typeof e[1] === 'string'),
  );
