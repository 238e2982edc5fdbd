import type { Translator } from '@/i18n/words';
import { directionOf } from '@/server/foundation/bidi-text';
import { escapeHtml } from '@/server/foundation/escape-html';
import { textsOf } from '../approval-requests/texts';
import type { LinkResult, Outcome } from './decide-by-link';
import type { Approval, Decision } from './schemas';

const STYLE = `:root{color-scheme:light dark}
body{margin:0;font:16px/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
main{max-width:36rem;margin:0 auto;padding:2.5rem 1rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}
article{border:1px solid color-mix(in srgb,CanvasText 25%,Canvas);border-radius:8px;padding:.75rem 1rem;margin:1rem 0}
article h2{font-size:.875rem;margin:0 0 .25rem}
article p{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext}
form{display:flex;gap:.75rem;flex-wrap:wrap;margin-top:1.5rem}
button{font:inherit;min-height:44px;padding:0 1.25rem;border-radius:8px;border:1px solid CanvasText;background:Canvas;color:CanvasText;cursor:pointer}
button.first{background:CanvasText;color:Canvas}
a{color:inherit}`;

/** Messages of the page in the reader's language. */
type LinkWords = Translator<'approvalLink'>;

interface Page {
  status: number;
  html: string;
}

/** Returns the status and HTML page for the result of an e-mail link. Plain HTML, because it is opened on any device, signed in or not. */
export function linkPage(
  answer: LinkResult,
  options: { appUrl: string; preferred: Decision; words: LinkWords },
): Page {
  const { words, appUrl } = options;
  const { t, say } = words;
  const todo = `<p><a href="${escapeHtml(appUrl)}/todo">${escapeHtml(t('open'))}</a></p>`;
  const short = (status: number, heading: string, text: string) =>
    page(words, status, heading, `<p>${escapeHtml(text)}</p>${todo}`);
  switch (answer.kind) {
    case 'forged':
      return short(400, t('forged.title'), t('forged.text'));
    case 'expired':
      return short(410, t('expired.title'), t('expired.text'));
    case 'gone':
      return short(404, t('gone.title'), t('gone.text'));
    case 'not_allowed':
      return short(403, t('notAllowed.title'), t('notAllowed.text'));
    case 'refused':
      return short(409, t('refused'), say(answer.reason));
    case 'decided':
      return short(
        200,
        t('heading', { state: answer.approval.state, title: answer.approval.title }),
        nextStepMessage(words, answer.outcome),
      );
    case 'over':
      return over(answer, options, todo);
    case 'changed':
      return page(
        words,
        409,
        t('heading', { state: 'open', title: answer.approval.title }),
        `<p>${escapeHtml(t('changed'))}</p>${question(answer.approval, options)}${todo}`,
      );
    case 'open':
      return page(
        words,
        200,
        t('decide', { title: answer.approval.title }),
        question(answer.approval, options) + todo,
      );
  }
}

/** Returns the page for an approval with nothing left to decide: what was decided, or which approval replaced it. */
function over(
  { approval, outcome, pressed }: Extract<LinkResult, { kind: 'over' }>,
  { appUrl, words }: { appUrl: string; words: LinkWords },
  todo: string,
): Page {
  const { t } = words;
  const { latest } = outcome;
  const replaced = latest.id !== approval.id;
  const heading = t('heading', { state: latest.state, title: latest.title });
  if (latest.state === 'open' || latest.state === 'kept')
    return page(
      words,
      409,
      heading,
      `<p>${escapeHtml(t('replaced.waits'))}</p><p><a href="${escapeHtml(`${appUrl}/todo#${latest.id}`)}">${escapeHtml(t('replaced.look'))}</a></p>`,
    );
  const lines = [
    pressed && t('pressedLate'),
    replaced && t('replaced.over'),
    latest.state !== 'withdrawn' && decided(words, outcome),
    nextStepMessage(words, outcome),
  ];
  return page(
    words,
    pressed ? 409 : 200,
    heading,
    `${lines.map((line) => (line ? `<p>${escapeHtml(line)}</p>` : '')).join('')}${todo}`,
  );
}

function decided({ t }: LinkWords, { latest, by }: Outcome): string {
  const decision = latest.state === 'approved' ? 'approved' : 'rejected';
  return by.kind === 'person'
    ? t('by.person', { decision, name: by.name })
    : t(`by.${by.kind}`, { decision });
}

/** Returns the message about what happens with the post now. */
function nextStepMessage({ t }: LinkWords, { latest, hold }: Outcome): string {
  if (latest.state === 'withdrawn') return t('becomes.withdrawn');
  if (latest.state !== 'approved') return t('becomes.rejected');
  const states = latest.publications.map((p) => p.state);
  if (states.some((state) => state === 'scheduled' || state === 'queued'))
    return hold ? t('becomes.held', { hold }) : t('becomes.goes');
  if (states.includes('publishing')) return t('becomes.going');
  if (states.length > 0 && states.every((state) => state === 'published')) return t('becomes.out');
  if (states.length > 0 && states.every((state) => state === 'cancelled'))
    return t(hold === 'stop' ? 'becomes.takenBack' : 'becomes.cancelled');
  return t('becomes.other');
}

function question(
  approval: Approval,
  { appUrl, preferred, words }: { appUrl: string; preferred: Decision; words: LinkWords },
): string {
  const { t, say } = words;
  const item = (where: string, when: string, text: Parameters<typeof textsOf>[0]) =>
    `<article><h2>${escapeHtml(t('item', { where, when }))}</h2><p dir="auto">${escapeHtml(textsOf(text, say))}</p></article>`;
  const items = approval.publications
    .map((p) => item(p.connectionName, `${p.localTime.replace('T', ' ')} (${p.timeZone})`, p))
    .join('');
  const repeated = approval.repeats
    .map(({ rule, texts }) => {
      const said = texts.map((text) => item(text.connectionName, say(rule), text));
      return (
        said.join('') ||
        `<article><h2>${escapeHtml(say(rule))}</h2><p>${escapeHtml(t('noText'))}</p></article>`
      );
    })
    .join('');
  const button = (decision: Decision, label: string) =>
    `<button name="decision" value="${decision}"${decision === preferred ? ' class="first"' : ''}>${escapeHtml(label)}</button>`;
  const buttons = [button('approve', t('approve')), button('reject', t('reject'))];
  if (preferred === 'reject') buttons.reverse();
  // The reader has only the link. The workspace's files are shown to signed-in members only.
  const unseen = [...approval.publications, ...approval.repeats.flatMap(({ texts }) => texts)].some(
    (p) => p.media.length > 0,
  )
    ? `<p>${t.markup('media', {
        link: (words) => `<a href="${escapeHtml(`${appUrl}/todo#${approval.id}`)}">${words}</a>`,
      })}</p>`
    : '';
  return `${items}${repeated}${unseen}<form method="post"><input type="hidden" name="fingerprint" value="${escapeHtml(approval.fingerprint)}">${buttons.join('')}</form>`;
}

/** `body` is HTML. */
function page({ locale }: LinkWords, status: number, heading: string, body: string): Page {
  const title = escapeHtml(heading);
  return {
    status,
    html: `<!doctype html><html lang="${locale}" dir="${directionOf(locale)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>${STYLE}</style></head><body><main><h1>${title}</h1>${body}</main></body></html>`,
  };
}
