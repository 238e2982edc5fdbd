// The files of a new connector: path in its folder → text.
import { WRITTEN } from './choices.mjs';
import { fillIn, lines } from './text.mjs';

const TOO_LONG = 'too_long';

/** Returns the files of server/connectors/<id>/. */
export function connectorFiles(chosen) {
  const o = { ...chosen, does: (one) => chosen.capabilities.includes(one) };
  const shared = { 'face.ts': face(o), 'manifest.ts': manifest(o), 'messages/en.json': messages(o) };
  if (o.kind !== 'api') return shared;
  return {
    ...shared,
    'wire.ts': wire(o),
    ...(o.does('publish') ? { 'transform.ts': transform(o) } : {}),
    'faults.ts': faults(o),
    ...(o.media === 'ahead' ? { 'upload.ts': upload(o) } : {}),
    'index.ts': index(o),
    'contract.ts': contract(o),
  };
}

const quoted = (all) => `[${all.map((one) => `'${one}'`).join(', ')}]`;
const docs = ({ id }) => `https://developers.${id}.example`;

function face(o) {
  const { id, name, kind, order, media } = o;
  return lines(
    `import type { Face } from '../kit/face';`,
    '',
    `export const ${id}Face = {`,
    `  id: '${id}',`,
    `  name: '${name}',`,
    `  order: ${order},`,
    fillIn(
      'the lowest plan that includes it, and what is connected: an account, a channel, a Page, a profile or a shop.',
    ),
    `  tier: 'pro',`,
    `  accountNoun: 'account',`,
    `  summary: { fact: 'platforms.${id}.summary' },`,
    `  kind: '${kind}',`,
    `  capabilities: ${quoted(o.capabilities)},`,
    o.does('publish') && [
      `  post: {`,
      fillIn('the maximum length of a post and how the vendor counts it, with the page that says so.'),
      `    characters: 500,`,
      fillIn(
        'whether a link is sent in a field of its own. Rules of its own for links and lengths go to text.ts.',
      ),
      `    text: { rules: 'general', link: 'in_text' },`,
      media !== 'none' && [
        fillIn('what a post takes, with the page that says so.'),
        `    media: {`,
        `      way: '${media}',`,
        `      pictures: { most: 4, bytes: 5 * 1024 * 1024, mimes: ['image/jpeg', 'image/png'] },`,
        `      gif: null,`,
        `      video: null,`,
        `      alt: { characters: 500, kinds: ['picture'] },`,
        `    },`,
      ],
      kind === 'api' && [
        fillIn(
          'how often posts may be made, with the page that says so. Leave rates out if nothing is known.',
        ),
        `    rates: [{ count: 300, seconds: 3_600, per: 'account' }],`,
      ],
      `  },`,
    ],
    `} as const satisfies Face;`,
  );
}

