/**
 * Puts each message of a catalogue between ⟦ and ⟧. Accepts messages as written and as compiled by the build (text, or a list of parts).
 */
export function pseudoMessages<T>(messages: T): T {
  const visit = (value: unknown): unknown => {
    if (typeof value === 'string') return value && `⟦${value}⟧`;
    if (Array.isArray(value)) return ['⟦', ...value, '⟧'];
    return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, visit(inner)]));
  };
  return visit(messages) as T;
}
