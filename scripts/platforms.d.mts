export function platformIds(): string[];
export function generatedFiles(ids?: readonly string[]): Record<string, string>;
export function staleFiles(wanted?: Record<string, string>): string[];
