import type { CalendarRange } from './range';

/** Input of the calendar query, shared by the server, which prefetches it, and the browser. Pages of 250 publications. */
export const calendarInput = ({ from, to }: Pick<CalendarRange, 'from' | 'to'>) => ({ from, to, limit: 250 });
