/**
 * Distributes a whole amount among parts by their weights. The shares add up to the amount exactly; minor units left by rounding go to the
 * largest remainders, earlier parts first. Without any weight, the shares are as equal as possible.
 */
export function allocate(amount: number, weights: readonly number[]): number[] {
  if (weights.length === 0) return [];
  const sum = weights.reduce((a, b) => a + b, 0);
  const parts = sum > 0 ? weights : weights.map(() => 1);
  const whole = BigInt(sum > 0 ? sum : parts.length);
  const size = BigInt(Math.abs(amount));
  const shares = parts.map((weight) => (size * BigInt(weight)) / whole);
  const remainders = parts.map((weight) => (size * BigInt(weight)) % whole);
  let left = Number(size - shares.reduce((a, b) => a + b, 0n));
  const order = parts
    .map((_, i) => i)
    .sort((a, b) => Number((remainders[b] ?? 0n) - (remainders[a] ?? 0n)) || a - b);
  for (const i of order) {
    if (left === 0) break;
    shares[i] = (shares[i] ?? 0n) + 1n;
    left--;
  }
  return shares.map((share) => (amount < 0 && share !== 0n ? -Number(share) : Number(share)));
}
