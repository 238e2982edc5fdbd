'use client';

import { useEffect } from 'react';

/**
 * Stands where the server had to lead elsewhere while the browser changed pages without loading a document. Loads the address
 * that was asked for as a document, so that the server decides with what holds now and not with what held when this was cached.
 */
export function FullReload() {
  useEffect(() => window.location.reload(), []);
  return <div role="status" aria-busy className="min-h-dvh" />;
}
