import type { Account, SeedAccount } from '../stand-in';

/** The server at which the users of Bluesky's own servers sign in. It passes on what the others are asked. */
export const ENTRYWAY = 'bsky.social';
const OWN_SERVER = '.host.bsky.network';

interface Fields {
  /** Host of the server with the account's repository. */
  pds: string;
  /** The account's own password, besides which there are app passwords. */
  password: string;
}

const seed = (account: Omit<SeedAccount, 'fields'>, pds: string): SeedAccount => ({
  ...account,
  fields: { pds, password: `the own password of ${account.handle}` } satisfies Fields,
});
export const blueskyAccounts: readonly SeedAccount[] = [
  seed(
    {
      id: 'did:plc:mira5okafor2draws7ink3pn',
      handle: 'mira.bsky.social',
      name: 'Mira Okafor',
      about: 'Pen, ink and the occasional joke about layers.',
      followers: 2140,
      timeZone: 'America/New_York',
    },
    `morel.us-east${OWN_SERVER}`,
  ),
  seed(
    {
      id: 'did:plc:leo2sandoval3dev5notes7a',
      handle: 'leo-sandoval.example',
      name: 'Leo Sandoval',
      about: 'Notes on software that has to work on Monday.',
      followers: 7350,
      timeZone: 'Europe/Berlin',
    },
    'pds.leo-sandoval.example',
  ),
  seed(
    {
      id: 'did:plc:tiny4plates6one5recipe7b',
      handle: 'tinyplates.bsky.social',
      name: 'Tiny Plates',
      about: 'One small recipe every day.',
      followers: 380,
      timeZone: 'Asia/Kathmandu',
    },
    `inkcap.us-east${OWN_SERVER}`,
  ),
];
const HOSTS = new Set([
  ENTRYWAY,
  ...blueskyAccounts.map((account) => (account.fields as unknown as Fields).pds),
]);

export const isServer = (host: string): boolean => HOSTS.has(host);
const fieldsOf = (account: Account): Fields => account.fields as unknown as Fields;
export const passwordOf = (account: Account): string => fieldsOf(account).password;

/** Whether a server answers for an account. */
export function answersFor(host: string, account: Account): boolean {
  const { pds } = fieldsOf(account);
  return host === pds || (host === ENTRYWAY && pds.endsWith(OWN_SERVER));
}

export const didDocOf = (account: Account) => ({
  '@context': ['https://www.w3.org/ns/did/v1'],
  id: account.id,
  alsoKnownAs: [`at://${account.handle}`],
  service: [
    {
      id: '#atproto_pds',
      type: 'AtprotoPersonalDataServer',
      serviceEndpoint: `https://${fieldsOf(account).pds}`,
    },
  ],
});
