/** A value of a form. An object or list is sent as JSON; what is undefined, null or empty is left out. */
type Value = string | number | boolean | object | null | undefined;

/** Returns the fields of a form as they are sent, with a file in parts of its own (`attached`) where the form refers to one. */
export const formFields = (values: Readonly<Record<string, Value>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );

/** Returns several files as parts of a form, each under a name by which its other fields refer to it: `file0`, `file1`, … */
export const attached = <F>(files: readonly F[], name = 'file'): Record<string, F> =>
  Object.fromEntries(files.map((file, i) => [`${name}${i}`, file]));
