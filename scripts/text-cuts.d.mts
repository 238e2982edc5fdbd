export function textCutsIn(source: string, file: string): { line: number; text: string }[];
