// The kinds of links from one step of a flow to the next, and how each of them is found in the code.
import path from 'node:path';
import { keyOf, walk } from './source-code.mjs';

export const idOf = ({ file, name }) => `${file} ${name}`;
/** Links that return a result to the caller. */
const ANSWERS = new Set(['call', 'request', 'verb', 'port', 'capability', 'statement']);

/** Returns the index of the step from which another is reached. Null if that step no longer waits for a response, or comes later. */
function parentOf(steps, at) {
  const { from } = steps[at];
  let parent = at - 1;
  while (from !== undefined && parent >= 0 && idOf(steps[parent]) !== from)
    parent = ANSWERS.has(steps[parent].link.kind) ? (parentOf(steps, parent) ?? -1) : -1;
  return parent < 0 ? null : parent;
}

/** Returns what the code lacks for a flow to reach a step, as text; null if nothing is missing. */
export function linkProblem(code, steps, at) {
  const to = steps[at];
  if (at === 0) return STARTS[to.link.kind]?.(code, to) ?? null;
  const parent = parentOf(steps, at);
  if (parent === null) return `nothing returns to ${to.from}, so the flow cannot continue from there`;
  const from = steps[parent];
  const link = LINKS[to.link.kind];
  if (!link) return `a flow cannot continue by “${to.link.kind}”`;
  return link(code, from, to, to.link);
}

/** Checks of a flow's first step, by the kind of its start. */
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
      : `it does not handle POST requests to ${to.link.address}`,
};

/** Checks for the link from one step to the next. Each returns the problem, or null. */
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
    return given ? null : `it does not pass ${prop} to ${from.name}`;
  },
  request(code, from, to, { address }) {
    if (!code.literals(from.file).includes(address)) return `${from.file} does not name ${address}`;
    return servedAt(to, address) && code.declared(to) ? null : `it does not handle requests to ${address}`;
  },
  verb(code, from, to, { verb, asker }) {
    const [group, name] = verb.split('.');
    const [file, asking] = asker.split(' ');
    const asks = code.reached({ file, name: asking }).some((node) => chainOf(node) === `trpc.${verb}`);
    if (!asks) return `${asker} does not call trpc.${verb}`;
    const listed = keyOf(keyOf(code.declared({ file: VERBS, name: 'verbs' }), group), name);
    const listedAs = listed?.type === 'Identifier' && code.imported(VERBS, listed.name);
    if (listedAs?.file !== to.file || listedAs.name !== to.name)
      return `${VERBS} does not list it as ${verb}`;
    const defined = code.calls(to).some((made) => made.name === 'defineVerb');
    if (!defined || !code.literals(to.file).includes(verb)) return `it does not define the verb ${verb}`;
    const offers = code.calls({ file: ROUTER, name: 'appRouter' }).some(({ file }) => file === VERBS);
    if (!offers) return `${ROUTER} does not expose the verbs of ${VERBS}`;
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
    if (!asks) return `${idOf(from)} does not call a platform to ${capability}`;
    const [port] = to.name.split('.');
    const given = code.nodes(code.declared({ file: SERVICES, name: 'services' })).some((node) => {
      const value = keyOf(node, 'platforms');
      return value?.type === 'Identifier' && code.imported(SERVICES, value.name)?.file === to.file;
    });
    return given && code.declared(to) ? null : `${SERVICES} does not pass ${port} as the platforms`;
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
    // `name: () => import('../name').then(…)`
    const known = keyOf(code.declared({ file: REGISTRY, name: 'connectors' }), name);
    const loaded = code.nodes(known).find(({ type }) => type === 'ImportExpression');
    const listed = loaded && code.fileAt(REGISTRY, loaded.source.value) === to.file;
    if (!listed) return `${REGISTRY} does not have ${name}`;
    return code.declared(to) ? null : `it does not implement ${capability}`;
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
const REGISTRY = 'server/connectors/generated/connectors.ts';

/** Whether a route's file is located where Next serves the address. */
function servedAt({ file, name }, address) {
  const folder = path.posix.dirname(file).replace(/^app/, '');
  return name === 'POST' && folder.replace(/\/\[[^\]]+\]$/, '') === address;
}

const onClickOf = (node) =>
  node.type === 'JSXAttribute' && node.name.name === 'onClick' ? node.value?.expression?.name : undefined;

/** Returns the dotted name of a member chain, for example `trpc.posts.create`. */
function chainOf(node) {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression' || node.computed) return undefined;
  const before = chainOf(node.object);
  return before && `${before}.${node.property.name}`;
}

/** Returns the events that a call sends: `ctx.events.publish('name')`, or `sendEvents` with objects that have a name. */
function sentBy(node) {
  if (node.type !== 'CallExpression') return [];
  if (chainOf(node.callee)?.endsWith('events.publish')) return node.arguments.map((given) => given.value);
  if (node.callee.name !== 'sendEvents') return [];
  return walk(node.arguments, [])
    .map((inner) => keyOf(inner, 'name')?.value)
    .filter(Boolean);
}

/** Returns the triggers of a background function. */
function triggersOf(code, to) {
  return keyOf(code.declared(to), 'triggers')?.elements ?? [];
}
