import 'server-only';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { FullReload } from '@/components/shell/full-reload';

/**
 * For layouts. The browser's router caches their output and reuses it for minutes and on other pages, so a redirect in a layout would
 * persist after its reason is gone (a finished set-up, a new sign-in, also in another tab). So only a document request, whose response is
 * never reused, is redirected. All others get a component that reloads the page as a document.
 */
export async function redirectDocument(address: string): Promise<ReactNode> {
  if (isDocument(await headers())) redirect(address);
  return <FullReload />;
}

/**
 * Whether the browser requested a whole document. Next.js hides the router's own headers from pages, so this reads the headers that
 * browsers send.
 */
export function isDocument(sent: Pick<Headers, 'get'>): boolean {
  const destination = sent.get('sec-fetch-dest');
  // Browsers omit it on insecure connections.
  if (destination) return destination === 'document';
  return (sent.get('accept') ?? '').includes('text/html');
}
