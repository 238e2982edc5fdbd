// Follows a post, a sale and a Stripe webhook through the code and counts how often each returns to a folder that it had left. Each step
// names the link by which it is reached, and a link that the code no longer contains is an error. docs/architecture.md shows the same
// flows.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { idOf, linkProblem } from './flow-links.mjs';
import { root } from './lib.mjs';
import { sourceCode } from './source-code.mjs';

/** Maximum number of times that a post returns to a folder on its path to the platform. */
export const MAX_RETURNS = 2;

const step = (file, name, link, more = {}) => ({ file, name, link, ...more });
const call = { kind: 'call' };

const SCHEDULE = 'server/domains/planning/schedule-publications.ts schedulePublications';
const SWEEP = 'inngest/functions/publishing/index.ts sweep';
const PUBLISH_DUE = 'server/domains/publisher/publish-due.ts publishDue';
const SYNC_SALES = 'server/domains/sales/sync-sales.ts syncSales';
const SYNC_HOURLY = 'inngest/functions/selling/index.ts syncHourly';
const HANDLE = 'server/domains/billing/handle-stripe-webhook.ts handleStripeWebhook';
const REFRESH_PAYMENTS = 'server/domains/billing/refresh-payments.ts refreshPayments';

/**
 * The flows, in order of execution. A step is reached from the previous one, or from `from`: an earlier step that received a result and
 * continues. `platform` marks the step that hands over to the platform; the steps after it record the response.
 */
export const FLOWS = [
  {
    name: 'post',
    title: 'A post',
    most: MAX_RETURNS,
    steps: [
      step('components/compose/send-panel.tsx', 'SendPanel', { kind: 'button', prop: 'onSend' }),
      step('components/compose/composer.tsx', 'Composer', { kind: 'prop', prop: 'onSend' }),
      step('components/compose/use-publish.ts', 'usePublish', call),
      step('components/trpc/client.tsx', 'useTRPC', call),
      step('app/api/trpc/[trpc]/route.ts', 'POST', { kind: 'request', address: '/api/trpc' }),
      step('server/trpc/root.ts', 'appRouter', call),
      step('server/trpc/procedure.ts', 'procedureOf', call),
      step('server/domains/planning/schedule-publications.ts', 'schedulePublications', {
        kind: 'verb',
        verb: 'publications.schedule',
        asker: 'components/compose/use-publish.ts usePublish',
      }),
      step('server/domains/publications/new-publication.ts', 'newPublication', call),
      step('server/domains/publications/request-sweep.ts', 'requestSweep', call, { from: SCHEDULE }),
      step('inngest/functions/publishing/index.ts', 'sweep', {
        kind: 'event',
        event: 'publishing/sweep.requested',
      }),
      step('server/domains/due/claim-due.ts', 'claimDue', call),
      step('db/functions.sql', 'claim_due', { kind: 'statement' }),
      step(
        'inngest/functions/publishing/index.ts',
        'publish',
        { kind: 'event', event: 'publishing/publication.claimed' },
        { from: SWEEP },
      ),
      step('server/domains/publisher/publish-due.ts', 'publishDue', call),
      step('server/domains/publisher/start-publishing.ts', 'startPublishing', call),
      step('db/functions.sql', 'start_publishing_v6', { kind: 'statement' }),
      step(
        'server/domains/connections/connector-platforms.ts',
        'connectorPlatforms.call',
        { kind: 'port', capability: 'publish' },
        { from: PUBLISH_DUE },
      ),
      step('server/domains/connections/call-platform.ts', 'callPlatform', call),
      step('server/connectors/host/call.ts', 'call', call),
      step(
        'server/connectors/x/index.ts',
        'x.functions.publish',
        { kind: 'capability', capability: 'publish' },
        { platform: true },
      ),
      step('server/domains/publisher/advance.ts', 'advance', call, { from: PUBLISH_DUE }),
      step('db/functions.sql', 'advance_publishing_v5', { kind: 'statement' }),
      step('db/functions.sql', 'settle_publishing_v2', { kind: 'statement' }),
    ],
  },
  {
    name: 'sale',
    title: 'A sale',
    steps: [
      step('inngest/functions/selling/index.ts', 'syncHourly', { kind: 'cron' }),
      step('server/domains/sales/due.ts', 'connectionsToSync', call),
      step(
        'inngest/functions/selling/index.ts',
        'syncShop',
        { kind: 'event', event: 'selling/sync.requested' },
        { from: SYNC_HOURLY },
      ),
      step('server/domains/sales/sync-sales.ts', 'syncSales', call),
      step('server/domains/sales/lease.ts', 'takeLease', call),
      step(
        'server/domains/connections/connector-platforms.ts',
        'connectorPlatforms.call',
        { kind: 'port', capability: 'syncSales' },
        { from: SYNC_SALES },
      ),
      step('server/domains/connections/call-platform.ts', 'callPlatform', call),
      step('server/connectors/host/call.ts', 'call', call),
      step('server/connectors/etsy/index.ts', 'etsy.functions.syncSales', {
        kind: 'capability',
        capability: 'syncSales',
      }),
      step('server/connectors/etsy/sales.ts', 'syncSales', call),
      step('server/domains/sales/store-page.ts', 'storePage', call, { from: SYNC_SALES }),
      step('server/domains/ledger/post-transaction.ts', 'postTransactions', call),
    ],
  },
  {
    name: 'webhook',
    title: 'A Stripe webhook',
    steps: [
      step('app/api/webhooks/stripe/route.ts', 'POST', { kind: 'webhook', address: '/api/webhooks/stripe' }),
      step('server/domains/billing/handle-stripe-webhook.ts', 'handleStripeWebhook', call),
      step('server/domains/billing/event-subject.ts', 'subjectOf', call),
      step('server/domains/billing/refresh-subscription.ts', 'refreshSubscription', call, { from: HANDLE }),
      step('server/domains/billing/customer-subscriptions.ts', 'subscriptionsOfCustomer', call),
      step('server/domains/billing/refresh-payments.ts', 'refreshPayments', call, { from: HANDLE }),
      step('server/domains/billing/customer-payments.ts', 'paymentsOfCustomer', call),
      step('server/domains/ledger/settle-subscription.ts', 'settleSubscription', call, {
        from: REFRESH_PAYMENTS,
      }),
      step('server/domains/ledger/post-transaction.ts', 'postTransaction', call),
    ],
  },
];

