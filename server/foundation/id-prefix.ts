/** Crockford's base 32, in lower case. */
export const ID_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Id prefixes of the kinds of rows, so that an id in a log or a URL shows what it belongs to. */
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
  grant: 'gra',
  connection: 'con',
  connectionChoice: 'coc',
  webhookReceiver: 'whr',
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
  unattributedEntry: 'uae',
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
export type IdKind = keyof typeof ID_PREFIX;

const made = (kind: IdKind): string => `${ID_PREFIX[kind]}_[${ID_ALPHABET}]{26}`;
/** The database derives the ids of a publication's follow-ups, and of the question about one, from the publication's id (db/parts.sql). */
const PUBLICATION = `${made('publication')}(?:-\\d\\d)?`;
const OTHERWISE: Partial<Record<IdKind, string>> = {
  publication: PUBLICATION,
  action: `(?:${made('action')}|${ID_PREFIX.action}_${PUBLICATION})`,
};

/**
 * Returns the pattern of every id of this kind: 26 characters after the prefix as created by `newId`, or the form that the database
 * creates.
 */
export const idPattern = (kind: IdKind): RegExp => new RegExp(`^${OTHERWISE[kind] ?? made(kind)}$`);
