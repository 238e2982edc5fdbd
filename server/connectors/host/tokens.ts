import { z } from 'zod';
import { seal, sha256, unseal } from '@/server/foundation/crypto';
import type { Secrets } from '../kit/connector';

export type { Secrets };

/** Credentials that are sealed into a connection's row. The token is empty if the platform has no sign-in. */
export const tokensSchema = z.object({
  accessToken: z.string(),
  refreshToken: z.string().min(1).nullable(),
});

/** Result of a token request. */
export interface Tokens extends Secrets {
  accessExpiresAt: Date | null;
  refreshExpiresAt: Date | null;
  /** The scopes that were granted; null after a renewal that did not change them. */
  scopes: string[] | null;
}

/** Context under which a grant's tokens are sealed. */
export const grantContext = (grantId: string): string => `grant:${grantId}`;
/** Context under which an account's own token is sealed. */
export const connectionContext = (connectionId: string): string => `connection:${connectionId}`;
const MAX = 2_000;
/** Cache of opened tokens. The key is a hash of the sealed text, so a changed text is a different entry. */
const opened = new Map<string, Secrets>();

export const sealTokens = (context: string, { accessToken, refreshToken }: Secrets): string =>
  seal(JSON.stringify({ accessToken, refreshToken }), context);

const choiceContext = (choiceId: string) => `choice:${choiceId}`;
const choiceSchema = z.record(z.string(), tokensSchema);

/** Seals the own tokens of accounts that await the user's choice, by remote id. */
export const sealChoice = (choiceId: string, tokens: Readonly<Record<string, Secrets>>): string =>
  seal(JSON.stringify(tokens), choiceContext(choiceId));
/** Opens the result of `sealChoice` for the same choice. Throws like `openTokens`. */
export const openChoice = (choiceId: string, sealed: string): Record<string, Secrets> =>
  choiceSchema.parse(JSON.parse(unseal(sealed, choiceContext(choiceId))));

/** Opens the result of `sealTokens` for the same context. Throws if the key is missing or the text was moved from another row. */
export function openTokens(context: string, sealed: string): Secrets {
  const key = sha256(`${context}\n${sealed}`);
  const known = opened.get(key);
  if (known) return known;
  const secrets = tokensSchema.parse(JSON.parse(unseal(sealed, context)));
  if (opened.size >= MAX) opened.delete(opened.keys().next().value ?? '');
  opened.set(key, secrets);
  return secrets;
}
