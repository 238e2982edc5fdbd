export const OTHER_DOORS: Record<string, string>;
export function doorBreaches(
  sources: ReadonlyMap<string, string>,
  others?: Record<string, string>,
  find?: (specifier: string, from: string) => string | null | undefined,
): string[];
