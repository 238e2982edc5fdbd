import { getDb } from '@/db/client';
import { cleanUpAccounts } from '@/server/domains/accounts/clean-up-accounts';
import { sendQueuedEmails } from '@/server/domains/emails/send-queued-emails';
import { emailTransport } from '@/server/domains/emails/transport';
import { systemClock } from '@/server/foundation/clock';
import { inngest } from '../../client';
import { emailQueued } from '../../events';

/**
 * Sends queued e-mails: immediately when one is queued, and every minute for missed ones and retries. Runs one at a time; overlapping runs
 * would do no harm because each row is leased.
 */
const sendEmails = inngest.createFunction(
  {
    id: 'identity-send-emails',
    triggers: [emailQueued, { cron: '* * * * *' }],
    concurrency: 1,
    retries: 0,
  },
  async ({ step }) =>
    step.run('send', async () =>
      sendQueuedEmails({ ctx: { db: await getDb(), clock: systemClock }, send: emailTransport() }),
    ),
);

const tidy = inngest.createFunction(
  {
    id: 'identity-tidy',
    triggers: [{ cron: '23 3 * * *' }],
    concurrency: 1,
  },
  async () => cleanUpAccounts({ ctx: { db: await getDb(), clock: systemClock } }),
);

export default [sendEmails, tidy];
