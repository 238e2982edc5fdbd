/** Reloads a page that the browser restores as it was left, with its buttons still busy. Returns a function that stops listening. */
export function renewWhenRestored(): () => void {
  const renew = (event: PageTransitionEvent) => {
    if (event.persisted) window.location.reload();
  };
  window.addEventListener('pageshow', renew);
  return () => window.removeEventListener('pageshow', renew);
}

/** Leaves for a page of another site (a payment, a platform's sign-in). The browser's Back button then leads to a working page. */
export function leaveFor(url: string): void {
  renewWhenRestored();
  window.location.assign(url);
}
