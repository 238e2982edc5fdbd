import { and, eq, gt, inArray, isNull, ne } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { devices } from '@/db/schema';
import { signLink, verifyLink } from '@/server/foundation/crypto';
import { newId } from '@/server/foundation/ids';
import { DAY } from './throttle';

/** Number of days that a browser stays known after its last sign-in. */
export const DEVICE_DAYS = 90;
const PURPOSE = 'device';

/** A newly remembered browser and the token for its cookie. */
export interface KnownDevice {
  id: string;
  token: string;
}

/**
 * Returns the browser's row for this user if one of the presented tokens is genuine, unexpired and theirs, else null. Runs the same query
 * when `userId` is null.
 */
export async function findKnownDevice(
  tx: Tx,
  input: { tokens: readonly string[]; userId: string | null; now: Date },
): Promise<string | null> {
  const ids = input.tokens.flatMap((token) => deviceIdOf(token, input.now) ?? []);
  const [row] = await tx
    .select({ id: devices.id })
    .from(devices)
    .where(
      and(
        inArray(devices.id, ids.length > 0 ? ids : ['']),
        eq(devices.userId, input.userId ?? ''),
        isNull(devices.revokedAt),
        gt(devices.expiresAt, input.now),
      ),
    );
  return row?.id ?? null;
}

/** Remembers the browser, or extends how long it is known, in the transaction that signs the user in. */
export async function rememberDevice(
  tx: Tx,
  input: { id: string | null; userId: string; now: Date },
): Promise<KnownDevice> {
  const id = input.id ?? newId('device');
  const expiresAt = new Date(input.now.getTime() + DEVICE_DAYS * DAY);
  await tx
    .insert(devices)
    .values({ id, userId: input.userId, createdAt: input.now, lastUsedAt: input.now, expiresAt })
    .onConflictDoUpdate({ target: devices.id, set: { lastUsedAt: input.now, expiresAt } });
  return { id, token: signLink(PURPOSE, { id }, expiresAt) };
}

/** Forgets the user's browsers: all of them, those with these ids, or all but one. */
export async function forgetDevices(
  tx: Tx,
  input: { userId: string; ids?: readonly string[]; except?: string | null; now: Date },
): Promise<void> {
  if (input.ids?.length === 0) return;
  await tx
    .update(devices)
    .set({ revokedAt: input.now })
    .where(
      and(
        eq(devices.userId, input.userId),
        isNull(devices.revokedAt),
        input.ids ? inArray(devices.id, [...input.ids]) : undefined,
        input.except ? ne(devices.id, input.except) : undefined,
      ),
    );
}

/** Returns the id from a token that we signed, else null. A cookie can contain anything. */
function deviceIdOf(token: string, now: Date): string | null {
  try {
    return verifyLink(PURPOSE, token, now)?.id ?? null;
  } catch {
    return null;
  }
}