function manifest(o) {
  const { id } = o;
  if (o.kind === 'announced')
    return lines(
      `import type { AnnouncedManifest } from '../kit/manifest';`,
      `import { ${id}Face } from './face';`,
      '',
      `export const ${id}Manifest = {`,
      `  ...${id}Face,`,
      fillIn('pages of the vendor’s documentation.'),
      `  docs: ['${docs(o)}'],`,
      `} as const satisfies AnnouncedManifest;`,
    );
  if (o.kind === 'manual')
    return lines(
      `import type { ManualManifest } from '../kit/manifest';`,
      `import { ${id}Face } from './face';`,
      '',
      `export const ${id}Manifest = {`,
      `  ...${id}Face,`,
      fillIn('the site, and the page on which a person writes a post.'),
      `  web: 'https://www.${id}.example',`,
      `  editor: 'https://www.${id}.example/new',`,
      `  steps: { fact: 'platforms.${id}.steps' },`,
      `  profile: {`,
      `    label: { fact: 'platforms.${id}.profile' },`,
      `    help: { fact: 'platforms.${id}.profileHelp' },`,
      `    example: '${id}.example/@name',`,
      `  },`,
      fillIn('the path of a post below the site, with its id in the group `id`.'),
      `  postPath: /^\\/@[^/]+\\/(?<id>\\w{1,64})$/,`,
      fillIn('pages of the vendor’s documentation.'),
      `  docs: ['${docs(o)}'],`,
      `} as const satisfies ManualManifest;`,
    );
  const address = (path, host = '') =>
    o.server
      ? `{ live: '${path || '/'}', sandbox: '/${id}${path}' }`
      : `{ live: 'https://${host}${id}.example${path}', sandbox: '/${id}${path}' }`;
  return lines(
    `import type { AvailableManifest } from '../kit/manifest';`,
    `import { ${id}Face } from './face';`,
    '',
    `export const ${id}Manifest = {`,
    `  ...${id}Face,`,
    o.does('engagement') && [fillIn('how many posts one request reads.'), `  engagementBatch: 20,`],
    o.does('publish') && !o.does('lookup') && `  whereToLook: { fact: 'platforms.${id}.whereToLook' },`,
    o.auth === 'oauth2' &&
      !o.server && [
        fillIn('the page on which an operator registers an app. The same page is in .env.example.'),
        `  setUp: { page: '${docs(o)}/apps' },`,
      ],
    o.server && [
      `  server: {`,
      `    label: { fact: 'platforms.${id}.server' },`,
      `    help: { fact: 'platforms.${id}.serverHelp' },`,
      `    example: '${id}.example',`,
      `  },`,
    ],
    fillIn('the addresses.'),
    `  api: ${address('/api', 'www.')},`,
    `  web: ${address('', 'www.')},`,
    `  credential: 'bearer',`,
    o.auth === 'oauth2' ? oauth(o, address) : fields(o, address),
    fillIn('the pages of the vendor’s documentation that the connector follows.'),
    `  docs: ['${docs(o)}'],`,
    `} as const satisfies AvailableManifest;`,
  );
}

const oauth = (o, address) => [
  `  auth: {`,
  `    kind: 'oauth2',`,
  o.server && `    registration: 'per_server',`,
  `    authorize: ${address('/oauth/authorize', 'www.')},`,
  `    token: ${address('/oauth/token', 'www.')},`,
  fillIn('how access is ended (docs/adding-a-platform.md, step 2).'),
  `    ending: 'by_hand',`,
  `    appsPage: {`,
  `      address: ${address('/settings/apps', 'www.')},`,
  `      where: { fact: 'platforms.${o.id}.appsPage' },`,
  `    },`,
  `    pkce: 'S256',`,
  `    client: 'body',`,
  `    refresh: 'rotating',`,
  `    scopeSeparator: ' ',`,
  fillIn('the scopes, and how long tokens live if the answer does not say.'),
  `    accountScopes: ['account'],`,
  `    scopes: { ${o.capabilities.map((one) => `${one}: ['${o.does('publish') ? 'posts' : 'account'}']`).join(', ')} },`,
  `    accessLifetime: 7_200,`,
  `    refreshLifetime: null,`,
  `  },`,
];

const fields = (o, address) => [
  `  auth: {`,
  `    kind: 'fields',`,
  fillIn('what people enter, and what a valid value looks like.'),
  `    fields: [`,
  `      {`,
  `        id: 'key',`,
  `        kind: 'secret',`,
  `        label: { fact: 'platforms.${o.id}.fields.key' },`,
  `        help: { fact: 'platforms.${o.id}.fields.keyHelp' },`,
  `        pattern: /[\\w-]{20,200}/,`,
  `        maxLength: 200,`,
  `      },`,
  `    ],`,
  `    ending: 'by_hand',`,
  `    appsPage: {`,
  `      address: ${address('/settings/keys', 'www.')},`,
  `      where: { fact: 'platforms.${o.id}.appsPage' },`,
  `    },`,
  `  },`,
];

