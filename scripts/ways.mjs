// Follows a post, a sale and a Stripe webhook through the code and counts how often each comes back to a room (a folder) that it had
// left. Each step says how it is reached, and that is looked up in the code: a link that is not there any more is an error.
// docs/architecture.md shows the same ways.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';
import { resolve } from './imports.mjs';
import { root } from './lib.mjs';

/** How often a post may come back to a room on its way to the platform. */
export const MOST_RETURNS = 2;

const step = (file, name, link, more = {}) => ({ file, name, link, ...more });
const call = { kind: 'call' };

const SCHEDULE = 'server/domains/planning/schedule-publications.ts schedulePublications';
const SWEEP = 'inngest/functions/publishing/index.ts sweep';
const PUBLISH_DUE = 'server/domains/publisher/publish-due.ts publishDue';
const SYNC_SALES = 'server/domains/sales/sync-sales.ts syncSales';
const SYNC_HOURLY = 'inngest/functions/selling/index.ts syncHourly';
const HANDLE = 'server/domains/billing/handle-stripe-webhook.ts handleStripeWebhook';

/**
 * The ways, in the order in which things happen. A step is reached from the one before it, or from `from`: an earlier step that had an
 * answer and goes on. `platform` marks where it is handed to the platform; what follows writes down the answer.
 */
export const WAYS = [
  {
    name: 'post',
    title: 'A post',
    most: MOST_RETURNS,
    steps: [
      step('components/compose/send-panel.tsx', 'SendPanel', { kind: 'button', prop: 'onSend' }),
      step('components/compose/composer.tsx', 'Composer', { kind: 'prop', prop: 'onSend' }),
      step('components/compose/use-publish.ts', 'usePublish', call),
      step('components/trpc/client.tsx', 'useTRPC', call),
      step('app/api/trpc/[trpc]/route.ts', 'POST', { kind: 'request', address: '/api/trpc' }),
      step('server/trpc/root.ts', 'appRouter', call),
      step('server/trpc/procedure.ts', 'procedureOf', call),
      step('server/domains/planning/schedule-publications.ts', 'schedulePublications', {
        kind: 'verb',
        verb: 'publications.schedule',
        asker: 'components/compose/use-publish.ts usePublish',
      }),
      step('server/domains/publications/new-publication.ts', 'newPublication', call),
      step(
        'inngest/functions/publishing/index.ts',
        'sweep',
        { kind: 'event', event: 'publishing/sweep.requested' },
        { from: SCHEDULE },
      ),
      step('server/domains/due/claim-due.ts', 'claimDue', call),
      step('db/functions.sql', 'claim_due', { kind: 'statement' }),
      step(
        'inngest/functions/publishing/index.ts',
        'publish',
        { kind: 'event', event: 'publishing/publication.claimed' },
        { from: SWEEP },
      ),
      step('server/domains/publisher/publish-due.ts', 'publishDue', call),
      step('server/domains/publisher/start-publishing.ts', 'startPublishing', call),
      step('db/functions.sql', 'start_publishing_v4', { kind: 'statement' }),
      step(
        'server/domains/connections/connector-platforms.ts',
        'connectorPlatforms.call',
        { kind: 'port', capability: 'publish' },
        { from: PUBLISH_DUE },
      ),
      step('server/domains/connections/call-platform.ts', 'callPlatform', call),
      step('server/connectors/host/call.ts', 'call', call),
      step(
        'server/connectors/x/index.ts',
        'x.functions.publish',
        { kind: 'capability', capability: 'publish' },
        { platform: true },
      ),
      step('server/domains/publisher/advance.ts', 'advance', call, { from: PUBLISH_DUE }),
      step('db/functions.sql', 'advance_publishing_v3', { kind: 'statement' }),
      step('db/functions.sql', 'settle_publishing_v2', { kind: 'statement' }),
    ],
  },
  {
    name: 'sale',
    title: 'A sale',
    steps: [
      step('inngest/functions/selling/index.ts', 'syncHourly', { kind: 'cron' }),
      step('server/domains/sales/due.ts', 'connectionsToSync', call),
      step(
        'inngest/functions/selling/index.ts',
        'syncShop',
        { kind: 'event', event: 'selling/sync.requested' },
        { from: SYNC_HOURLY },
      ),
      step('server/domains/sales/sync-sales.ts', 'syncSales', call),
      step('server/domains/sales/lease.ts', 'takeLease', call),
      step(
        'server/domains/connections/connector-platforms.ts',
        'connectorPlatforms.call',
        { kind: 'port', capability: 'syncSales' },
        { from: SYNC_SALES },
      ),
      step('server/domains/connections/call-platform.ts', 'callPlatform', call),
      step('server/connectors/host/call.ts', 'call', call),
      step('server/connectors/etsy/index.ts', 'etsy.functions.syncSales', {
        kind: 'capability',
        capability: 'syncSales',
      }),
      step('server/connectors/etsy/sales.ts', 'syncSales', call),
      step('server/domains/sales/store-page.ts', 'storePage', call, { from: SYNC_SALES }),
      step('server/domains/ledger/post-transaction.ts', 'postTransactions', call),
    ],
  },
  {
    name: 'webhook',
    title: 'A Stripe webhook',
    steps: [
      step('app/api/webhooks/stripe/route.ts', 'POST', { kind: 'webhook', address: '/api/webhooks/stripe' }),
      step('server/domains/billing/handle-stripe-webhook.ts', 'handleStripeWebhook', call),
      step('server/domains/billing/event-subject.ts', 'subjectOf', call),
      step('server/domains/billing/refresh-subscription.ts', 'refreshSubscription', call, { from: HANDLE }),
      step('server/domains/billing/customer-subscriptions.ts', 'subscriptionsOfCustomer', call),
      step('server/domains/billing/record-invoice.ts', 'recordInvoice', call, { from: HANDLE }),
      step('server/domains/ledger/post-subscription.ts', 'postSubscription', call),
      step('server/domains/ledger/post-transaction.ts', 'postTransaction', call),
    ],
  },
];

