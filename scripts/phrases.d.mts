/** Names and phrases that the project does not want back, each with what to write instead. */
export const PHRASES: readonly { found: RegExp; instead: string }[];
/** The phrases of a text, each with its line and what to write instead. */
export function phrasesIn(source: string): { line: number; text: string; instead: string }[];
