// What somebody chooses for a new platform: which choices there are, and which of them go together.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib.mjs';

/** What the scaffold writes whole. Any other capability becomes a function that says it is not written yet. */
export const WRITTEN = ['publish', 'lookup', 'remove', 'upload', 'engagement'];
export const KINDS = ['api', 'manual', 'announced'];
export const AUTHS = ['oauth2', 'fields', 'none'];
export const MEDIA = ['ahead', 'with_post', 'by_address', 'none'];

/** Names that the id of a platform cannot be, because it is also the name of its exports. */
const RESERVED = new Set(
  `await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements
  import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void
  while with yield arguments eval undefined
  fact op wire problem account manifests faces connectors contracts tables`.split(/\s+/),
);

/** Returns every capability, in the order of the list that the host has of them. */
export function capabilities() {
  const source = readFileSync(join(root, 'server', 'connectors', 'kit', 'capabilities.ts'), 'utf8');
  const list = /const CAPABILITIES[^{]*\{([\s\S]*?)\n\};/.exec(source)?.[1] ?? '';
  return [...list.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name);
}

const foldersOf = (place) =>
  readdirSync(join(root, 'server', place), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/** Says what is wrong with an id, or returns null. */
export function idProblem(id) {
  if (!/^[a-z][a-z0-9]{0,29}$/.test(id))
    return `The id "${id}" must consist of lower-case letters and digits, and begin with a letter.`;
  if (RESERVED.has(id))
    return `The id "${id}" is a word that the code uses for something else. Choose another.`;
  for (const place of ['connectors', 'sandbox'])
    if (foldersOf(place).includes(id)) return `The id "${id}" is taken: server/${place}/${id}/ exists.`;
  return null;
}

/** Returns the place in lists after all platforms that there are. */
function nextOrder() {
  const orders = foldersOf('connectors')
    .map((id) => join(root, 'server', 'connectors', id, 'face.ts'))
    .filter((file) => existsSync(file))
    .map((file) => Number(/^ {2}order: (\d+),$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0));
  return Math.max(0, ...orders) + 10;
}

const oneOf = (name, value, all) =>
  all.includes(value) ? null : `--${name} is one of ${all.join(', ')}, and not "${value}".`;

/**
 * Checks what was chosen and completes it. Returns the choices, or what is wrong with them, one sentence each.
 */
export function complete({ id, name, kind = 'api', auth, media, capabilities: asked, server = false }) {
  const wanted = (asked ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  const all = capabilities();
  const api = kind === 'api';
  const chosen = {
    id,
    name: name.trim(),
    kind,
    auth: auth ?? (api ? 'oauth2' : 'none'),
    media: media ?? 'none',
    server,
    capabilities: all.filter((one) => wanted.includes(one)),
    order: nextOrder(),
  };
  const does = (one) => wanted.includes(one);
  const problems = [
    idProblem(id),
    chosen.name === '' ? '--name is empty.' : null,
    /[\\'`\n$]/.test(chosen.name) ? '--name has a character that names of platforms do not have.' : null,
    oneOf('kind', kind, KINDS),
    oneOf('auth', chosen.auth, AUTHS),
    oneOf('media', chosen.media, MEDIA),
    ...wanted
      .filter((one) => !all.includes(one))
      .map((one) => `There is no capability "${one}". There are: ${all.join(', ')}.`),
    kind === 'announced' && (wanted.length > 0 || chosen.media !== 'none')
      ? 'An announced platform can do nothing yet: leave out --capabilities and --media.'
      : null,
    api && wanted.length === 0 ? 'A platform with an API needs --capabilities, at least one.' : null,
    api && chosen.auth === 'none' ? 'A platform with an API needs a sign-in: --auth oauth2 or fields.' : null,
    !api && chosen.auth !== 'none' ? `A platform of the kind ${kind} has no sign-in: --auth none.` : null,
    !api && server ? `A platform of the kind ${kind} has no servers: leave out --server.` : null,
    kind === 'manual' && (wanted.length !== 1 || !does('publish'))
      ? 'A person can only publish on a manual platform so far: --capabilities publish.'
      : null,
    chosen.media !== 'none' && !does('publish')
      ? '--media is for posts: add publish to --capabilities.'
      : null,
    api && does('upload') !== (chosen.media === 'ahead')
      ? 'The capability upload and --media ahead belong together: choose both or neither.'
      : null,
    kind === 'manual' && !['none', 'with_post'].includes(chosen.media)
      ? 'A person adds the files to the post: --media with_post, or none.'
      : null,
    ...['lookup', 'upload', 'remove', 'engagement']
      .filter((one) => does(one) && !does('publish'))
      .map((one) => `The capability ${one} is about posts: add publish to --capabilities.`),
  ].filter((problem) => problem !== null);
  return problems.length > 0 ? { problems } : { chosen };
}
