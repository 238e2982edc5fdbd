import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { STYLE, STYLE_HASH } from './style';
import type { World } from './world';

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;
export { html, raw };

export const PLATFORM_NAMES: Record<string, string> = {
  x: 'X',
  facebook: 'Facebook',
  etsy: 'Etsy',
  stripe: 'Stripe',
};

/** Renders a whole page: the plain "Sandbox" band, navigation, one heading, no scripts and no external resources. */
export async function page(
  world: World,
  o: { title: string; platform?: string; status?: number; wide?: boolean; formTo?: string[] },
  body: Markup,
): Promise<Response> {
  const name = o.platform ? PLATFORM_NAMES[o.platform] : undefined;
  const text = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,"><title>${o.title} · ${name ? `${name} sandbox` : 'Sandbox'}</title>
<style>${raw(STYLE)}</style>
</head>
<body${o.platform ? raw(` class="${o.platform}"`) : ''}>
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
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src 'self' data:; media-src 'self'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`,
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
