export interface Import {
  specifier: string;
  types: boolean;
}
export function isTestCode(file: string): boolean;
export function importsOf(source: string): Import[];
export function resolve(
  specifier: string,
  from: string,
  exists?: (file: string) => boolean,
): string | null | undefined;