function messages(o) {
  const { name } = o;
  const texts = {
    summary: o.does('publish') ? 'Publish posts to your account.' : `Connect your account on ${name}.`,
    ...(o.kind === 'manual' && {
      steps: `Open ${name} and sign in to the account.\nPaste the text${o.media === 'none' ? '' : ' and add the files, with their descriptions'}.\nPublish it, and copy the URL of the post.`,
      profile: 'Address of your page',
      profileHelp: `Open your page on ${name} and copy its URL.`,
    }),
    ...(o.kind === 'api' && {
      appsPage: o.auth === 'oauth2' ? 'settings, under Apps' : 'settings, under API keys',
      ...(o.does('publish') &&
        !o.does('lookup') && { whereToLook: `Tributary cannot ask ${name}. Look on your account’s page.` }),
      ...(o.server && {
        server: 'Your server',
        serverHelp: 'The server on which you have your account.',
      }),
      ...(o.auth === 'fields' && {
        fields: { key: 'API key', keyHelp: `Make one in your settings on ${name}.` },
      }),
      ...(o.does('publish') && {
        errors: { tooLong: `${name} did not accept this post because it is too long.` },
        addresses: { noPost: `This is not the URL of a post. Open the post on ${name} and copy its URL.` },
      }),
      ...(o.media === 'ahead' && {
        problems: {
          picture: `${name} could not process this picture. Save it again as a JPEG or PNG and add the new file.`,
        },
      }),
    }),
  };
  return `${JSON.stringify(texts, null, 2)}\n`;
}

function wire(o) {
  return lines(
    `import { z } from 'zod';`,
    `import { op } from '../kit/op';`,
    `import { remoteId, ${o.does('engagement') ? 'tally, ' : ''}wire } from '../kit/wire';`,
    '',
    fillIn('the operations, by the names of the vendor’s document. These are invented.'),
    o.server &&
      o.auth === 'oauth2' && [
        `const app = wire({ client_id: z.string().min(1).max(500), client_secret: z.string().min(1).max(500) });`,
        `export const createApp = op('createApp', 'POST', '/apps', 'idempotent', app);`,
        '',
      ],
    `const account = wire({ id: remoteId, handle: z.string().min(1).max(200), name: z.string().max(1000) });`,
    `export const getMe = op('getMe', 'GET', '/me', 'read', account);`,
    o.does('publish') && [
      '',
      `const made = wire({ id: remoteId });`,
      `export const createPost = op('createPost', 'POST', '/posts', 'effect', made);`,
    ],
    o.does('lookup') && [
      '',
      `const post = made.extend({`,
      `  text: z.string(),`,
      `  created_at: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),`,
      o.media === 'ahead' && `  media: z.array(wire({ id: remoteId })),`,
      `});`,
      `export type Post = z.output<typeof post>;`,
      `const page = wire({ posts: z.array(post), next: z.string().nullish() });`,
      `export const listPosts = op('listPosts', 'GET', '/posts', 'read', page);`,
    ],
    o.does('remove') && [
      '',
      `export const deletePost = op('deletePost', 'DELETE', '/posts/{id}', 'idempotent', z.unknown());`,
    ],
    o.media === 'ahead' && [
      '',
      `export const createMedia = op('createMedia', 'POST', '/media', 'idempotent', wire({ id: remoteId }));`,
    ],
    o.does('engagement') && [
      '',
      `const counted = wire({ id: remoteId, likes: tally, replies: tally, reposts: tally, views: tally });`,
      `export type Counted = z.output<typeof counted>;`,
      `/** Entries that cannot be read are left out. */`,
      `const several = z.array(counted.nullable().catch(null)).transform((all) => all.filter((one) => one !== null));`,
      `export const getNumbers = op('getNumbers', 'GET', '/numbers', 'read', wire({ posts: several }));`,
    ],
    '',
    fillIn('the one format in which the vendor refuses.'),
    `export const problem = wire({ error: wire({ code: z.string(), message: z.string().max(1000) }) });`,
  );
}