const ROOM =
  /^(?:server\/(?:domains|connectors)\/[\w-]+|inngest\/functions\/[\w-]+|app\/api\/[\w-]+|(?:server|components)\/[\w-]+|[\w-]+)(?=\/)/;
/** The folder that a file belongs to, as an engineer thinks of it: `server/domains/publisher`, `components/compose`, `db`. */
export const roomOf = (file) => ROOM.exec(file)?.[0] ?? '.';

/** The rooms of a list of steps, in the order in which they are first entered, and each step into one that had been left before. */
export function count(steps) {
  const rooms = [];
  const returns = [];
  let here;
  for (const { file } of steps) {
    const room = roomOf(file);
    if (room === here) continue;
    if (rooms.includes(room)) returns.push(room);
    else rooms.push(room);
    here = room;
  }
  return { rooms, returns };
}

/** The steps of a way up to the platform; all of them where it leads to none. */
export function toPlatform({ steps }) {
  const at = steps.findIndex(({ platform }) => platform);
  return at < 0 ? steps : steps.slice(0, at + 1);
}

/** The way's name and numbers, as the script prints them. */
export function summary(way) {
  const files = new Set(way.steps.map(({ file }) => file)).size;
  const { rooms, returns } = count(way.steps);
  const named = (list) => `${list.length} returns${list.length > 0 ? ` (${list.join(', ')})` : ''}`;
  const there = toPlatform(way);
  const until = there.length < way.steps.length ? `${named(count(there).returns)} to the platform, ` : '';
  return `${way.name}: ${way.steps.length} steps, ${files} files, ${rooms.length} rooms, ${until}${named(returns)} in all`;
}

/** What is wrong with the ways in a project whose files `read` answers (undefined for one that is not there), in words. */
export function problems(ways, read) {
  const code = project(read);
  return ways.flatMap((way) => {
    const found = way.steps.flatMap((to, at) => {
      const problem =
        read(to.file) === undefined ? 'there is no such file' : linkProblem(code, way.steps, at);
      return problem ? [`${way.name}, step ${at + 1} (${to.file} ${to.name}): ${problem}`] : [];
    });
    const { returns } = count(toPlatform(way));
    if (way.most !== undefined && returns.length > way.most)
      found.push(
        `${way.name}: returns ${returns.length} times to a room on its way to the platform (${returns.join(', ')}); ${way.most} are allowed`,
      );
    return found;
  });
}

const idOf = ({ file, name }) => `${file} ${name}`;
/** Links that bring an answer back to whoever asked. */
const ANSWERS = new Set(['call', 'request', 'verb', 'port', 'capability', 'statement']);

/** Which step another is reached from. Null when that one is not waiting for an answer any more, or comes later. */
function parentOf(steps, at) {
  const { from } = steps[at];
  let parent = at - 1;
  while (from !== undefined && parent >= 0 && idOf(steps[parent]) !== from)
    parent = ANSWERS.has(steps[parent].link.kind) ? (parentOf(steps, parent) ?? -1) : -1;
  return parent < 0 ? null : parent;
}

