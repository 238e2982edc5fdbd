import type { Fact, FactKey } from '@/server/foundation/facts';
import type { Face } from './face';
import type { Address, AppsPage, AvailableManifest, ServerTerms, SignInField, SignInTerms } from './manifest';

/**
 * An address as a manifest writes it: only the live one, if the stand-in has the same path below `/<id>`, or both. A live one that begins
 * with a slash is a path on the server that the user names.
 */
type Written = string | Address;

type WrittenField<F = SignInField> = F extends unknown ? Omit<F, 'label' | 'help'> : never;
type AuthAddress = 'authorize' | 'token' | 'revoke' | 'appsPage';
type WrittenAuth<A = SignInTerms> = A extends unknown
  ? {
      readonly [K in keyof A]: K extends AuthAddress
        ? Written
        : K extends 'fields'
          ? readonly WrittenField[]
          : A[K];
    }
  : never;

/** What is written in another way than it is read. */
interface WrittenTerms {
  readonly api: Written;
  readonly uploads?: Written;
  readonly web: Written;
  readonly server?: Omit<ServerTerms, 'label' | 'help'>;
  /** The platform's page where an operator registers an app or creates a key. */
  readonly setUp?: string;
  readonly auth: WrittenAuth;
  /** The platform cannot be asked whether a post was published. */
  readonly whereToLook?: true;
  /** Where users make what can be connected. */
  readonly nothingToConnect?: Written;
}
type Rewritten = keyof WrittenTerms;
type Terms = Omit<AvailableManifest, keyof Face | Rewritten> & WrittenTerms;

type Complete<T extends Terms> = Omit<T, Rewritten> &
  Pick<AvailableManifest, Exclude<Rewritten, 'auth'>> & { readonly auth: CompleteAuth<T['auth']> };
type CompleteAuth<A> = {
  readonly [K in keyof A]: K extends 'appsPage'
    ? AppsPage
    : K extends AuthAddress
      ? Address
      : K extends 'fields'
        ? Labelled<A[K]>
        : A[K];
};
type Labelled<Fields> = { readonly [N in keyof Fields]: Fields[N] & Pick<SignInField, 'label' | 'help'> };

/**
 * Completes a manifest by the conventions of all platforms, so that it says only what is particular. Addresses are written once (`Written`).
 * Messages are found by their names in the platform's `messages/en.json`:
 *
 * - `appsPage`: where users see their apps;
 * - `signIn.<id>` and `signIn.<id>Help`: label and help of a field of the sign-in, and `signIn.server` those of the server;
 * - `whereToLook`; `nothingToConnect.title`, `.words` and `.label`.
 */
export function defineManifest<const F extends Face & { readonly kind: 'api' }, const T extends Terms>(
  face: F,
  terms: T,
): F & Complete<T> {
  const say = (name: string): Fact => ({ fact: `platforms.${face.id}.${name}` as FactKey });
  const labelled = <V>(id: string, value: V) => ({
    ...value,
    label: say(`signIn.${id}`),
    help: say(`signIn.${id}Help`),
  });
  const at = (written: Written): Address =>
    typeof written === 'string'
      ? { live: written, sandbox: `/${face.id}${written.replace(/^https:\/\/[^/?]+|\/$/g, '')}` }
      : written;
  const { api, uploads, web, server, setUp, auth, whereToLook, nothingToConnect, ...rest }: Terms = terms;
  const completeAuth = Object.fromEntries(
    Object.entries(auth).map(([name, value]) => {
      if (name === 'appsPage') return [name, { address: at(value), where: say('appsPage') }];
      if (name === 'fields') return [name, value.map((field: WrittenField) => labelled(field.id, field))];
      return [name, ['authorize', 'token', 'revoke'].includes(name) ? at(value) : value];
    }),
  );
  return {
    ...face,
    ...rest,
    api: at(api),
    ...(uploads ? { uploads: at(uploads) } : {}),
    web: at(web),
    ...(server ? { server: labelled('server', server) } : {}),
    ...(setUp ? { setUp: { page: setUp } } : {}),
    auth: completeAuth,
    ...(whereToLook ? { whereToLook: say('whereToLook') } : {}),
    ...(nothingToConnect
      ? {
          nothingToConnect: {
            title: say('nothingToConnect.title'),
            words: say('nothingToConnect.words'),
            label: say('nothingToConnect.label'),
            address: at(nothingToConnect),
          },
        }
      : {}),
  } as unknown as F & Complete<T>;
}
