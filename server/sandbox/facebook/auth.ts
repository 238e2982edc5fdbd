import { eq } from 'drizzle-orm';
import { safeEqual } from '@/server/foundation/crypto';
import { sandboxClient } from '@/server/foundation/sandbox-config';
import { bodyFields, type Ctx, str } from '../http';
import { tokenAnswer } from '../oauth/endpoint';
import { exchangeCode, OAuthRefused, type OAuthRules } from '../oauth/flow';
import { tokens } from '../schema';
import type { World } from '../world';
import { badToken, graphError } from './errors';

const SHORT_SECONDS = 5_400;
const LONG_SECONDS = 60 * 86_400;

export const facebookRules: OAuthRules = {
  platform: 'facebook',
  pkce: false,
  codeSeconds: 600,
  accessSeconds: SHORT_SECONDS,
  refreshSeconds: null,
  refreshable: () => false,
  prefix: () => 'EAAS',
};

export const FACEBOOK_SCOPES: Record<string, string> = {
  public_profile: 'See your name',
  email: 'See your e-mail address',
  pages_show_list: 'See which Pages you manage',
  pages_read_engagement: 'Read what your Pages posted and how people reacted',
  pages_manage_posts: 'Post and delete posts on your Pages',
  pages_manage_engagement: 'Comment as your Pages',
  pages_read_user_content: 'Read what people write on your Pages',
  pages_manage_metadata: 'Receive news about your Pages',
  read_insights: 'See the numbers of your Pages',
  business_management: 'See your business account',
};

/** Exchanges a code for a token, or a short-lived token for a long-lived one. */
export function facebookToken(world: World) {
  return async (c: Ctx): Promise<Response> => {
    const form = c.req.method === 'POST' ? await bodyFields(c) : {};
    const q = (name: string) => c.req.query(name) ?? str(form[name]) ?? '';
    const client = sandboxClient('facebook');
    if (q('client_id') !== client.clientId)
      return graphError(
        400,
        101,
        'Error validating application. Cannot get application info due to a system error.',
      );
    if (!safeEqual(q('client_secret'), client.clientSecret))
      return graphError(400, 1, 'Error validating client secret.');
    const now = c.get('now');
    if (q('grant_type') === 'fb_exchange_token') {
      const bearer = await world.tokens.bearer('facebook', q('fb_exchange_token'), now);
      if (bearer?.kind !== 'access') return badToken();
      const accessToken = await world.tokens.issue(world.db, {
        grantId: bearer.grantId,
        accountId: bearer.account.id,
        scopes: [...bearer.scopes].join(' '),
        kind: 'access',
        expiresAt: new Date(now.getTime() + LONG_SECONDS * 1000),
        prefix: 'EAAL',
      });
      return tokenAnswer({ access_token: accessToken, token_type: 'bearer', expires_in: LONG_SECONDS });
    }
    try {
      const issued = await exchangeCode(world, facebookRules, {
        code: q('code'),
        clientId: client.clientId,
        redirectUri: q('redirect_uri'),
        verifier: q('code_verifier') || undefined,
        now,
      });
      return tokenAnswer({
        access_token: issued.accessToken,
        token_type: 'bearer',
        expires_in: issued.expiresIn,
      });
    } catch (error) {
      if (!(error instanceof OAuthRefused)) throw error;
      if (error.problem === 'redirect')
        return graphError(
          400,
          100,
          'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request',
          { subcode: 36008 },
        );
      return graphError(400, 100, 'This authorization code has been used or has expired.', {
        subcode: 36009,
      });
    }
  };
}

/** Issues a Page's own token. It expires with the user's token, or never if that one is long-lived. */
export async function pageToken(world: World, c: Ctx, pageId: string): Promise<string> {
  const bearer = c.get('bearer');
  const [own] = await world.db.select().from(tokens).where(eq(tokens.hash, bearer.hash));
  const left = (own?.expiresAt?.getTime() ?? 0) - c.get('now').getTime();
  return world.tokens.issue(world.db, {
    grantId: bearer.grantId,
    accountId: pageId,
    scopes: [...bearer.scopes].join(' '),
    kind: 'page',
    expiresAt: left > SHORT_SECONDS * 1000 ? null : (own?.expiresAt ?? null),
    prefix: 'EAAP',
  });
}