function transform(o) {
  const { id, media } = o;
  const types = [
    o.does('engagement') && 'Engagement',
    o.does('lookup') && media === 'ahead' && 'LookupInput',
  ].filter(Boolean);
  return lines(
    `import { fact } from '@/server/foundation/facts';`,
    `import { found, type ReadAddress } from '../kit/addresses';`,
    o.does('lookup') && `import type { Judgement } from '../kit/lookup';`,
    o.does('lookup') && `import { matchText } from '../kit/match-text';`,
    types.length > 0 && `import type { ${types.join(', ')} } from '../kit/types';`,
    o.does('engagement') && `import type { Counted } from './wire';`,
    o.does('lookup') && `import type { Post } from './wire';`,
    '',
    fillIn('where the page of a post is, below the site.'),
    `export const pathOf = (handle: string, postId: string): string => \`/@\${handle}/\${postId}\`;`,
    '',
    `/** Reads the id of a post from its address. */`,
    `export const readAddress: ReadAddress = ({ segments }) => {`,
    `  const [name, id] = segments;`,
    `  return name?.startsWith('@') && id && /^\\w{1,64}$/.test(id)`,
    `    ? found(id)`,
    `    : { ok: false, why: fact('platforms.${id}.addresses.noPost') };`,
    `};`,
    o.does('lookup') && [
      '',
      media === 'ahead'
        ? [
            `/** Whether a post is the one that was sent. The ids of its media belong to it alone, so they decide where there are any. */`,
            `export function judgePost(post: Post, sent: Pick<LookupInput, 'media'>, text: string): Judgement {`,
            `  const { media = [] } = sent;`,
            `  if (post.media.length > 0)`,
            `    return media.some(({ remoteId }) => post.media.some(({ id }) => id === remoteId)) ? 'same' : 'other';`,
            `  const match = matchText(post.text, text);`,
            `  return media.length > 0 && match === 'same' ? 'similar' : match;`,
            `}`,
          ]
        : [
            `/** Whether a post is the one that was sent. */`,
            `export const judgePost = (post: Post, text: string): Judgement => matchText(post.text, text);`,
          ],
    ],
    o.does('engagement') && [
      '',
      `export const engagementOf = ({ id, ...counted }: Counted): Engagement => ({`,
      `  remoteId: id,`,
      `  gone: false,`,
      `  likes: counted.likes ?? null,`,
      `  replies: counted.replies ?? null,`,
      `  reposts: counted.reposts ?? null,`,
      `  views: counted.views ?? null,`,
      `});`,
    ],
  );
}

function faults(o) {
  const { id } = o;
  return lines(
    `import { fact } from '@/server/foundation/facts';`,
    `import type { Hooks } from '../kit/connector';`,
    `import { notAccepted${o.does('publish') ? ', rejected' : ''} } from '../kit/refusals';`,
    o.media === 'ahead' && `import { MEDIA_GONE } from '../kit/types';`,
    `import { ${id}Manifest } from './manifest';`,
    `import { problem } from './wire';`,
    '',
    `const platform = ${id}Manifest.name;`,
    (o.does('remove') || o.does('engagement')) && [
      `/** Our code for the platform's own report that something does not exist. A bare 404 may come from a proxy. */`,
      `export const GONE = 'gone';`,
    ],
    '',
    fillIn('what the vendor’s codes mean (docs/adding-a-platform.md, The five faults).'),
    `export const readFault: NonNullable<Hooks['readFault']> = (status, body, _effect, phrases) => {`,
    `  const said = problem.safeParse(body).data?.error;`,
    `  if (!said) return null;`,
    `  if (status === 401) return { kind: 'reauth', fact: fact('connectors.errors.ended', { platform }) };`,
    o.does('publish') &&
      `  if (said.code === '${TOO_LONG}') return rejected('${TOO_LONG}', fact('platforms.${id}.errors.tooLong'));`,
    o.media === 'ahead' &&
      `  if (said.code === 'no_media') return rejected(MEDIA_GONE, fact('connectors.errors.mediaGone', { platform }));`,
    (o.does('remove') || o.does('engagement')) &&
      `  if (status === 404) return rejected(GONE, fact('connectors.errors.notFound', { platform }));`,
    `  return status === 400 || status === 403 || status === 404 || status === 422 ? notAccepted(platform, phrases, status) : null;`,
    `};`,
  );
}

