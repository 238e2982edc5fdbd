import type { CalendarRange } from './range';

/** What the calendar asks for, the same on the server, which reads ahead, and in the browser. The first 250, then the next. */
export const calendarInput = ({ from, to }: Pick<CalendarRange, 'from' | 'to'>) => ({ from, to, limit: 250 });
