export const OTHER_ADAPTERS: Record<string, string>;
export function adapterBreaches(
  sources: ReadonlyMap<string, string>,
  others?: Record<string, string>,
  find?: (specifier: string, from: string) => string | null | undefined,
): string[];
