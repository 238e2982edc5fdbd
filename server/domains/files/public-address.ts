import { z } from 'zod';
import { decodeBase64url, seal, unseal } from '@/server/foundation/crypto';
import { env } from '@/server/foundation/env';
import { asWorkspaceId, type WorkspaceId } from '@/server/foundation/ids';

/** How long a platform may fetch a file, in milliseconds. Some fetch a video again while they process it. */
export const ADDRESS_LIFETIME_MS = 24 * 3_600_000;
const CONTEXT = 'media-address';
/** No token of ours is longer. */
const LONGEST_TOKEN = 1_000;

/** What an address gives access to: a file, or one of its versions, until `until`. */
export interface Addressed {
  workspaceId: WorkspaceId;
  fileId: string;
  /** Empty for the file itself. */
  variant: string;
  until: Date;
}

/**
 * Returns a public address of a file that ends at `until`. It is sealed, so it shows nothing and cannot be changed or guessed; it stays valid
 * while its encryption key is configured.
 */
export function addressOf({ workspaceId, fileId, variant, until }: Addressed): string {
  const token = seal(JSON.stringify([workspaceId, fileId, variant, until.getTime()]), CONTEXT);
  return `${env().appUrl}/api/media/public/${Buffer.from(token).toString('base64url')}`;
}

const sealed = z.tuple([z.string(), z.string(), z.string(), z.number()]);

/** Opens the token of an address. Returns null if it is forged, damaged or has ended. */
export function openAddress(token: string, now: Date): Addressed | null {
  if (token.length > LONGEST_TOKEN || !/^[\w-]+$/.test(token)) return null;
  let plain: unknown;
  try {
    plain = JSON.parse(unseal(decodeBase64url(token).toString('utf8'), CONTEXT));
  } catch {
    return null;
  }
  const parsed = sealed.safeParse(plain);
  if (!parsed.success) return null;
  const [workspaceId, fileId, variant, until] = parsed.data;
  return until > now.getTime()
    ? { workspaceId: asWorkspaceId(workspaceId), fileId, variant, until: new Date(until) }
    : null;
}
