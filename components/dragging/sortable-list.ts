import {
  Accessibility,
  DragDropManager,
  type DragEndEvent,
  type DragOverEvent,
  type DragStartEvent,
  Feedback,
} from '@dnd-kit/dom';
import { Sortable } from '@dnd-kit/dom/sortable';

/** Callbacks of a sortable list. Rows carry `data-sortable` with their id, and their handles `data-sortable-handle`. */
export interface SortableOptions {
  onLift: (id: string) => void;
  /** The lifted row moves to the place of `over`. The DOM has the new order when this returns. */
  onMove: (id: string, over: string) => void;
  onDrop: (id: string) => void;
  onCancel: (id: string) => void;
  /** Announcements for screen readers. */
  words: {
    instructions: string;
    lifted: (id: string) => string;
    /** Undefined announces nothing. */
    moved: (id: string) => string | undefined;
    dropped: (id: string) => string;
    cancelled: (id: string) => string;
  };
}

/** Makes the rows of a list sortable by mouse, pen, touch and keyboard. Loaded on demand. Call `update` after every rendering. */
export function sortableList(list: HTMLElement, options: SortableOptions) {
  const idOf = (source: { id: unknown } | null | undefined) => String(source?.id ?? '');
  const { words } = options;
  const manager = new DragDropManager({
    plugins: (standard) => [
      ...standard.filter((plugin) => plugin !== Accessibility && plugin !== Feedback),
      Feedback.configure({ dropAnimation: null, keyboardTransition: null }),
      Accessibility.configure({
        screenReaderInstructions: { draggable: words.instructions },
        announcements: {
          dragstart: ({ operation }: DragStartEvent) => words.lifted(idOf(operation.source)),
          dragover: ({ operation }: DragOverEvent) => words.moved(idOf(operation.source)),
          dragend: ({ operation, canceled }: DragEndEvent) =>
            (canceled ? words.cancelled : words.dropped)(idOf(operation.source)),
        },
        debounce: 100,
      }),
    ],
  });
  manager.monitor.addEventListener('dragstart', ({ operation }) => options.onLift(idOf(operation.source)));
  manager.monitor.addEventListener('dragover', (event) => {
    const { source, target } = event.operation;
    // The order of the rows comes from the page's own state, not from this library's optimistic sorting.
    event.preventDefault();
    if (source && target && source.id !== target.id) options.onMove(idOf(source), idOf(target));
  });
  manager.monitor.addEventListener('dragend', ({ operation, canceled }) =>
    (canceled ? options.onCancel : options.onDrop)(idOf(operation.source)),
  );

  const rows = new Map<string, Sortable>();
  function update(): void {
    const found = new Set<string>();
    // While a row is lifted, a copy of it occupies its place.
    const shown = list.querySelectorAll<HTMLElement>('[data-sortable]:not([data-dnd-placeholder])');
    for (const [index, element] of [...shown].entries()) {
      const id = element.dataset.sortable ?? '';
      const handle = element.querySelector('[data-sortable-handle]');
      // A row without a handle cannot be lifted; a single row has none.
      if (!handle) continue;
      found.add(id);
      const row = rows.get(id);
      if (row?.element === element && row.draggable.handle === handle) row.index = index;
      else {
        row?.destroy();
        rows.set(id, new Sortable({ id, index, element, handle, transition: null }, manager));
      }
    }
    for (const [id, row] of rows)
      if (!found.has(id)) {
        row.destroy();
        rows.delete(id);
      }
  }
  update();
  return {
    update,
    destroy: () => {
      for (const row of rows.values()) row.destroy();
      manager.destroy();
    },
  };
}
