/** Reloads a page that the browser brings back as it was left, with its buttons still busy. Answers how to stop listening. */
export function renewWhenRestored(): () => void {
  const renew = (event: PageTransitionEvent) => {
    if (event.persisted) window.location.reload();
  };
  window.addEventListener('pageshow', renew);
  return () => window.removeEventListener('pageshow', renew);
}

/** Leaves for another site's page (a payment, a platform's sign-in). The browser's Back button finds a page that works. */
export function leaveFor(url: string): void {
  renewWhenRestored();
  window.location.assign(url);
}
