import { fact } from '@/server/foundation/facts';
import type { ClientPair } from '../kit/connector';
import { allScopes, type SignInField, signInFields } from '../kit/manifest';
import { ConnectorFault, isConnectorFault } from '../kit/types';
import { peerOf, type UnconnectedTarget, unconnectedIo } from './call';
import { exchangeCode, issuedTokens, type SignInCode } from './oauth';
import type { Tokens } from './tokens';

/** What a user entered, by the ids of the fields. */
export type Values = Readonly<Record<string, string>>;

/** Exchanges the code of a callback for tokens, by the host or by the connector. Throws ConnectorFault. */
export async function exchange(target: UnconnectedTarget, grant: SignInCode): Promise<Tokens> {
  const peer = peerOf(target);
  const { hooks, manifest } = target.connector;
  if (!hooks.exchange) return exchangeCode(peer, grant);
  const io = unconnectedIo(target, null, { hidden: [grant.code, peer.client.clientSecret] });
  return refusedAsSignIn(manifest.name, async () =>
    issuedTokens(await (hooks.exchange as NonNullable<typeof hooks.exchange>)(io, grant, peer.client), [
      ...grant.scopes,
    ]),
  );
}

/** Registers this installation at the user's server. Throws ConnectorFault. */
export async function registerClient(target: UnconnectedTarget, redirectUri: string): Promise<ClientPair> {
  const { hooks, manifest } = target.connector;
  if (!hooks.register) throw new Error(`${manifest.id} registers no clients`);
  return hooks.register(unconnectedIo(target, null), { redirectUri, scopes: allScopes(manifest.auth) });
}

/** Turns what a user entered into credentials, by opening a session if the platform has them. Throws ConnectorFault. */
export async function openWithValues(target: UnconnectedTarget, values: Values): Promise<Tokens> {
  const { hooks, manifest } = target.connector;
  const fields = signInFields(manifest.auth);
  if (!hooks.open)
    return lasting(credentialOf(fields, values, manifest.credential === 'basic'), allScopes(manifest.auth));
  const io = unconnectedIo(target, null, { hidden: secretValues(fields, values) });
  const { open } = hooks;
  return refusedAsSignIn(manifest.name, async () =>
    issuedTokens(await open(io, values), allScopes(manifest.auth)),
  );
}

/** The values that are not secret, which a connector may use to find the account. */
export const openValues = (fields: readonly SignInField[], values: Values): Values =>
  Object.fromEntries(fields.filter((f) => f.kind === 'text').map((f) => [f.id, values[f.id] ?? '']));

const secretValues = (fields: readonly SignInField[], values: Values): string[] =>
  fields.filter((f) => f.kind === 'secret').map((f) => values[f.id] ?? '');

/** `name:password` for Basic, else the one secret; empty if there is none. */
function credentialOf(fields: readonly SignInField[], values: Values, basic: boolean): string {
  if (!basic) return secretValues(fields, values)[0] ?? '';
  const [name = '', ...rest] = fields.map((f) => values[f.id] ?? '');
  return `${name}:${rest.join(':')}`;
}

const lasting = (accessToken: string, scopes: string[]): Tokens => ({
  accessToken,
  refreshToken: null,
  accessExpiresAt: null,
  refreshExpiresAt: null,
  scopes,
});

/** While somebody signs in, whatever the platform does not accept is what they signed in with. */
async function refusedAsSignIn<T>(platform: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isConnectorFault(error) || error.kind !== 'rejected' || error.options.installation) throw error;
    const { status, vendorCode } = error.options;
    throw new ConnectorFault('reauth', fact('connectors.errors.signInRefused', { platform }), {
      ...(status === undefined ? {} : { status }),
      ...(vendorCode === undefined ? {} : { vendorCode }),
      cause: error,
    });
  }
}
