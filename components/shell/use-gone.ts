import { useEffect, useRef } from 'react';

/**
 * Returns whether the user has gone elsewhere since the component appeared: left the page, or followed a link whose page is still loading.
 * What goes on to a page by itself after a request asks this first, because it would take the user away from where they went.
 */
export function useGone(): () => boolean {
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    const clicked = (event: MouseEvent) => {
      const link =
        event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href]') : null;
      if (!link || link.target || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      if (link.pathname !== location.pathname) gone.current = true;
    };
    document.addEventListener('click', clicked);
    return () => {
      gone.current = true;
      document.removeEventListener('click', clicked);
    };
  }, []);
  return () => gone.current;
}