function linkProblem(code, steps, at) {
  const to = steps[at];
  if (at === 0) return STARTS[to.link.kind]?.(code, to) ?? null;
  const parent = parentOf(steps, at);
  if (parent === null) return `no answer comes back to ${to.from}, so it cannot go on from there`;
  const from = steps[parent];
  const link = LINKS[to.link.kind];
  if (!link) return `a way does not go on by “${to.link.kind}”`;
  return link(code, from, to, to.link);
}

/** How a way begins. */
const STARTS = {
  button(code, to) {
    const { prop } = to.link;
    const found = code.reached(to).some((node) => onClickOf(node) === prop);
    return found ? null : `no button calls ${prop} when it is pressed`;
  },
  cron(code, to) {
    const found = triggersOf(code, to).some((trigger) => keyOf(trigger, 'cron'));
    return found ? null : 'no cron starts it';
  },
  webhook: (code, to) =>
    servedAt(to, to.link.address) && code.declared(to)
      ? null
      : `it does not answer POST requests to ${to.link.address}`,
};

/** How one step leads to the next. Each answers what is missing, or null. */
const LINKS = {
  call(code, from, to) {
    const found = code.calls(from).some(({ file, name }) => file === to.file && name === to.name);
    return found ? null : `${idOf(from)} does not call it`;
  },
  prop(code, from, to, { prop }) {
    const given = code
      .reached(to)
      .some(
        (node) =>
          node.type === 'JSXOpeningElement' &&
          code.imported(to.file, node.name?.name)?.file === from.file &&
          node.name.name === from.name &&
          node.attributes.some((attribute) => attribute.name?.name === prop),
      );
    return given ? null : `it does not give ${prop} to ${from.name}`;
  },
  request(code, from, to, { address }) {
    if (!code.literals(from.file).includes(address)) return `${from.file} does not name ${address}`;
    return servedAt(to, address) && code.declared(to) ? null : `it does not answer requests to ${address}`;
  },
  verb(code, from, to, { verb, asker }) {
    const [group, name] = verb.split('.');
    const [file, asking] = asker.split(' ');
    const asks = code.reached({ file, name: asking }).some((node) => chainOf(node) === `trpc.${verb}`);
    if (!asks) return `${asker} does not ask for trpc.${verb}`;
    const listed = keyOf(keyOf(code.declared({ file: VERBS, name: 'verbs' }), group), name);
    const listedAs = listed?.type === 'Identifier' && code.imported(VERBS, listed.name);
    if (listedAs?.file !== to.file || listedAs.name !== to.name)
      return `${VERBS} does not list it as ${verb}`;
    const defined = code.calls(to).some((made) => made.name === 'defineVerb');
    if (!defined || !code.literals(to.file).includes(verb)) return `it does not define the verb ${verb}`;
    const offers = code.calls({ file: ROUTER, name: 'appRouter' }).some(({ file }) => file === VERBS);
    if (!offers) return `${ROUTER} does not offer the verbs of ${VERBS}`;
    const runs = code
      .reached(from)
      .some((node) => node.type === 'CallExpression' && node.callee.name === 'verb');
    return runs ? null : `${idOf(from)} does not run the verb`;
  },
  event(code, from, to, { event }) {
    const sends = code.reached(from).some((node) => sentBy(node).includes(event));
    if (!sends) return `${idOf(from)} does not send ${event}`;
    const started = triggersOf(code, to).some((trigger) => {
      const of = trigger.type === 'Identifier' && code.imported(to.file, trigger.name);
      return of && code.nodes(code.declared(of)).some((node) => node.value === event);
    });
    return started ? null : `${event} does not start it`;
  },
  port(code, from, to, { capability }) {
    const asks = code
      .reached(from)
      .some(
        (node) =>
          node.type === 'CallExpression' &&
          node.callee.property?.name === 'call' &&
          node.arguments.some((given) => keyOf(given, 'capability')?.value === capability),
      );
    if (!asks) return `${idOf(from)} does not ask a platform to ${capability}`;
    const [port] = to.name.split('.');
    const given = code.nodes(code.declared({ file: SERVICES, name: 'services' })).some((node) => {
      const value = keyOf(node, 'platforms');
      return value?.type === 'Identifier' && code.imported(SERVICES, value.name)?.file === to.file;
    });
    return given && code.declared(to) ? null : `${SERVICES} does not give ${port} as the platforms`;
  },
  capability(code, from, to, { capability }) {
    const asks = code
      .reached(from)
      .some(
        (node) =>
          node.type === 'MemberExpression' && node.computed && node.object.property?.name === 'functions',
      );
    if (!asks) return `${idOf(from)} does not call a connector's function`;
    const [name] = to.name.split('.');
    const known = keyOf(code.declared({ file: REGISTRY, name: 'connectors' }), name);
    const listed = known?.type === 'Identifier' && code.imported(REGISTRY, known.name)?.file === to.file;
    if (!listed) return `${REGISTRY} does not have ${name}`;
    return code.declared(to) ? null : `it cannot ${capability}`;
  },
  statement(code, from, to) {
    if (!code.sql(to)) return `${to.file} does not have this function`;
    const call = new RegExp(`\\b${to.name}\\s*\\(`);
    const text = from.file.endsWith('.sql')
      ? code.sql(from)?.slice(from.name.length + 2)
      : code
          .reached(from)
          .filter((node) => node.type === 'TemplateElement')
          .map((node) => node.value.raw)
          .join('\n');
    return call.test(text ?? '') ? null : `${idOf(from)} does not call it`;
  },
};

