import type { Client } from 'pg';

export function runScript(client: Client, text: string, env: Record<string, string>): Promise<void>;
