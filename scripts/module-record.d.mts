export interface ModuleImport {
  /** Null if it is computed. */
  specifier: string | null;
  /** The imported values, empty for types, null for the whole module. */
  names: string[] | null;
  /** Whether it is loaded only when the code runs: `import()`. */
  deferred: boolean;
}
export function moduleImports(source: string, file: string): ModuleImport[];