const VERBS = 'server/domains/verbs.ts';
const ROUTER = 'server/trpc/root.ts';
const SERVICES = 'inngest/services.ts';
const REGISTRY = 'server/connectors/registry.ts';

/** Whether a route's file stands where requests to the address are answered. */
function servedAt({ file, name }, address) {
  const folder = path.posix.dirname(file).replace(/^app/, '');
  return name === 'POST' && folder.replace(/\/\[[^\]]+\]$/, '') === address;
}

/** The value of a key of an object, looked through what is around the object: `as const`, `satisfies`, a call. */
function keyOf(node, key) {
  if (!node) return undefined;
  if (node.type === 'ObjectExpression') {
    const found = node.properties.find((each) => (each.key?.name ?? each.key?.value) === key);
    return found?.value;
  }
  if (node.expression) return keyOf(node.expression, key);
  for (const given of node.arguments ?? []) {
    const value = keyOf(given, key);
    if (value) return value;
  }
  return undefined;
}

const onClickOf = (node) =>
  node.type === 'JSXAttribute' && node.name.name === 'onClick' ? node.value?.expression?.name : undefined;

/** `trpc.posts.create` of a chain of members that ends in a call on it. */
function chainOf(node) {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression' || node.computed) return undefined;
  const before = chainOf(node.object);
  return before && `${before}.${node.property.name}`;
}

/** The events that a call sends: `ctx.events.publish('name')`, or `sendEvents` with objects that have a name. */
function sentBy(node) {
  if (node.type !== 'CallExpression') return [];
  if (chainOf(node.callee)?.endsWith('events.publish')) return node.arguments.map((given) => given.value);
  if (node.callee.name !== 'sendEvents') return [];
  return walk(node.arguments, [])
    .map((inner) => keyOf(inner, 'name')?.value)
    .filter(Boolean);
}

/** What starts a background function. */
function triggersOf(code, to) {
  return keyOf(code.declared(to), 'triggers')?.elements ?? [];
}

const TYPES = new Set(['typeAnnotation', 'returnType', 'typeParameters', 'typeArguments']);
/** All nodes of a tree but those of types. Names of properties are not among them: they refer to nothing. */
function walk(node, into) {
  if (Array.isArray(node)) {
    for (const each of node) walk(each, into);
    return into;
  }
  if (typeof node?.type !== 'string') return into;
  into.push(node);
  for (const [key, value] of Object.entries(node)) {
    if (typeof value !== 'object' || value === null || TYPES.has(key)) continue;
    if (key === 'property' && !node.computed) continue;
    if (key === 'key' && !node.computed) continue;
    walk(value, into);
  }
  return into;
}

