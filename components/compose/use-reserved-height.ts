import { type CSSProperties, useEffect, useRef, useState } from 'react';

/**
 * Reserves the greatest height that an element has had, so that when it shrinks or disappears, the page does not get shorter and the
 * content above does not move on the screen. Starts over when its width changes. `kept` is the style of the frame, `content` the ref of
 * what is in it.
 */
export function useReservedHeight<E extends HTMLElement>() {
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