const upload = ({ id }) =>
  lines(
    `import { fact } from '@/server/foundation/facts';`,
    `import { requestTimeoutMs } from '../kit/sending';`,
    `import { isBadRequest, uploadInSteps } from '../kit/upload-steps';`,
    `import { createMedia } from './wire';`,
    '',
    fillIn('how the vendor takes a file, and how long it keeps one that no post uses.'),
    `const KEPT_S = 86_400;`,
    '',
    `/** Sends a picture with its description in one request. A repetition leaves an unused file behind. */`,
    `export const uploadStep = uploadInSteps({`,
    `  async send(io, { name, mime, bytes, alt, read }) {`,
    `    const file = { name, mime, bytes: await read(0, bytes) };`,
    `    try {`,
    `      const { id } = await createMedia(io, { multipart: { alt, file }, timeoutMs: requestTimeoutMs(bytes) });`,
    `      return { id, state: 'done', keptSeconds: KEPT_S };`,
    `    } catch (error) {`,
    `      if (!isBadRequest(error)) throw error;`,
    `      return { id: '', state: 'failed' };`,
    `    }`,
    `  },`,
    `  problem: () => fact('platforms.${id}.problems.picture'),`,
    `});`,
  );

function index(o) {
  const { id, media } = o;
  const rest = o.capabilities.filter((one) => !WRITTEN.includes(one));
  const gone = o.does('remove') || o.does('engagement');
  const post = o.does('publish');
  return lines(
    o.does('engagement') && `import { goneAt } from '../kit/engagement';`,
    `import { ${post ? 'type ConnectorIo, ' : ''}defineConnector } from '../kit/connector';`,
    o.does('lookup') && [
      `import { concludeLookup, lookupWords } from '../kit/lookup';`,
      `import { readPages } from '../kit/paging';`,
    ],
    media === 'with_post' && `import { requestTimeoutMs } from '../kit/sending';`,
    post && `import { composeWith } from '../kit/text';`,
    (gone || post) &&
      `import { ${[o.does('remove') && 'isConnectorFault', post && 'type Published'].filter(Boolean).join(', ')} } from '../kit/types';`,
    `import { ${[o.does('remove') && 'GONE', 'readFault'].filter(Boolean).join(', ')} } from './faults';`,
    `import { ${id}Manifest } from './manifest';`,
    post &&
      `import { ${[o.does('engagement') && 'engagementOf', o.does('lookup') && 'judgePost', 'pathOf', 'readAddress'].filter(Boolean).join(', ')} } from './transform';`,
    media === 'ahead' && `import { uploadStep } from './upload';`,
    `import { ${[
      o.server && o.auth === 'oauth2' && 'createApp',
      post && 'createPost',
      o.does('remove') && 'deletePost',
      'getMe',
      o.does('engagement') && 'getNumbers',
      o.does('lookup') && 'listPosts',
      o.does('lookup') && 'type Post',
    ]
      .filter(Boolean)
      .join(', ')} } from './wire';`,
    '',
    o.does('lookup') && [
      `/** More pages than anyone fills between an attempt and its look-up. */`,
      `const MAX_PAGES = 8;`,
      '',
    ],
    `export const ${id} = defineConnector(${id}Manifest, {`,
    `  hooks: {`,
    post && `    readAddress,`,
    `    readFault,`,
    o.server &&
      o.auth === 'oauth2' && [
        `    async register(io, { redirectUri, scopes }) {`,
        `      const json = { client_name: 'Tributary', redirect_uri: redirectUri, scopes: scopes.join(' ') };`,
        `      const app = await createApp(io, { json });`,
        `      return { clientId: app.client_id, clientSecret: app.client_secret };`,
        `    },`,
      ],
    `    async identify(io) {`,
    `      const { id, handle, name } = await getMe(io);`,
    `      return [{ remoteId: id, remote: { handle }, name: name || handle, url: \`\${io.web}/@\${handle}\` }];`,
    `    },`,
    `  },`,
    `  functions: {`,
    post && [
      `    async publish(io, input) {`,
      `      const text = composeWith(${id}Manifest.post.text, input.text, input.link);`,
      media === 'none' && `      return published(io, await createPost(io, { json: { text } }));`,
      media === 'ahead' && [
        `      const media = (input.media ?? []).map(({ remoteId }) => remoteId);`,
        `      return published(io, await createPost(io, { json: { text, media } }));`,
      ],
      media === 'by_address' && [
        `      const media = (input.media ?? []).map(({ url, alt }) => ({ url, alt }));`,
        `      return published(io, await createPost(io, { json: { text, media } }));`,
      ],
      media === 'with_post' && [
        `      const { media = [] } = input;`,
        `      const files = media.flatMap((file, i) => [`,
        `        [\`file\${i}\`, file] as const,`,
        `        [\`alt\${i}\`, file.alt] as const,`,
        `      ]);`,
        `      const multipart = { text, ...Object.fromEntries(files) };`,
        `      const timeoutMs = requestTimeoutMs(media.reduce((sum, { bytes }) => sum + bytes, 0));`,
        `      return published(io, await createPost(io, { multipart, timeoutMs }));`,
      ],
      `    },`,
    ],
    o.does('lookup') && [
      '',
      `    async lookup(io, input) {`,
      `      const sent = composeWith(${id}Manifest.post.text, input.text, input.link);`,
      `      const read = await readPages<Post, string>(`,
      `        '',`,
      `        async (cursor) => {`,
      `          const { posts, next } = await listPosts(io, { query: { limit: 50, cursor: cursor || undefined } });`,
      `          const items = posts.filter(({ created_at }) => created_at >= input.since);`,
      `          return { items, next: next && items.length === posts.length ? next : null };`,
      `        },`,
      `        MAX_PAGES,`,
      `      );`,
      `      return concludeLookup(read, {`,
      `        exclude: input.exclude,`,
      `        words: lookupWords(${id}Manifest.name),`,
      `        published: (post) => published(io, post),`,
      `        judge: (post) => judgePost(post, ${media === 'ahead' ? 'input, ' : ''}sent),`,
      `      });`,
      `    },`,
    ],
    media === 'ahead' && ['', `    upload: uploadStep,`],
    o.does('remove') && [
      '',
      `    async remove(io, { remoteId: id }) {`,
      `      try {`,
      `        await deletePost(io, { path: { id } });`,
      `        return { removed: true };`,
      `      } catch (error) {`,
      `        if (isConnectorFault(error) && error.options.vendorCode === GONE) return { removed: false };`,
      `        throw error;`,
      `      }`,
      `    },`,
    ],
    o.does('engagement') && [
      '',
      `    async engagement(io, { remoteIds }) {`,
      `      const { posts } = await getNumbers(io, { query: { ids: remoteIds.join(',') } });`,
      `      const read = posts.map(engagementOf).filter(({ remoteId }) => remoteIds.includes(remoteId));`,
      fillIn('how the vendor says that a post is gone. Here it leaves the post out.'),
      `      return remoteIds.map((id) => read.find(({ remoteId }) => remoteId === id) ?? goneAt(id));`,
      `    },`,
    ],
    rest.map((one) => [
      '',
      fillIn(`the capability ${one} (kit/types.ts and kit/trade.ts say what it receives and returns).`),
      `    ${one}() {`,
      `      throw new Error('${one} on ${o.name} is not written yet: server/connectors/${id}/index.ts');`,
      `    },`,
    ]),
    `  },`,
    `});`,
    post && [
      '',
      `const published = (io: ConnectorIo, { id }: { readonly id: string }): Published => ({`,
      `  remoteId: id,`,
      `  permalink: \`\${io.web}\${pathOf(io.account.remote.handle ?? '', id)}\`,`,
      `});`,
    ],
  );
}

