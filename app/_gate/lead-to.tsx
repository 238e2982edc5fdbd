import 'server-only';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { FullReload } from '@/components/shell/full-reload';

/**
 * For layouts, whose answer is kept by the browser's router and reused for minutes and on other pages: a redirect in it would go on
 * leading there after its reason is gone (a finished set-up, a new sign-in, also in another tab). So only a document, which is never
 * reused, is redirected. Anything else gets a piece that loads its page as a document.
 */
export async function leadTo(address: string): Promise<ReactNode> {
  if (isDocument(await headers())) redirect(address);
  return <FullReload />;
}

/** Whether the browser asked for a whole page. The router's own headers are hidden from pages, so this reads what browsers send. */
export function isDocument(sent: Pick<Headers, 'get'>): boolean {
  const destination = sent.get('sec-fetch-dest');
  // Browsers leave it out where the connection is not secure.
  if (destination) return destination === 'document';
  return (sent.get('accept') ?? '').includes('text/html');
}
