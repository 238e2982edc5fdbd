/** One measured figure, reported as a JSON line on standard output. */
export interface Figure {
  bench: string;
  metric: string;
  value: number;
  unit: string;
  /** Number of items it was measured on. */
  n: number;
  database: 'pglite' | 'pg' | 'neon' | 'none';
}

export function report(figure: Figure & Record<string, string | number>): void {
  console.log(JSON.stringify({ ...figure, value: Math.round(figure.value * 1000) / 1000 }));
}

/** Returns the value that `share` (0 to 1) of the numbers do not exceed (nearest rank). */
export function percentile(numbers: readonly number[], share: number): number {
  if (numbers.length === 0) return Number.NaN;
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
