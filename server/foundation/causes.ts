/** How many causes of causes are looked at: a chain may be a circle. */
export const MAX_CAUSES = 8;

/** An error and what caused it, the outermost first, at most eight. What is no object ends the chain. */
export function causesOf(error: unknown): object[] {
  const chain: object[] = [];
  let at = error;
  while (chain.length < MAX_CAUSES && typeof at === 'object' && at !== null) {
    chain.push(at);
    at = (at as { cause?: unknown }).cause;
  }
  return chain;
}
