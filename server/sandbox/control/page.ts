import { FAULT_KINDS } from '../faults';
import type { Ctx } from '../http';
import { html, page, region } from '../pages';
import type { World } from '../world';
import { webhooksSection } from './webhooks';

const KIND_WORDS: Record<string, string> = {
  latency: 'Slow answer',
  '429': 'Too many requests',
  day_limit: 'Limit per day reached',
  app_limit: 'Limit of the app reached',
  too_fast: 'Blocked for acting too fast',
  other_error: 'Refused, in another shape of error',
  forbidden: 'Not allowed, nothing done',
  '500_before': 'Server error, nothing done',
  '500_after': 'Server error after it was done',
  reset_after: 'Connection dropped after it was done',
  timeout_after: 'No answer after it was done',
  nonsense: 'Nonsense answer after it was done',
  revoke_tokens: 'Access ended',
  clock_skew: 'Clock is wrong',
  processing_fails: 'A picture or video cannot be processed',
  processing_slow: 'A GIF or video is worked on for a minute',
};
const RESULTS: Record<string, { text: string; good: boolean }> = {
  done: { text: 'Done.', good: true },
  invalid: { text: 'Something in the form is not right. Check it and send it again.', good: false },
  missing: { text: 'That is not there, or it cannot be done now.', good: false },
};

/** Renders the page on which a user triggers faults and simulated people. */
export async function controlPage(world: World, c: Ctx): Promise<Response> {
  const action = (path: string) => `${world.base}/control${path}`;
  world.faults.forget();
  const [faults, settings, sections, webhooks] = await Promise.all([
    world.faults.list(),
    world.settings.get(),
    Promise.all(world.standIns.map(({ control }) => control?.section?.(world, action) ?? '')),
    webhooksSection(world, action),
  ]);
  const switches = world.standIns.flatMap((one) => one.switches ?? []);
  const word = (key: string, words: { on: string; off: string } | undefined) =>
    words?.[settings[key] === true ? 'on' : 'off'] ?? '';
  const states = switches.map(({ key, state }) => word(key, state)).filter(Boolean);
  const withAccounts = world.standIns.filter(({ accounts = [] }) => accounts.length > 0);
  const result = RESULTS[c.req.query('result') ?? ''];
  return page(
    world,
    { title: 'Control', wide: true },
    html`${result ? html`<p class="note ${result.good ? 'good' : 'bad'}" role="status">${result.text}</p>` : ''}
<p class="muted">Make a platform fail on purpose, and let simulated people act.</p>

<h2>Faults</h2>
${
  faults.length === 0
    ? html`<p>No fault is switched on.</p>`
    : region(
        'Faults',
        html`<table class="stack"><thead><tr><th scope="col">Where</th><th scope="col">What</th><th scope="col">How often</th><th scope="col">Struck</th><th scope="col">Action</th></tr></thead><tbody>
${faults.map(
  (
    f,
  ) => html`<tr><td data-label="Where">${f.platform === '*' ? 'Every platform' : world.nameOf(f.platform)} · ${f.operation === '*' ? 'everything' : f.operation}</td><td data-label="What">${`${KIND_WORDS[f.kind] ?? f.kind}${f.ms ? ` (${f.ms} ms)` : ''}`}</td><td data-label="How often">${f.remaining === null ? `${Math.round(f.probability * 100)} %` : `${f.remaining} more`}</td><td data-label="Struck">${f.struck}</td>
<td data-label="Action"><form method="post" action="${action('/faults/clear')}"><input type="hidden" name="id" value="${f.id}"><button class="plain" aria-label="Remove the fault on ${f.platform} ${f.operation}">Remove</button></form></td></tr>`,
)}</tbody></table>`,
      )
}
<form method="post" action="${action('/faults')}"><fieldset><legend>Add a fault</legend><div class="fields">
<div><label for="f-platform">Platform</label><select id="f-platform" name="platform"><option value="*">Every platform</option>${world.standIns.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select></div>
<div><label for="f-operation">Operation</label><input id="f-operation" name="operation" value="*"></div>
<div><label for="f-kind">What happens</label><select id="f-kind" name="kind">${FAULT_KINDS.map((k) => html`<option value="${k}">${KIND_WORDS[k]}</option>`)}</select></div>
<div><label for="f-count">Times (empty: always)</label><input id="f-count" name="count" type="number" min="1" value="1"></div>
<div><label for="f-probability">Probability</label><input id="f-probability" name="probability" type="number" min="0" max="1" step="0.01" value="1"></div>
<div><label for="f-ms">Milliseconds</label><input id="f-ms" name="ms" type="number" value=""></div>
<div><label for="f-seed">Seed</label><input id="f-seed" name="seed" type="number" value="1"></div>
</div><button>Add fault</button></fieldset></form>
${faults.length > 0 ? html`<form method="post" action="${action('/faults/clear')}"><button class="plain">Remove all faults</button></form>` : ''}

<h2>People</h2>
<p>The crowd is ${(settings.crowdAhead / 3_600_000).toFixed(0)} hours ahead of the clock. ${states.join(' ')}</p>
<form method="post" action="${action('/advance')}"><div class="row"><div><label for="hours">Hours</label><input id="hours" name="hours" type="number" min="1" max="8760" value="48" required></div><button>Let time pass for people</button></div></form>
<div class="actions">
${switches.map(({ key, button }) => html`<form method="post" action="${action('/settings')}"><input type="hidden" name="${key}" value="${settings[key] === true ? 'false' : 'true'}"><button class="plain">${word(key, button)}</button></form>`)}
</div>

<h2>End access</h2>
<form method="post" action="${action('/revoke')}"><div class="row"><div><label for="r-platform">Platform</label><select id="r-platform" name="platform">${withAccounts.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select></div><button class="danger">End access of every app</button></div></form>

${sections}
${webhooks}

<h2>Start over</h2>
<form method="post" action="${action('/reset')}"><p>This removes every post, listing, sale and subscription of the sandbox, and ends all access.</p><button class="danger">Empty the sandbox</button></form>`,
  );
}
