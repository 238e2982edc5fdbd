import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { safeEqual } from '@/server/foundation/crypto';
import { bodyFields, type Ctx, sameOrigin, str } from '../http';
import { html, page, problemPage } from '../pages';
import { accounts } from '../schema';
import type { Account, SignIn } from '../stand-in';
import type { World } from '../world';
import { type AppClient, findApp } from './clients';
import { issueCode } from './flow';

interface Asked {
  app: AppClient;
  redirectUri: string;
  state: string | undefined;
  scopes: string[];
  challenge: string | null;
}

type Checked = { ok: Asked } | { problem: Response };

/** Validates an app's request. Does not redirect until client and redirect URI have been verified. */
async function check(
  world: World,
  o: SignIn,
  platform: string,
  q: (name: string) => string | undefined,
): Promise<Checked> {
  const stop = async (text: string): Promise<Checked> => ({
    problem: await problemPage(world, { title: 'Something went wrong', text, status: 400, platform }),
  });
  const redirectUri = q('redirect_uri') ?? '';
  const app = await findApp(world, platform, q('client_id') ?? '');
  if (!app) return stop('You were sent here by an app that is not registered. The client id is not known.');
  if (!app.redirectUris.some((one) => safeEqual(redirectUri, one)))
    return stop('The redirect address is not one of those that the app registered.');
  const returned = (params: Readonly<Record<string, string>>): Checked => ({
    problem: Response.redirect(withParams(redirectUri, { ...params, state: q('state') }), 302),
  });
  const back = (error: string, description: string) => returned({ error, error_description: description });
  if (q('response_type') !== 'code' && !(o.anyResponseType && !q('response_type')))
    return back('unsupported_response_type', 'The response type must be code.');
  if (!q('state')) return back('invalid_request', 'The parameter state is missing.');
  const scopes = (q('scope') ?? '').split(o.separator === ',' ? /[ ,]+/ : /\s+/).filter(Boolean);
  const unknown = scopes.find((s) => !(s in o.scopes));
  if (scopes.length === 0 || unknown)
    return back('invalid_scope', `Unknown scope: ${unknown ?? 'none was asked for'}`);
  const denied = await o.denied?.(world, scopes);
  if (denied) return returned(denied);
  const challenge = q('code_challenge') ?? null;
  if (o.rules.pkce && (!challenge || q('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(challenge)))
    return back('invalid_request', 'A code challenge with the method S256 is needed.');
  return { ok: { app, redirectUri, state: q('state'), scopes, challenge } };
}

function withParams(url: string, params: Record<string, string | undefined>): string {
  const out = new URL(url);
  for (const [key, value] of Object.entries(params))
    if (value !== undefined) out.searchParams.set(key, value);
  return out.href;
}

const CARRIED = [
  'response_type',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
];

const followersLine = ({ handle, followers }: Account): string =>
  `@${handle} · ${followers.toLocaleString('en-US')} followers`;

/** Shows the page on which a user approves or refuses. */
export function consentPage(world: World, o: SignIn) {
  return async (c: Ctx): Promise<Response> => {
    const checked = await check(world, o, c.get('realm'), (name) => str(c.req.query(name)));
    if ('problem' in checked) return checked.problem;
    const platform = c.get('realm');
    const people = await world.db
      .select()
      .from(accounts)
      .where(and(eq(accounts.platform, platform), eq(accounts.kind, 'person')))
      .orderBy(asc(accounts.createdAt), asc(accounts.id));
    const owned = await world.db
      .select()
      .from(accounts)
      .where(and(eq(accounts.platform, platform), isNotNull(accounts.parentId)));
    return page(
      world,
      {
        title: `Allow ${checked.ok.app.name} to use your account?`,
        platform,
        formTo: [new URL(checked.ok.redirectUri).origin],
      },
      html`<form method="post" action="${world.base}${c.req.path}">
${CARRIED.map((name) => {
  const value = c.req.query(name);
  return value === undefined ? '' : html`<input type="hidden" name="${name}" value="${value}">`;
})}
<fieldset><legend>Which ${world.nameOf(platform)} account?</legend>
${people.map(
  (
    a,
    i,
  ) => html`<label class="choice"><input type="radio" name="account" value="${a.handle}" ${i === 0 ? 'checked' : ''}>
<span><strong>${a.name}</strong><span class="muted small">${(o.describe ?? followersLine)(
    a,
    owned.filter((p) => p.parentId === a.id),
  )}</span></span></label>`,
)}
</fieldset>
<div class="card"><h2>${checked.ok.app.name} asks to</h2><ul>${checked.ok.scopes.map((s) => html`<li>${o.scopes[s] ?? s}</li>`)}</ul></div>
<div class="row"><button name="decision" value="approve">Allow access</button><button class="plain" name="decision" value="refuse">Refuse</button></div>
<p class="muted small">You can end this access at any time.</p>
</form>`,
    );
  };
}

/** Processes the user's decision and redirects the browser to the app. */
export function consentDecision(world: World, o: SignIn) {
  return async (c: Ctx): Promise<Response> => {
    if (!sameOrigin(c, world))
      return problemPage(world, {
        title: 'This form came from elsewhere',
        text: 'Open the page again and decide there.',
        status: 403,
        platform: c.get('realm'),
      });
    const platform = c.get('realm');
    const form = await bodyFields(c);
    const checked = await check(world, o, c.get('realm'), (name) => str(form[name]));
    if ('problem' in checked) return checked.problem;
    const { app, redirectUri, state, scopes, challenge } = checked.ok;
    if (form.decision !== 'approve') {
      const params = o.refusal ?? { error: 'access_denied', error_description: 'The person refused.' };
      return Response.redirect(withParams(redirectUri, { ...params, state }), 302);
    }
    const [account] = await world.db
      .select()
      .from(accounts)
      .where(
        and(
          eq(accounts.platform, platform),
          eq(accounts.kind, 'person'),
          eq(accounts.handle, str(form.account) ?? ''),
        ),
      );
    if (!account)
      return problemPage(world, {
        title: 'Choose an account',
        text: 'This account does not exist. Go back and choose one.',
        status: 400,
        platform: c.get('realm'),
      });
    const code = await issueCode(
      world,
      { ...o.rules, platform },
      {
        accountId: account.id,
        clientId: app.clientId,
        redirectUri,
        challenge,
        scopes: scopes.join(' '),
        now: world.clock.now(),
      },
    );
    return Response.redirect(withParams(redirectUri, { state, code }), 302);
  };
}
