/** Maximum length of a chain of causes, which may be circular. */
export const MAX_CAUSES = 8;

/** Returns an error and its causes, outermost first, at most eight. The chain ends at the first value that is not an object. */
export function causesOf(error: unknown): object[] {
  const chain: object[] = [];
  let at = error;
  while (chain.length < MAX_CAUSES && typeof at === 'object' && at !== null) {
    chain.push(at);
    at = (at as { cause?: unknown }).cause;
  }
  return chain;
}
