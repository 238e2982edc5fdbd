import type { PlatformId } from '@/server/connectors/generated/ids';
import type { Ctx } from '@/server/verbs/context';
import { chooseAccounts } from './choose-accounts';
import { type Completed, completeConnection } from './complete-connection';
import { openChoice } from './queries';
import { startConnection } from './start-connection';

/** Handler of the simulated platforms, in this process. */
type Handler = (request: Request) => Promise<Response>;

/** Opens the URL from `startConnection` and submits the consent page. Returns the parameters of the callback. */
export async function consent(
  handler: Handler,
  url: string,
  account: string,
  decision: 'approve' | 'refuse' = 'approve',
): Promise<{ state: string | null; code: string | null; error: string | null; server: string }> {
  const page = new URL(url);
  const form = new URLSearchParams(page.searchParams);
  form.set('account', account);
  form.set('decision', decision);
  const response = await handler(
    new Request(`${page.origin}${page.pathname}`, {
      method: 'POST',
      body: form,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
  );
  const location = response.headers.get('location');
  if (!location)
    throw new Error(`The consent page responded with ${response.status}: ${await response.text()}`);
  const { pathname, searchParams: back } = new URL(location);
  const [, server = ''] = pathname.split('/callback/');
  return { state: back.get('state'), code: back.get('code'), error: back.get('error'), server };
}

/**
 * Connects a simulated account like a user in the browser. If it has several accounts, `pick` selects them by remote id: the first new one
 * by default, none with `null`.
 */
export async function connectSandbox(
  handler: Handler,
  ctx: Ctx,
  platform: PlatformId,
  account: string,
  pick?: readonly string[] | null,
): Promise<Completed> {
  const { url } = await startConnection(ctx, { platform, environment: 'sandbox', returnTo: '/connections' });
  const come = async (at: string) =>
    completeConnection({ ctx, input: { platform, ...(await consent(handler, at, account)) } });
  const first = await come(url);
  const done = first.again === undefined ? first : await come(first.again);
  if (done.code !== 'choose' || pick === null) return done;
  const choice = await openChoice(ctx);
  if (!choice) throw new Error('There is nothing to choose from');
  const unconnected = choice.accounts.filter((a) => !a.connected).slice(0, 1);
  const remoteIds = [...(pick ?? unconnected.map((a) => a.remoteId))];
  const { connectionIds } = await chooseAccounts(ctx, { id: choice.id, remoteIds });
  return { ...done, code: 'connected', connectionIds };
}