function contract(o) {
  const { id, media } = o;
  const own = o.auth === 'fields' || o.server;
  const place = `platform: '${id}', environment: 'sandbox'${o.server ? `, server: '${id}.example'` : ''}`;
  return lines(
    own &&
      o.auth === 'oauth2' && [
        `import { completeConnection } from '@/server/domains/connections/complete-connection';`,
        `import { startConnection } from '@/server/domains/connections/start-connection';`,
        `import { consent } from '@/server/domains/connections/testing';`,
      ],
    own &&
      o.auth === 'fields' && [
        `import { signInWithFields } from '@/server/domains/connections/sign-in';`,
        `import { env } from '@/server/foundation/env';`,
      ],
    media !== 'none' && `import { samplePng } from '@/server/domains/files/testing';`,
    `import type { PlatformContract } from '@/tests/contracts/define';`,
    '',
    `const ACCOUNT = 'mira';`,
    media === 'ahead' &&
      `const PICTURE = { kind: 'picture', mime: 'image/png', bytes: samplePng(3, 3) } as const;`,
    (media === 'with_post' || media === 'by_address') && [
      `const BYTES = samplePng(3, 3);`,
      `const PICTURE = {`,
      `  ...({ kind: 'picture', name: 'a.png', mime: 'image/png', width: 3, height: 3, alt: 'A square' } as const),`,
      `  bytes: BYTES.length,`,
      media === 'with_post' && `  open: () => new Blob([new Uint8Array(BYTES)]).stream(),`,
      `};`,
    ],
    '',
    `export const ${id}Contract: PlatformContract = {`,
    fillIn(
      'what the vendor has published: [await openApi(…), oauth(…)] (docs/adding-a-platform.md, Contracts).',
    ),
    `  load: () => [],`,
    `  account: ACCOUNT,`,
    own &&
      o.auth === 'oauth2' && [
        `  async connect({ handler, world }) {`,
        `    const { url } = await startConnection(world.ctx, { ${place}, returnTo: '/connections' });`,
        `    const input = { platform: '${id}', ...(await consent(handler, url, ACCOUNT)) } as const;`,
        `    return (await completeConnection({ ctx: world.ctx, input })).connectionIds;`,
        `  },`,
      ],
    own &&
      o.auth === 'fields' && [
        `  async connect({ handler, world }) {`,
        `    const made = await handler(`,
        `      new Request(\`\${env().appUrl}/sandbox/control/key\`, {`,
        `        method: 'POST',`,
        `        headers: { 'content-type': 'application/json' },`,
        `        body: JSON.stringify({ platform: '${id}${o.server ? `/${id}.example` : ''}', account: ACCOUNT }),`,
        `      }),`,
        `    );`,
        `    const { key } = (await made.json()) as { key: string };`,
        `    return (await signInWithFields(world.ctx, { ${place}, values: { key } })).connectionIds;`,
        `  },`,
      ],
    `  scenarios: {`,
    o.does('publish') && [
      `    async publish(io) {`,
      `      const input = { text: 'A line & <another>', idempotencyKey: 'k' };`,
      `      await io.call('publish', { ...input, link: 'https://example.com/page' });`,
      media === 'with_post' && `      await io.call('publish', { ...input, media: [PICTURE] });`,
      media === 'by_address' && [
        `      const url = io.serve('image/png', BYTES);`,
        `      await io.call('publish', { ...input, media: [{ ...PICTURE, url }] });`,
      ],
      `      await io.refused(io.call('publish', { ...input, text: 'x'.repeat(501) }));`,
      `      await io.fail('createPost', '429');`,
      `      await io.refused(io.call('publish', input));`,
      `    },`,
    ],
    o.does('lookup') && [
      `    async lookup(io) {`,
      `      const since = new Date(io.now().getTime() - 60_000);`,
      `      const input = { text: 'To be found', idempotencyKey: 'l' };`,
      `      await io.call('publish', input);`,
      `      const { found } = await io.call('lookup', { ...input, since, exclude: [] });`,
      `      if (found !== 'yes') throw new Error('The look-up did not find the post');`,
      `    },`,
    ],
    media === 'ahead' && [
      `    async upload(io) {`,
      `      const media = [await io.upload({ ...PICTURE, alt: 'A square' })];`,
      `      await io.call('publish', { text: 'With a picture', media, idempotencyKey: 'm' });`,
      `    },`,
    ],
    o.does('remove') && [
      `    async remove(io) {`,
      `      const { remoteId } = await io.call('publish', { text: 'To be removed', idempotencyKey: 'd' });`,
      `      for (let i = 0; i < 2; i++) await io.call('remove', { remoteId });`,
      `    },`,
    ],
    o.does('engagement') && [
      `    async engagement(io) {`,
      `      const { remoteId } = await io.call('publish', { text: 'To be counted', idempotencyKey: 'e' });`,
      `      await io.call('engagement', { remoteIds: [remoteId] });`,
      `    },`,
    ],
    `  },`,
    `};`,
  );
}
