/** A place of a file. */
interface Named {
  line: number;
  text: string;
}
export function idsForbiddenIn(file: string, ids: readonly string[]): Set<string>;
export function platformNamesIn(
  source: string,
  file: string,
  ids: ReadonlySet<string>,
  exists?: (file: string) => boolean,
): Named[];
export function platformNamesInSql(source: string, ids: ReadonlySet<string>): Named[];
export function platformNamesInMessages(source: string, ids: ReadonlySet<string>): Named[];
