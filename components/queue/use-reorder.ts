'use client';

import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';

const ROW = 'data-reorder';
/** So close to the edge of the window the page scrolls along. */
const EDGE = 72;

/** The list with one of its members at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [one] = next.splice(from, 1);
  if (one !== undefined) next.splice(to, 0, one);
  return next;
}

/**
 * Reordering by pointer (mouse, pen and touch) and by keyboard. `ids` is the order as it is; while something is lifted `order` is the
 * order as it would be. Give each row `rowProps(id)` and its handle `handleProps(id)`. On the handle: Space or Enter lifts and drops,
 * arrows move, Escape puts back. `say` is for a live region.
 */
export function useReorder({
  ids,
  nameOf,
  onDrop,
}: {
  ids: readonly string[];
  nameOf: (id: string) => string;
  onDrop: (order: string[], moved: string) => void;
}) {
  const [lifted, setLifted] = useState<{ id: string; order: string[]; by: 'pointer' | 'keys' } | null>(null);
  const [say, setSay] = useState('');
  const handles = useRef(new Map<string, HTMLElement>());
  const order = lifted ? lifted.order : ids;

  // Moving a row in the page takes the focus from its handle.
  useEffect(() => {
    if (lifted?.by === 'keys') handles.current.get(lifted.id)?.focus();
  }, [lifted]);

  const place = (list: readonly string[], id: string) => `Place ${list.indexOf(id) + 1} of ${list.length}.`;
  const put = (id: string, list: string[]) => {
    setLifted(null);
    if (list.join() === ids.join()) return setSay(`${nameOf(id)} stays where it was.`);
    setSay(`${nameOf(id)} dropped. ${place(list, id)}`);
    onDrop(list, id);
  };
  const cancel = () => {
    if (!lifted) return;
    setSay(`${nameOf(lifted.id)} is back where it was.`);
    setLifted(null);
  };
  // A row that is moved in the page loses the pointer, so the window is listened to.
  const pointer = useRef({ over: (_: globalThis.PointerEvent) => {}, up: () => {}, cancel });
  pointer.current = {
    over: (event) => {
      if (lifted?.by !== 'pointer') return;
      if (event.clientY < EDGE) window.scrollBy({ top: -12 });
      if (event.clientY > window.innerHeight - EDGE) window.scrollBy({ top: 12 });
      const row = document.elementFromPoint(event.clientX, event.clientY)?.closest(`[${ROW}]`);
      const target = row?.getAttribute(ROW);
      if (!target || target === lifted.id) return;
      const [from, to] = [lifted.order.indexOf(lifted.id), lifted.order.indexOf(target)];
      if (from >= 0 && to >= 0) setLifted({ ...lifted, order: moved(lifted.order, from, to) });
    },
    up: () => {
      if (lifted?.by === 'pointer') put(lifted.id, lifted.order);
    },
    cancel,
  };
  const dragging = lifted?.by === 'pointer';
  useEffect(() => {
    if (!dragging) return;
    const over = (event: globalThis.PointerEvent) => pointer.current.over(event);
    const up = () => pointer.current.up();
    const stop = () => pointer.current.cancel();
    const key = (event: globalThis.KeyboardEvent) => {
      if (event.key === 'Escape') pointer.current.cancel();
    };
    window.addEventListener('pointermove', over);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', stop);
    window.addEventListener('keydown', key);
    return () => {
      window.removeEventListener('pointermove', over);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', stop);
      window.removeEventListener('keydown', key);
    };
  }, [dragging]);

  return {
    order,
    lifted: lifted?.id ?? null,
    say,
    /** Moves by one place, for buttons. */
    step: (id: string, by: 1 | -1) => {
      const from = ids.indexOf(id);
      const to = from + by;
      if (from >= 0 && to >= 0 && to < ids.length) put(id, moved(ids, from, to));
    },
    rowProps: (id: string) => ({ [ROW]: id }),
    handleProps: (id: string) => ({
      ref: (element: HTMLElement | null) => {
        if (element) handles.current.set(id, element);
        else handles.current.delete(id);
      },
      'aria-pressed': lifted?.id === id,
      style: { touchAction: 'none' as const },
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        if (event.button !== 0 || !ids.includes(id)) return;
        setLifted({ id, order: [...ids], by: 'pointer' });
      },
      onKeyDown: (event: KeyboardEvent) => {
        const own = lifted?.id === id ? lifted : null;
        if (event.key === ' ' || event.key === 'Enter') {
          event.preventDefault();
          if (own) return put(id, own.order);
          setLifted({ id, order: [...ids], by: 'keys' });
          setSay(
            `${nameOf(id)} lifted. ${place(ids, id)} Arrow keys move it, Space drops it, Escape puts it back.`,
          );
        } else if (event.key === 'Escape' && own) {
          event.preventDefault();
          cancel();
        } else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && own) {
          event.preventDefault();
          const from = own.order.indexOf(id);
          const to = from + (event.key === 'ArrowUp' ? -1 : 1);
          if (to < 0 || to >= own.order.length) return;
          const next = moved(own.order, from, to);
          setLifted({ ...own, order: next });
          setSay(place(next, id));
        }
      },
      onBlur: () => {
        if (lifted?.by === 'keys' && lifted.id === id && document.hasFocus())
          // The focus comes back by itself when the row was only moved.
          requestAnimationFrame(() => {
            if (document.activeElement !== handles.current.get(id)) cancel();
          });
      },
    }),
  };
}
