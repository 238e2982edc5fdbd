/** Returns `data.a.b` of a value, or undefined if there is none. Ignores inherited properties. */
export function pick(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** Splits `event.data.x` into its parts. Throws if the text is more than a path. */
export function parsePath(text: string): string[] {
  if (!/^(event|async)(\.[A-Za-z_]\w*)+$/.test(text.trim())) throw new Error(`the expression "${text}"`);
  return text.trim().split('.');
}

type Operand = { path: string[] } | { value: unknown };
type Comparison = { left: Operand; right: Operand; equal: boolean };

/** Parses `==` and `!=` comparisons of paths and literals, joined by `&&`: all that `match` and a simple `if` of a wait need. */
export function parseCondition(text: string): Comparison[] {
  const literal = `'[^'\\\\]*'|"[^"\\\\]*"|-?\\d+(?:\\.\\d+)?|true|false|null`;
  const operand = `(?:event|async)(?:\\.[A-Za-z_]\\w*)+|${literal}`;
  const whole = new RegExp(
    `^\\s*(?:${operand})\\s*[=!]=\\s*(?:${operand})(?:\\s*&&\\s*(?:${operand})\\s*[=!]=\\s*(?:${operand}))*\\s*$`,
  );
  if (!whole.test(text)) throw new Error(`the expression "${text}"`);
  return [...text.matchAll(new RegExp(`(${operand})\\s*([=!]=)\\s*(${operand})`, 'g'))].map((m) => ({
    left: parseOperand(m[1] ?? ''),
    equal: m[2] === '==',
    right: parseOperand(m[3] ?? ''),
  }));
}

function parseOperand(text: string): Operand {
  if (/^(event|async)\./.test(text)) return { path: text.split('.') };
  if (text.startsWith("'")) return { value: text.slice(1, -1) };
  return { value: JSON.parse(text) };
}

/** Whether a condition holds. `event` started the run and `async` is the event that has just arrived. A missing field equals nothing. */
export function holds(condition: Comparison[], scope: { event: unknown; async: unknown }): boolean {
  const read = (o: Operand) => ('path' in o ? pick(scope, o.path) : o.value);
  return condition.every(({ left, right, equal }) => {
    const a = read(left);
    const b = read(right);
    const same = a !== undefined && JSON.stringify(a) === JSON.stringify(b);
    return same === equal;
  });
}
