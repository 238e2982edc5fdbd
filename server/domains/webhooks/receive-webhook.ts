import { and, count, eq, isNotNull } from 'drizzle-orm';
import { webhookEvents } from '@/db/schema';
import { isProven, readWebhook } from '@/server/connectors/host/webhooks';
import type { WebhookRequest } from '@/server/connectors/kit/webhooks';
import { sha256 } from '@/server/foundation/crypto';
import { faultPoint } from '@/server/foundation/fault-points';
import { AttemptLimit } from '@/server/foundation/http/attempt-limit';
import { log } from '@/server/foundation/log';
import { storableText } from '@/server/foundation/storable';
import { storableBody } from '@/server/foundation/stored-body';
import type { Services } from '@/server/verbs/context';
import { findReceiver } from '../connections/webhook-receivers';

/** Events of one address that may wait at the same time. Beyond that the platform is asked to send them later. */
const MAX_WAITING = 2_000;
/** Bodies of one address that cannot be read and are stored within an hour: enough to see what is wrong. */
const unreadable = new AttemptLimit(100, 60 * 60_000, (receiver) => receiver);
/** Longest id of an event. The body is compared instead of a longer one. */
const LONGEST_ID = 200;

/**
 * `unknown`: no such address, or the request does not prove that the platform sent it; `full`: too many wait, so it was not stored. All
 * others are settled, and the platform need not send it again.
 */
export type Received = 'stored' | 'repeated' | 'ignored' | 'unreadable' | 'unknown' | 'full';

export interface Arrived extends WebhookRequest {
  platform: string;
  /** The last part of the address. */
  receiver: string;
}

/**
 * Checks that a platform sent a request, and stores it, once for each event, to be applied by a background function. Nothing in it counts by
 * itself.
 */
export async function receiveWebhook(deps: Services, request: Arrived): Promise<Received> {
  const { platform, receiver } = request;
  const found = await findReceiver(deps, platform, receiver);
  if (!found) return 'unknown';
  const secrets = { client: found.client, own: found.secret };
  if (!isProven(platform, found.webhooks, found.at, receiver, request, secrets)) return 'unknown';
  // A secret in the address is not stored with the events.
  const [place = ''] = receiver.split('.');
  const body = Buffer.from(request.body).toString('utf8');
  const read = readWebhook(platform, found.webhooks, body);
  if (read?.notices.length === 0) return 'ignored';
  const digest = sha256(Buffer.from(request.body));
  const own = read?.id && read.id.length <= LONGEST_ID ? storableText(read.id) : null;
  const id = `${platform}:${place}:${own ?? digest}`;
  const now = deps.clock.now();
  if (!read && unreadable.wait(`${platform}:${place}`, now) > 0) return 'full';
  const stored = await deps.db.asSystem(async (tx) => {
    const [waiting] = await tx
      .select({ n: count() })
      .from(webhookEvents)
      .where(and(eq(webhookEvents.receiver, place), isNotNull(webhookEvents.nextAt)));
    if ((waiting?.n ?? 0) >= MAX_WAITING) return 'full';
    const made = await tx
      .insert(webhookEvents)
      .values({
        id,
        provider: platform,
        type: read ? [...new Set(read.notices.map(({ topic }) => topic))].join(' ') : 'unknown',
        receiver: place,
        receivedAt: now,
        nextAt: read ? now : null,
        outcome: read ? null : 'unreadable',
        body: storableBody(body),
      })
      .onConflictDoNothing()
      .returning({ id: webhookEvents.id });
    return made.length > 0 ? 'stored' : 'repeated';
  });
  faultPoint('webhooks: stored');
  if (stored !== 'stored') return stored;
  if (!read) {
    unreadable.fail(`${platform}:${place}`, now);
    log().error({ platform, event: id }, 'a webhook has an unknown shape; its body is in webhook_events');
    return 'unreadable';
  }
  await deps.events.publish('webhooks/apply.requested', { platform, receiver: place });
  return 'stored';
}

/** Returns what a platform expects when it asks whether an address is ours, or null. */
export async function confirmAddress(
  deps: Services,
  { platform, receiver, query }: { platform: string; receiver: string; query: URLSearchParams },
): Promise<string | null> {
  const found = await findReceiver(deps, platform, receiver);
  return found?.webhooks.hooks.app?.confirm(query, { secret: found.secret }) ?? null;
}
