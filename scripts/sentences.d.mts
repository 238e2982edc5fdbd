/** Whether a file of the project must not contain English sentences. */
export function mustHaveNoSentences(file: string): boolean;
/** Whether a text reads as English for users. */
export function isSentence(text: string): boolean;
/** Returns the sentences of a file, each with its line. */
export function sentencesIn(source: string, file: string): { line: number; text: string }[];
