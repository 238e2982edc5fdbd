import { described } from '@/server/foundation/facts';
import { textsOf } from '../approval-requests/texts';
import type { LinkAnswer, Outcome } from './decide-by-link';
import type { Approval, Decision } from './schemas';

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const STYLE = `:root{color-scheme:light dark}
body{margin:0;font:16px/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
main{max-width:36rem;margin:0 auto;padding:2.5rem 1rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}
article{border:1px solid color-mix(in srgb,CanvasText 25%,Canvas);border-radius:8px;padding:.75rem 1rem;margin:1rem 0}
article h2{font-size:.875rem;margin:0 0 .25rem}
article p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
form{display:flex;gap:.75rem;flex-wrap:wrap;margin-top:1.5rem}
button{font:inherit;min-height:44px;padding:0 1.25rem;border-radius:8px;border:1px solid CanvasText;background:Canvas;color:CanvasText;cursor:pointer}
button.first{background:CanvasText;color:Canvas}
a{color:inherit}`;

/** The status and the page for what a link in an e-mail led to. Plain HTML: it is opened on any device, signed in or not. */
export function linkPage(
  answer: LinkAnswer,
  options: { appUrl: string; preferred: Decision },
): { status: number; html: string } {
  const todo = `<p><a href="${escapeHtml(options.appUrl)}/todo">Open Tributary</a></p>`;
  switch (answer.kind) {
    case 'forged':
      return page(
        400,
        'This link does not work',
        `<p>It is incomplete or was changed on the way. Open it from the e-mail again.</p>${todo}`,
      );
    case 'expired':
      return page(
        410,
        'This link has expired',
        `<p>Its time to decide is over. Look in Tributary for what waits for you.</p>${todo}`,
      );
    case 'gone':
      return page(404, 'This decision is gone', `<p>What it was about has been removed.</p>${todo}`);
    case 'not_allowed':
      return page(
        403,
        'You cannot decide this any more',
        `<p>Your role in the workspace has changed since this e-mail was sent.</p>${todo}`,
      );
    case 'refused':
      return page(409, 'This could not be done', `<p>${escapeHtml(answer.message)}</p>${todo}`);
    case 'decided':
      return page(
        200,
        `${HEADING[answer.approval.state]}: ${escapeHtml(answer.approval.title)}`,
        `<p>${becomes(answer.outcome)}</p>${todo}`,
      );
    case 'over':
      return over(answer, options.appUrl, todo);
    case 'changed':
      return page(
        409,
        `Changed since: ${escapeHtml(answer.approval.title)}`,
        `<p>What goes out changed since you looked, so nothing was decided. This is how it is now:</p>${question(answer.approval, options)}${todo}`,
      );
    case 'open':
      return page(
        200,
        `Please decide: ${escapeHtml(answer.approval.title)}`,
        question(answer.approval, options) + todo,
      );
  }
}

/** What somebody sees who has nothing to decide any more: what was decided instead, or where it waits. */
function over(
  { approval, outcome, pressed }: Extract<LinkAnswer, { kind: 'over' }>,
  appUrl: string,
  todo: string,
): { status: number; html: string } {
  const { latest } = outcome;
  const replaced = latest.id !== approval.id;
  const title = escapeHtml(latest.title);
  if (latest.state === 'open' || latest.state === 'kept')
    return page(
      409,
      `Changed since: ${title}`,
      `<p>It was moved or edited after this e-mail was sent, so this link decides nothing any more.</p><p><a href="${escapeHtml(`${appUrl}/todo#${latest.id}`)}">Look at what goes out now and when, and decide</a></p>`,
    );
  const lines = [
    pressed && 'This was already decided before you pressed.',
    replaced && 'It was moved or edited after this e-mail was sent.',
    latest.state !== 'withdrawn' && decided(outcome),
    becomes(outcome),
  ];
  return page(
    pressed ? 409 : 200,
    `${HEADING[latest.state]}: ${title}`,
    `${lines.map((line) => (line ? `<p>${line}</p>` : '')).join('')}${todo}`,
  );
}