/** What the files of a project declare, import and call. */
function project(read) {
  const files = new Map();
  const exists = (file) => read(file) !== undefined;

  function fileOf(file) {
    const known = files.get(file);
    if (known) return known;
    const { program } = parseSync(file, read(file) ?? '');
    const imports = new Map();
    const declared = new Map();
    const add = (local, specifier, name) => {
      const to = resolve(specifier, file, exists);
      if (to) imports.set(local, { file: to, name });
    };
    const declare = (node) => {
      if (node?.type === 'FunctionDeclaration') declared.set(node.id.name, node);
      for (const each of node?.declarations ?? []) if (each.id.name) declared.set(each.id.name, each.init);
    };
    for (const node of program.body) {
      declare(node);
      if (node.type === 'ExportNamedDeclaration') declare(node.declaration);
      if (node.type === 'ImportDeclaration' && node.importKind !== 'type')
        for (const each of node.specifiers)
          if (each.imported && each.importKind !== 'type')
            add(each.local.name, node.source.value, each.imported.name);
    }
    for (const node of program.body)
      if (node.type === 'ExportNamedDeclaration' && !node.source)
        for (const { local, exported } of node.specifiers)
          if (declared.has(local.name)) declared.set(exported.name, declared.get(local.name));
    const nodes = walk(program, []);
    // `const { name } = await import('./file')`
    for (const node of nodes) {
      const loaded = node.type === 'VariableDeclarator' && node.init?.argument;
      if (loaded?.type === 'ImportExpression' && node.id.type === 'ObjectPattern')
        for (const { key, value } of node.id.properties)
          if (value?.name) add(value.name, loaded.source.value, key.name);
    }
    const one = { imports, declared, literals: nodes.map(({ value }) => value) };
    files.set(file, one);
    return one;
  }

  /** What a name stands for: `name`, or `name.key.key` for what is in an object. */
  function declared({ file, name }) {
    const [first, ...keys] = name.split('.');
    return keys.reduce((node, key) => keyOf(node, key), fileOf(file).declared.get(first));
  }

  /** All nodes of a step's function and of what it uses of its own file. */
  function reached(step) {
    const start = declared(step);
    if (!start) return [];
    const own = fileOf(step.file).declared;
    const nodes = walk(start, []);
    const seen = new Set([start]);
    for (let i = 0; i < nodes.length; i++) {
      const next = nodes[i].type === 'Identifier' ? own.get(nodes[i].name) : undefined;
      if (!next || seen.has(next)) continue;
      seen.add(next);
      walk(next, nodes);
    }
    return nodes;
  }

  /** What a step calls, shows as a component, or hands to what it calls, of what its file imports. */
  function calls(step) {
    const { imports } = fileOf(step.file);
    const names = reached(step).flatMap((node) => {
      if (node.type === 'JSXOpeningElement') return [node.name.name];
      if (node.type !== 'CallExpression') return [];
      const given = node.arguments.flatMap((each) => walk(each, []));
      return [node.callee, ...given].map((each) => (each.type === 'Identifier' ? each.name : undefined));
    });
    const start = declared(step);
    if (start?.type === 'Identifier') names.push(start.name);
    return names.flatMap((name) => imports.get(name) ?? []);
  }

  return {
    declared,
    reached,
    calls,
    nodes: (node) => walk(node, []),
    imported: (file, name) => fileOf(file).imports.get(name),
    literals: (file) => fileOf(file).literals,
    /** The text of a function of the database. */
    sql({ file, name }) {
      const start = (read(file) ?? '')
        .replace(/--.*$/gm, '')
        .split(/^create or replace function tributary\./m);
      return start.slice(1).find((text) => text.startsWith(`${name}(`));
    },
  };
}

/** The ways that a document shows: under each way's title, a numbered list whose items begin with a file and a name. */
function waysIn(text) {
  const sections = text.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => [
      section.slice(0, section.indexOf('\n')).trim(),
      [...section.matchAll(/^(\d+)\. `([^`]+)` `([^`]+)`/gm)].map(([, number, file, name]) => ({
        number: Number(number),
        file,
        name,
      })),
    ]),
  );
}

/** Where a document's ways differ from these, in words. */
export function differences(ways, text) {
  const shown = waysIn(text);
  return ways.flatMap(({ title, steps }) => {
    const items = shown.get(title);
    if (!items) return [`there is no way called “${title}”`];
    const wanted = steps.map((each, i) => `${i + 1}. ${idOf(each)}`);
    const found = items.map(({ number, ...each }) => `${number}. ${idOf(each)}`);
    return [
      ...wanted.filter((line) => !found.includes(line)).map((line) => `${title}: not shown: ${line}`),
      ...found.filter((line) => !wanted.includes(line)).map((line) => `${title}: not so: ${line}`),
    ];
  });
}

/** Reads the project's own files. */
export function readProject(file) {
  try {
    return readFileSync(path.join(root, file), 'utf8');
  } catch {
    return undefined;
  }
}

if (process.argv[1] && path.resolve(process.argv[1]) === path.join(root, 'scripts', 'ways.mjs')) {
  const found = problems(WAYS, readProject);
  for (const way of WAYS) console.log(summary(way));
  for (const line of found) console.error(line);
  process.exit(found.length > 0 ? 1 : 0);
}
