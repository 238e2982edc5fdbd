export function breaches(graph: Map<string, { to: string; types: boolean }[]>): string[];
