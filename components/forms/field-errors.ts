/** One error, or several by name. */
interface Wrong {
  type?: unknown;
  message?: unknown;
}

/**
 * Returns the errors of a form by the path of their field: `{ 'texts.x.0': 'Too long.' }`. Leaves out errors of the form as a whole. The
 * first message of a field wins.
 */
export function fieldsOf(errors: object): Record<string, string> {
  const fields: Record<string, string> = {};
  const walk = (at: object, path: string) => {
    const { type, message } = at as Wrong;
    const leaf = typeof type === 'string' || typeof message === 'string';
    if (leaf && typeof message === 'string' && path) fields[path] ??= message;
    for (const [name, one] of Object.entries(at)) {
      if (typeof one !== 'object' || one === null) continue;
      if (path === '' && name === 'root') continue;
      if (leaf && (name === 'ref' || name === 'types')) continue;
      walk(one, path ? `${path}.${name}` : name);
    }
  };
  walk(errors, '');
  return fields;
}
