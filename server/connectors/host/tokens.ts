import { z } from 'zod';
import { seal, sha256, unseal } from '@/server/foundation/crypto';

export const tokensSchema = z.object({
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1).nullable(),
});
/** What is sealed into a connection's row. */
export type Secrets = z.output<typeof tokensSchema>;

/** What a token endpoint answered. */
export interface Tokens extends Secrets {
  accessExpiresAt: Date | null;
  refreshExpiresAt: Date | null;
  scopes: string[];
}

const context = (connectionId: string) => `connection:${connectionId}`;
const MAX = 2_000;
/** Opened tokens by the hash of their sealed text: a text that changed is another key. */
const opened = new Map<string, Secrets>();

export function sealTokens(connectionId: string, { accessToken, refreshToken }: Secrets): string {
  return seal(JSON.stringify({ accessToken, refreshToken }), context(connectionId));
}

const choiceContext = (choiceId: string) => `choice:${choiceId}`;
const choiceSchema = z.record(z.string(), tokensSchema);

/** Seals the tokens of the accounts that wait for a person's choice, by their remote ids. */
export const sealChoice = (choiceId: string, tokens: Readonly<Record<string, Secrets>>): string =>
  seal(JSON.stringify(tokens), choiceContext(choiceId));
/** Opens what `sealChoice` made for the same choice. Throws as `openTokens` does. */
export const openChoice = (choiceId: string, sealed: string): Record<string, Secrets> =>
  choiceSchema.parse(JSON.parse(unseal(sealed, choiceContext(choiceId))));

/** Opens a connection's credentials. Throws when the key is gone or the text was moved from another row. */
export function openTokens(connectionId: string, sealed: string): Secrets {
  const key = sha256(`${connectionId}\n${sealed}`);
  const known = opened.get(key);
  if (known) return known;
  const secrets = tokensSchema.parse(JSON.parse(unseal(sealed, context(connectionId))));
  if (opened.size >= MAX) opened.delete(opened.keys().next().value ?? '');
  opened.set(key, secrets);
  return secrets;
}
