/** Whether a file of the project may hold no English sentence. */
export function isWordless(file: string): boolean;
/** Whether a text reads as English for a person. */
export function isSentence(text: string): boolean;
/** The sentences of a file, each with the line where it stands. */
export function sentencesIn(source: string, file: string): { line: number; text: string }[];
