/** The demo workspace's product. */
export const DEMO_PRODUCT = {
  title: 'Weekly planner, printable A4',
  description:
    'A calm weekly planner for your desk: one page, seven days, three lines for each. Print it as often as you like.',
  tags: ['planner', 'printable', 'weekly planner', 'a4'],
  price: 1400,
  floor: 900,
  currency: 'USD',
};

/** `inDays` is null for posts of the library. The last post awaits approval. */
export const DEMO_POSTS: readonly {
  title: string;
  short: string;
  long: string;
  inDays: number | null;
  at: string;
}[] = [
  {
    title: 'Three lines a day',
    short: 'I stopped writing long lists. Three lines a day, and the rest can wait until tomorrow.',
    long: 'I stopped writing long lists. Three lines a day is all my planner has room for, and somehow more gets done. What would your three be today?',
    inDays: null,
    at: '',
  },
  {
    title: 'Layers, again',
    short: 'Named a layer “final”. It has eleven children now.',
    long: 'Named a layer “final” this morning. It has eleven children now and they all have opinions.',
    inDays: null,
    at: '',
  },
  {
    title: 'Backups on a Friday',
    short: 'A backup that nobody has restored is a wish. Restore one today and sleep better.',
    long: 'A backup that nobody has ever restored is only a wish. Take twenty minutes today, restore one somewhere safe, and write down what was missing.',
    inDays: 1,
    at: '12:30',
  },
  {
    title: 'A desk for small days',
    short: 'Some days the whole plan is: tea, one drawing, a walk. That is a plan.',
    long: 'Some days the whole plan is tea, one drawing and a walk. It fits on one page, and that is rather the point.',
    inDays: 2,
    at: '18:00',
  },
  {
    title: 'The planner is in the shop',
    short: 'The weekly planner is in the shop: one page, seven days, print it as often as you like.',
    long: 'The weekly planner is in the shop now. One page, seven days, three lines for each. Print it as often as you like and start on any Monday.',
    inDays: 3,
    at: '09:30',
  },
];
