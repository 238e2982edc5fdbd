import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { decodeBase64url, seal, unseal } from '@/server/foundation/crypto';
import { env } from '@/server/foundation/env';
import { asWorkspaceId, type WorkspaceId } from '@/server/foundation/ids';
import { isLoopbackHost } from '@/server/foundation/loopback';
import { isPublicAddress } from '@/server/foundation/safe-fetch';

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

/** Endings of names that only resolve inside a network: RFC 6762, RFC 8375, RFC 2606, and names that routers use. */
const LOCAL_NAME = /(^|\.)(local|localdomain|internal|intranet|lan|home|corp|home\.arpa|test|invalid)$/;

/** Whether other machines on the internet can reach this installation, as far as its address tells. */
export function isReachable(appUrl = env().appUrl): boolean {
  const { hostname, host } = new URL(appUrl);
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isLoopbackHost(host)) return false;
  if (ipaddr.isValid(bare)) return isPublicAddress(bare);
  return bare.includes('.') && !LOCAL_NAME.test(bare.replace(/\.$/, ''));
}