const FOLDER =
  /^(?:server\/(?:domains|connectors)\/[\w-]+|inngest\/functions\/[\w-]+|app\/api\/[\w-]+|(?:server|components)\/[\w-]+|[\w-]+)(?=\/)/;
/** Returns the part of the project that a file belongs to, named by its folder: `server/domains/publisher`, `components/compose`, `db`. */
export const folderOf = (file) => FOLDER.exec(file)?.[0] ?? '.';

/**
 * Returns the folders of a list of steps in the order in which they are first entered, and the folder of each step that returns to one left
 * before.
 */
export function count(steps) {
  const folders = [];
  const returns = [];
  let here;
  for (const { file } of steps) {
    const folder = folderOf(file);
    if (folder === here) continue;
    if (folders.includes(folder)) returns.push(folder);
    else folders.push(folder);
    here = folder;
  }
  return { folders, returns };
}

/** Returns the steps of a flow up to the platform, or all of them if it does not reach one. */
export function toPlatform({ steps }) {
  const at = steps.findIndex(({ platform }) => platform);
  return at < 0 ? steps : steps.slice(0, at + 1);
}

/** Returns the flow's name and counts, as the script prints them. */
export function summary(flow) {
  const files = new Set(flow.steps.map(({ file }) => file)).size;
  const { folders, returns } = count(flow.steps);
  const named = (list) => `${list.length} returns${list.length > 0 ? ` (${list.join(', ')})` : ''}`;
  const there = toPlatform(flow);
  const until = there.length < flow.steps.length ? `${named(count(there).returns)} to the platform, ` : '';
  return `${flow.name}: ${flow.steps.length} steps, ${files} files, ${folders.length} folders, ${until}${named(returns)} in all`;
}

/** Returns the problems of the flows, as text. `read` returns the content of a project file, or undefined if it does not exist. */
export function problems(flows, read) {
  const code = sourceCode(read);
  return flows.flatMap((flow) => {
    const found = flow.steps.flatMap((to, at) => {
      const problem =
        read(to.file) === undefined ? 'the file does not exist' : linkProblem(code, flow.steps, at);
      return problem ? [`${flow.name}, step ${at + 1} (${to.file} ${to.name}): ${problem}`] : [];
    });
    const { returns } = count(toPlatform(flow));
    if (flow.most !== undefined && returns.length > flow.most)
      found.push(
        `${flow.name}: returns ${returns.length} times to a folder on its way to the platform (${returns.join(', ')}); ${flow.most} are allowed`,
      );
    return found;
  });
}

/** Returns the flows that a document shows: under each flow's title, a numbered list whose items begin with a file and a name. */
function flowsIn(text) {
  const sections = text.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => [
      section.slice(0, section.indexOf('\n')).trim(),
      [...section.matchAll(/^(\d+)\. `([^`]+)` `([^`]+)`/gm)].map(([, number, file, name]) => ({
        number: Number(number),
        file,
        name,
      })),
    ]),
  );
}

/** Returns the differences between a document's flows and these, as text. */
export function differences(flows, text) {
  const shown = flowsIn(text);
  return flows.flatMap(({ title, steps }) => {
    const items = shown.get(title);
    if (!items) return [`no flow is called “${title}”`];
    const wanted = steps.map((each, i) => `${i + 1}. ${idOf(each)}`);
    const found = items.map(({ number, ...each }) => `${number}. ${idOf(each)}`);
    return [
      ...wanted.filter((line) => !found.includes(line)).map((line) => `${title}: missing: ${line}`),
      ...found.filter((line) => !wanted.includes(line)).map((line) => `${title}: unexpected: ${line}`),
    ];
  });
}

/** Reads a file of the project; undefined if it cannot be read. */
export function readProject(file) {
  try {
    return readFileSync(path.join(root, file), 'utf8');
  } catch {
    return undefined;
  }
}

if (process.argv[1] && path.resolve(process.argv[1]) === path.join(root, 'scripts', 'flows.mjs')) {
  const found = problems(FLOWS, readProject);
  for (const flow of FLOWS) console.log(summary(flow));
  for (const line of found) console.error(line);
  process.exit(found.length > 0 ? 1 : 0);
}
