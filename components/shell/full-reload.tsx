'use client';

import { useEffect } from 'react';

/**
 * Rendered in place of a redirect during client-side navigation. Reloads the requested URL as a document, so that the server decides based
 * on the current state and not on the state when this was cached.
 */
export function FullReload() {
  useEffect(() => window.location.reload(), []);
  return <div role="status" aria-busy className="min-h-dvh" />;
}
