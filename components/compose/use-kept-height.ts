import { type CSSProperties, useEffect, useRef, useState } from 'react';

/**
 * Keeps the space that something had at its highest, so that the page does not become shorter, and what is above it does not move on
 * the screen, when it shrinks or goes. Starts over when its width changes. `kept` is for the frame, `content` for what is in it.
 */
export function useKeptHeight<E extends HTMLElement>() {
  const content = useRef<E>(null);
  const [kept, setKept] = useState<CSSProperties>({});
  useEffect(() => {
    const element = content.current;
    if (!element) return;
    let [width, most] = [0, 0];
    const observer = new ResizeObserver(() => {
      const { offsetWidth, offsetHeight } = element;
      if (offsetWidth === width && offsetHeight <= most) return;
      [width, most] = [offsetWidth, offsetHeight];
      setKept({ minHeight: most });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { kept, content };
}
