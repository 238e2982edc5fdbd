/**
 * Returns the mix after the topics changed: whole per cent by topic, with a sum of 100. A new topic gets an equal share, and the remaining
 * ones divide the rest in their previous proportion. A mix that was never set stays empty.
 */
export function refitMix(
  before: Readonly<Record<string, number>>,
  slugs: readonly string[],
): Record<string, number> {
  if (Object.keys(before).length === 0 || slugs.length === 0) return {};
  const stay = slugs.filter((slug) => slug in before);
  const total = stay.reduce((sum, slug) => sum + (before[slug] ?? 0), 0);
  const equal = 100 / slugs.length;
  const rest = equal * stay.length;
  const exact = slugs.map((slug) => ({
    slug,
    share: slug in before && total > 0 ? ((before[slug] ?? 0) * rest) / total : equal,
  }));
  const missing = 100 - exact.reduce((sum, { share }) => sum + Math.floor(share), 0);
  // The remainder goes to the shares that lost most by rounding.
  const byLoss = [...exact].sort((a, b) => (b.share % 1) - (a.share % 1));
  const more = new Set(byLoss.slice(0, missing).map(({ slug }) => slug));
  return Object.fromEntries(
    exact.map(({ slug, share }) => [slug, Math.floor(share) + (more.has(slug) ? 1 : 0)]),
  );
}
