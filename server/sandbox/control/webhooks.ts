import { desc } from 'drizzle-orm';
import { z } from 'zod';
import { truncateText } from '@/server/foundation/storable';
import { resendWebhooks } from '../cores/webhooks';
import { html, type Markup, region } from '../pages';
import { webhooks } from '../schema';
import type { World } from '../world';
import { type Act, flag, int } from './act';

const SHOWN = 15;

function answerOf({ lastStatus, deliveredAt, nextAt }: typeof webhooks.$inferSelect): string {
  const last = lastStatus === null ? 'Not sent yet' : lastStatus === 0 ? 'No answer' : `${lastStatus}`;
  if (deliveredAt || lastStatus === null) return last;
  return nextAt ? `${last}, will try again` : `${last}, given up`;
}

/** Renders the webhooks that platforms have sent, to send them again. */
export async function webhooksSection(world: World, action: (path: string) => string): Promise<Markup> {
  const rows = await world.db.select().from(webhooks).orderBy(desc(webhooks.id)).limit(SHOWN);
  if (rows.length === 0) return html``;
  return html`<h2>Webhooks</h2>
${region(
  'Webhooks',
  html`<table class="stack"><thead><tr><th scope="col">Platform</th><th scope="col">What</th><th scope="col">Answer</th><th scope="col">Action</th></tr></thead><tbody>
${rows.map(
  (
    row,
  ) => html`<tr><td data-label="Platform">${world.nameOf(row.platform)}</td><td data-label="What">${truncateText(row.body, 120)}</td><td data-label="Answer">${answerOf(row)}</td>
<td data-label="Action"><form method="post" action="${action('/webhooks/resend')}"><input type="hidden" name="ids" value="${row.id}"><button class="plain" aria-label="Send ${row.id} again">Again</button> <button class="plain" name="forged" value="true" aria-label="Send ${row.id} forged">Forged</button> <button class="plain" name="changed" value="true" aria-label="Send ${row.id} changed">Changed</button></form></td></tr>`,
)}</tbody></table>`,
)}`;
}

export function webhooksActions(act: Act, world: World): void {
  act(
    'POST',
    '/webhooks/resend',
    z.object({
      /** In the order in which they are sent, separated by commas. */
      ids: z.string().min(1),
      times: int.min(1).max(20).default(1),
      forged: flag.optional(),
      changed: flag.optional(),
    }),
    async ({ ids, ...how }) => ({ answers: await resendWebhooks(world, ids.split(','), how) }),
  );
}
