import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Every kind of row has its prefix, so that an id in a log or a URL says what it is. */
export const ID_PREFIX = {
  user: 'usr',
  session: 'ses',
  device: 'dev',
  signInCode: 'sic',
  emailToken: 'emt',
  email: 'eml',
  workspace: 'ws',
  stream: 'str',
  topic: 'top',
  slot: 'slt',
  series: 'ser',
  connection: 'con',
  connectionChoice: 'coc',
  oauthState: 'oas',
  post: 'pst',
  variant: 'var',
  publication: 'pub',
  attempt: 'att',
  file: 'fil',
  generation: 'gen',
  approval: 'apr',
  action: 'act',
  alert: 'alr',
  activity: 'atv',
  product: 'prd',
  listing: 'lst',
  listingOperation: 'lop',
  sale: 'sal',
  fee: 'fee',
  payout: 'pay',
  refund: 'rfd',
  priceRule: 'prl',
  priceChange: 'pch',
  account: 'acc',
  transaction: 'txn',
  posting: 'ptg',
  subscription: 'sub',
  jobRun: 'run',
  jobStep: 'stp',
  event: 'evt',
  queue: 'que',
  sandbox: 'sbx',
  view: 'vws',
  postingStop: 'hlt',
} as const;

/**
 * A new sortable id: typed prefix, 48 bits of time in milliseconds, 80 random bits, in Crockford's base 32
 * (the layout of ULID, https://github.com/ulid/spec).
 */
export function newId(kind: keyof typeof ID_PREFIX, at: number = Date.now()): string {
  let time = at;
  let head = '';
  for (let i = 0; i < 10; i++) {
    head = ALPHABET[time % 32] + head;
    time = Math.floor(time / 32);
  }
  let tail = '';
  for (const byte of randomBytes(16)) tail += ALPHABET[byte & 31];
  return `${ID_PREFIX[kind]}_${head}${tail}`;
}

declare const brand: unique symbol;
/** A workspace id that a gate has checked: the caller is a member, or the system acts for it. */
export type WorkspaceId = string & { readonly [brand]: 'WorkspaceId' };
/** Mints a WorkspaceId. Only gates (session, webhook, background function, seed, test) may call it. */
export const asWorkspaceId = (id: string): WorkspaceId => id as WorkspaceId;
