export function startPostgres(
  version?: 15 | 18,
): Promise<{ url: string; adminUrl: string; stop(): Promise<void> }>;
export function freePort(): Promise<number>;
