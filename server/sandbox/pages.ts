import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { styleFor } from './style';
import type { World } from './world';

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;
export { html, raw };

/** Renders a whole page: the plain "Sandbox" band, navigation, one heading, no scripts and no external resources. */
export async function page(
  world: World,
  o: { title: string; platform?: string; status?: number; wide?: boolean; formTo?: string[] },
  body: Markup,
): Promise<Response> {
  const standIn = world.standIn(o.platform);
  const name = standIn?.name;
  const style = styleFor(standIn?.accent);
  const text = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,"><title>${o.title} · ${name ? `${name} sandbox` : 'Sandbox'}</title>
<style>${raw(style.css)}</style>
</head>
<body>
<header class="band"><p><strong>Sandbox</strong> <span>${name ? `A stand-in for ${name} on this computer.` : 'Stand-ins for the platforms on this computer.'} Nothing here is real, and no money moves.</span></p>
<nav aria-label="Sandbox"><a href="${world.base}/">Overview</a><a href="${world.base}/control">Control</a></nav></header>
<main${o.wide ? raw(' class="wide"') : ''}>
<h1>${o.title}</h1>
${body}
</main>
</body>
</html>`;
  const formAction = ["'self'", ...(o.formTo ?? [])].join(' ');
  return new Response(text.toString(), {
    status: o.status ?? 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${style.hash}'; img-src 'self' data:; media-src 'self'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`,
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    },
  });
}

/** Renders a page that explains a problem and what to do. */
export function problemPage(
  world: World,
  o: { title: string; text: string; status: number; platform?: string; back?: string },
): Promise<Response> {
  return page(
    world,
    o,
    html`<p class="note bad">${o.text}</p>${o.back ? html`<p><a href="${o.back}">Go back</a></p>` : ''}`,
  );
}

/** Renders the 404 page. */
export const nothing = (world: World, platform?: string): Promise<Response> =>
  problemPage(world, {
    title: 'There is nothing here',
    text: 'It may have been removed. Go back to the overview.',
    status: 404,
    ...(platform ? { platform } : {}),
  });

/** Renders a time to the minute, in UTC. */
export const when = (at: Date): Markup =>
  html`<time datetime="${at.toISOString()}">${at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time>`;

/** Renders a part of a page that scrolls sideways where it is too wide, such as a table. */
export const region = (label: string, body: Markup): Markup =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${body}</div>`;
