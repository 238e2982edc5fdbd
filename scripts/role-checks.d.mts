export const ROLE_FILE: string;
export function roleNames(source: string): Set<string>;
export function roleChecksIn(
  source: string,
  file: string,
  roles: ReadonlySet<string>,
): { line: number; text: string }[];
