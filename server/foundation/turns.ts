/** Lets expensive work run a few at a time, in the order of the requests, with a limit for everyone and one for each holder. */
export interface Turns {
  /** Runs the work when its turn comes. Null, without running it, if too much is already running or waiting. */
  take<T>(holder: string, work: () => Promise<T>): Promise<T> | null;
}

interface Limits {
  /** Maximum number that runs at once. */
  atOnce: number;
  /** Maximum number that runs or waits: in total, and for one holder. */
  most: number;
  mostOfOne: number;
}

export function newTurns({ atOnce, most, mostOfOne }: Limits): Turns {
  const held = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let all = 0;
  let running = 0;

  const begin = (): Promise<void> => {
    if (running < atOnce) {
      running++;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const end = (holder: string) => {
    all--;
    const rest = (held.get(holder) ?? 0) - 1;
    if (rest > 0) held.set(holder, rest);
    else held.delete(holder);
    // The next one takes over this place.
    const next = waiting.shift();
    if (next) next();
    else running--;
  };
  const run = async <T>(holder: string, work: () => Promise<T>): Promise<T> => {
    await begin();
    try {
      return await work();
    } finally {
      end(holder);
    }
  };

  return {
    take(holder, work) {
      const own = held.get(holder) ?? 0;
      if (all >= most || own >= mostOfOne) return null;
      all++;
      held.set(holder, own + 1);
      return run(holder, work);
    },
  };
}
