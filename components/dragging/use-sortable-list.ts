'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { sortableList } from './sortable-list';

type Sorting = ReturnType<typeof sortableList>;
const SETTLED_MS = 50;
const load = () => import('./sortable-list').then((m) => m.sortableList);

/** Returns the list with one member moved. */
function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [one] = next.splice(from, 1);
  if (one !== undefined) next.splice(to, 0, one);
  return next;
}

/**
 * A list whose rows users reorder by dragging or with the keyboard: on the handle, Space or Enter lifts and drops, arrows move, and Escape
 * cancels. `ids` is the current order; while a row is lifted, `order` is the order after a drop. Give the list `listProps`, each row
 * `rowProps(id)` and its handle `handleProps`. The code is loaded when the user first approaches the list.
 */
export function useSortableList({
  ids,
  nameOf,
  onDrop,
}: {
  ids: readonly string[];
  nameOf: (id: string) => string;
  onDrop: (order: string[], moved: string) => void;
}) {
  const t = useTranslations('ui.sortableList');
  const [lifted, setLifted] = useState<{ id: string; order: string[] } | null>(null);
  const [stepped, setStepped] = useState('');
  const list = useRef<HTMLElement>(null);
  const sorting = useRef<Sorting | null>(null);
  const starting = useRef<Promise<boolean> | null>(null);
  const latest = useRef({ ids, nameOf, onDrop, lifted, t });
  latest.current = { ids, nameOf, onDrop, lifted, t };
  const order = lifted?.order ?? ids;

  // Any rendering may have changed the rows.
  useLayoutEffect(() => sorting.current?.update());
  useEffect(
    () => () => {
      sorting.current?.destroy();
      sorting.current = null;
      starting.current = null;
    },
    [],
  );

  const begin = async (): Promise<boolean> => {
    const sortable = await load().catch(() => undefined);
    if (!sortable || !list.current) return false;
    const { t: words } = latest.current;
    const place = (id: string) => {
      const { ids: now, lifted: up } = latest.current;
      const shown = up?.order ?? now;
      return words('place', { place: shown.indexOf(id) + 1, count: shown.length });
    };
    const name = (id: string) => latest.current.nameOf(id);
    // Each position is announced only once, so as not to cut off the announcement of the lift.
    let said = '';
    // Moving a row in the DOM takes the focus away from its handle.
    const focus = (id: string) =>
      list.current
        ?.querySelector<HTMLElement>(
          `[data-sortable="${CSS.escape(id)}"]:not([data-dnd-placeholder]) [data-sortable-handle]`,
        )
        ?.focus({ preventScroll: true });
    const rendered = (id: string, change: () => void) => {
      flushSync(change);
      focus(id);
    };
    // The lifted row returns to its place in the DOM shortly after the drop.
    const settled = (id: string, change: () => void) => {
      rendered(id, change);
      setTimeout(() => {
        if (document.activeElement === document.body) focus(id);
      }, SETTLED_MS);
    };
    sorting.current = sortable(list.current, {
      onLift: (id) => rendered(id, () => setLifted({ id, order: [...latest.current.ids] })),
      onMove: (id, over) => {
        const shown = latest.current.lifted?.order ?? [...latest.current.ids];
        const [from, to] = [shown.indexOf(id), shown.indexOf(over)];
        if (from >= 0 && to >= 0) rendered(id, () => setLifted({ id, order: moved(shown, from, to) }));
      },
      onDrop: (id) => {
        const { lifted: up, ids: before } = latest.current;
        settled(id, () => {
          setLifted(null);
          if (up && up.order.join() !== before.join()) latest.current.onDrop(up.order, id);
        });
      },
      onCancel: (id) => settled(id, () => setLifted(null)),
      words: {
        instructions: words('instructions'),
        lifted: (id) => {
          said = place(id);
          return words('lifted', { name: name(id), place: said });
        },
        moved: (id) => {
          const now = place(id);
          if (now === said) return undefined;
          said = now;
          return now;
        },
        dropped: (id) => words('dropped', { name: name(id), place: place(id) }),
        cancelled: (id) => words('cancelled', { name: name(id) }),
      },
    });
    return true;
  };
  /** Resolves to whether the rows can be lifted. A failed download is retried the next time. */
  const start = (): Promise<boolean> => {
    starting.current ??= begin().then((ready) => {
      if (!ready) starting.current = null;
      return ready;
    });
    return starting.current;
  };
  /** Replays an event on a handle once the code is loaded. */
  const again = (event: PointerEvent | KeyboardEvent, copy: () => Event) => {
    const handle = (event.target as Element).closest?.('[data-sortable-handle]');
    if (!handle || sorting.current) return;
    if (event.type === 'keydown') event.preventDefault();
    let over = false;
    const end = () => {
      over = true;
    };
    const ends = ['pointerup', 'pointercancel', 'blur'] as const;
    for (const name of ends) window.addEventListener(name, end, { once: true });
    void start().then((ready) =>
      // The live region is in the DOM a frame later.
      requestAnimationFrame(() => {
        for (const name of ends) window.removeEventListener(name, end);
        if (ready && !over && handle.isConnected) handle.dispatchEvent(copy());
      }),
    );
  };

  return {
    order,
    lifted: lifted?.id ?? null,
    /** Moves a row by one place, for buttons. */
    step: (id: string, by: 1 | -1) => {
      const from = ids.indexOf(id);
      const to = from + by;
      if (from < 0 || to < 0 || to >= ids.length) return;
      setStepped(t('moved', { name: nameOf(id), place: t('place', { place: to + 1, count: ids.length }) }));
      onDrop(moved(ids, from, to), id);
    },
    /** The announcement of a step, for a live region. */
    said: stepped,
    listProps: {
      ref: (element: HTMLElement | null) => {
        list.current = element;
      },
      onPointerOver: () => void start(),
      onFocus: () => void start(),
      onPointerDown: (event: PointerEvent) =>
        again(event, () => new window.PointerEvent('pointerdown', event.nativeEvent)),
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key === ' ' || event.key === 'Enter')
          again(event, () => new window.KeyboardEvent('keydown', event.nativeEvent));
      },
    },
    rowProps: (id: string) => ({ 'data-sortable': id }),
    handleProps: { 'data-sortable-handle': '', style: { touchAction: 'none' as const } },
  };
}
