import { live } from './store';

/** How long a hidden tab keeps its stream, because browsers limit the connections to one server. */
export const HIDDEN_MS = 20_000;
/** The server sends something every 15 seconds; after this silence the connection counts as dead. */
export const SILENCE_MS = 40_000;
/** How long to wait for the first event. A proxy may buffer streams, so that nothing arrives although the connection is open. */
export const READY_MS = 10_000;
const LONGEST_WAIT_MS = 30_000;
/** Polling interval where streams are buffered. */
const ASK_EVERY_MS = 5_000;

/** Returns the delay before attempt number `tries` in milliseconds: exponential backoff with jitter. */
export const backOff = (tries: number, random = Math.random()): number =>
  Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** tries) * (0.5 + random / 2);

/**
 * Manages the tab's only stream: opens it while the tab is visible, reopens it when it ends or falls silent, and resumes where it stopped.
 * `since` is the time of the page in milliseconds since 1970. Returns a function that closes it.
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
      // A refusal looks like any other failure here; only a request shows whether the session has ended.
      if (!arrived) void askWhy();
    };
  }

  async function askWhy(): Promise<void> {
    try {
      const answer = await fetch(address(true), { cache: 'no-store' });
      await answer.body?.cancel();
      if (answer.status === 401 || answer.status === 403) end();
    } catch {
      // Unreachable; the next attempt is already scheduled.
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
    // A page in the back/forward cache holds no connection; a restored page opens one.
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
