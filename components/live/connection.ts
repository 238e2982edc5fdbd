import { live } from './store';

/** A hidden tab leaves its stream after this long: browsers allow few to one server, and nobody looks. */
export const HIDDEN_MS = 20_000;
/** The server says something every 15 seconds; silence means that the connection is dead without knowing it. */
export const SILENCE_MS = 40_000;
/** Something on the way may hold streams back: then nothing arrives although the connection stands. */
export const READY_MS = 10_000;
const LONGEST_WAIT_MS = 30_000;
/** How often to ask where streams are held back. */
const ASK_EVERY_MS = 5_000;

/** A wait before the `tries`-th try, growing, and different for everybody, in milliseconds. */
export const backOff = (tries: number, random = Math.random()): number =>
  Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** tries) * (0.5 + random / 2);

/**
 * Holds the tab's one stream: opens it while the tab is looked at, opens it again when it ends or falls silent, and resumes where it
 * stopped. `since` is the time of the page, in milliseconds since 1970. Answers how to end it.
 */
export function connect(since: number): () => void {
  let source: EventSource | null = null;
  let cursor = String(since);
  let tries = 0;
  let heldBack = 0;
  let over = false;
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let hiding: ReturnType<typeof setTimeout> | undefined;
  const asking = () => heldBack >= 2;
  const address = (once: boolean) => `/api/live?since=${encodeURIComponent(cursor)}${once ? '&once=1' : ''}`;

  function close(): void {
    clearTimeout(watchdog);
    clearTimeout(again);
    source?.close();
    source = null;
  }
  function quietly(ms: number, act: () => void): void {
    clearTimeout(watchdog);
    watchdog = setTimeout(act, ms);
  }
  function openIn(ms: number): void {
    clearTimeout(again);
    again = setTimeout(open, ms);
  }
  function lose(): void {
    close();
    if (over) return;
    live.set('lost');
    openIn(backOff(tries++));
  }
  function end(): void {
    over = true;
    close();
    live.set('over');
  }

  function open(): void {
    if (over || source || document.visibilityState === 'hidden') return;
    const mine = new EventSource(address(asking()));
    source = mine;
    let arrived = false;
    const on = (name: string, act: (data: Record<string, unknown>) => void) =>
      mine.addEventListener(name, (event) => {
        if (source !== mine) return;
        const { data, lastEventId } = event as MessageEvent<string>;
        if (lastEventId) cursor = lastEventId;
        quietly(SILENCE_MS, lose);
        act(JSON.parse(data) as Record<string, unknown>);
      });
    const onChange = (data: Record<string, unknown>) => {
      if (data.resync === true) live.tell(null);
      else if (data.topics) live.tell(data.topics as Record<string, string[] | null>);
    };
    quietly(READY_MS, () => {
      heldBack += 1;
      lose();
    });
    on('ready', (data) => {
      arrived = true;
      tries = 0;
      if (!asking()) heldBack = 0;
      if (typeof data.now === 'number') live.setServerTime(data.now);
      live.set('live');
      onChange(data);
    });
    on('change', onChange);
    on('alive', () => {});
    on('bye', ({ why }) => {
      if (why === 'signed_out') return end();
      if (why === 'trouble') return lose();
      close();
      openIn((asking() ? ASK_EVERY_MS : 0) + Math.random() * 1_000);
    });
    mine.onerror = () => {
      if (source !== mine) return;
      lose();
      // A refusal looks like any other failure here; only asking tells whether the session is over.
      if (!arrived) void askWhy();
    };
  }

  async function askWhy(): Promise<void> {
    try {
      const answer = await fetch(address(true), { cache: 'no-store' });
      await answer.body?.cancel();
      if (answer.status === 401 || answer.status === 403) end();
    } catch {
      // Not reachable: the next attempt is planned.
    }
  }

  function openNow(): void {
    clearTimeout(hiding);
    if (over) return;
    tries = 0;
    if (!source) {
      clearTimeout(again);
      open();
    }
  }
  function sleep(): void {
    close();
    if (!over) live.set('off');
  }
  function onVisibility(): void {
    clearTimeout(hiding);
    if (document.visibilityState === 'hidden') hiding = setTimeout(sleep, HIDDEN_MS);
    else openNow();
  }
  const events: [EventTarget, string, () => void][] = [
    [document, 'visibilitychange', onVisibility],
    // A page that is kept for the back button holds no connection; one that comes back takes one.
    [window, 'pagehide', sleep],
    [window, 'pageshow', openNow],
    [window, 'online', openNow],
  ];
  for (const [target, name, act] of events) target.addEventListener(name, act);
  open();
  return () => {
    over = true;
    close();
    clearTimeout(hiding);
    for (const [target, name, act] of events) target.removeEventListener(name, act);
    live.set('off');
  };
}
