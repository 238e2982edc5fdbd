/** Names and phrases that must not reappear in the project, each with its replacement. */
export const PHRASES: readonly { found: RegExp; instead: string }[];
/** Returns the banned phrases of a text, each with its line and its replacement. */
export function phrasesIn(source: string): { line: number; text: string; instead: string }[];
