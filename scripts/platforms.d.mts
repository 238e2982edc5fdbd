export const SETTINGS: string;
export function platformIds(): string[];
export function standInIds(): string[];
export function generatedFiles(ids?: readonly string[], standIns?: readonly string[]): Record<string, string>;
export function staleFiles(wanted?: Record<string, string>): string[];