const HEADING: Record<Approval['state'], string> = {
  open: 'Changed since',
  kept: 'Changed since',
  approved: 'Approved',
  rejected: 'Rejected',
  withdrawn: 'Nothing left to decide',
};

function decided({ latest, by }: Outcome): string {
  const done = latest.state === 'approved' ? 'approved' : 'rejected';
  switch (by.kind) {
    case 'you':
      return `You ${done} it.`;
    case 'person':
      return `${escapeHtml(by.name)} ${done} it.`;
    case 'deadline':
      return `It was ${done} because its deadline passed.`;
    case 'somebody':
      return `It was ${done}.`;
  }
}

const HELD: Record<NonNullable<Outcome['hold']>, string> = {
  pause: 'Posting is paused, so it does not go out until somebody starts posting again.',
  stop: 'Posting is stopped, so it does not go out until somebody starts posting again.',
  emergency:
    'Posting is stopped by an emergency stop, so it does not go out until somebody starts posting again.',
};

/** What happens with it now. */
function becomes({ latest, hold }: Outcome): string {
  if (latest.state === 'withdrawn') return 'The post was cancelled.';
  if (latest.state !== 'approved') return 'It does not go out.';
  const states = latest.publications.map((p) => p.state);
  if (states.some((state) => state === 'scheduled' || state === 'queued'))
    return hold ? HELD[hold] : 'It goes out at its time.';
  if (states.includes('publishing')) return 'It is going out right now.';
  if (states.length > 0 && states.every((state) => state === 'published')) return 'It is out.';
  if (states.length > 0 && states.every((state) => state === 'cancelled'))
    return hold === 'stop'
      ? 'Posting is stopped, and it was taken back: it does not go out unless somebody undoes that.'
      : 'It was cancelled since, so it does not go out.';
  return 'Look in Tributary for what became of it.';
}

function question(
  approval: Approval,
  { appUrl, preferred }: { appUrl: string; preferred: Decision },
): string {
  const items = approval.publications
    .map(
      (p) =>
        `<article><h2>${escapeHtml(p.connectionName)}, ${escapeHtml(p.localTime.replace('T', ' '))} (${escapeHtml(p.timeZone)})</h2><p>${escapeHtml(textsOf(p))}</p></article>`,
    )
    .join('');
  const repeated = approval.repeats
    .map(({ rule, texts }) => {
      const said = texts.map(
        (t) =>
          `<article><h2>${escapeHtml(t.connectionName)}, ${escapeHtml(described(rule))}</h2><p>${escapeHtml(textsOf(t))}</p></article>`,
      );
      return (
        said.join('') ||
        `<article><h2>${escapeHtml(described(rule))}</h2><p>It has no text now.</p></article>`
      );
    })
    .join('');
  const button = (decision: Decision, label: string) =>
    `<button name="decision" value="${decision}"${decision === preferred ? ' class="first"' : ''}>${label}</button>`;
  const buttons = [button('approve', 'Approve'), button('reject', 'Reject')];
  if (preferred === 'reject') buttons.reverse();
  // Whoever opens it has only the link: what is in the workspace's files is shown to those who sign in.
  const unseen = [...approval.publications, ...approval.repeats.flatMap(({ texts }) => texts)].some(
    (p) => p.media.length > 0,
  )
    ? `<p>Its pictures or video are not shown here. <a href="${escapeHtml(`${appUrl}/todo#${approval.id}`)}">Look at them in Tributary</a> before you decide.</p>`
    : '';
  return `${items}${repeated}${unseen}<form method="post"><input type="hidden" name="shown" value="${escapeHtml(approval.shown)}">${buttons.join('')}</form>`;
}

/** `heading` and `body` are HTML. */
function page(status: number, heading: string, body: string): { status: number; html: string } {
  return {
    status,
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${heading}</title><style>${STYLE}</style></head><body><main><h1>${heading}</h1>${body}</main></body></html>`,
  };
}
