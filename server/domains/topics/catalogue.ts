import { type Fact, fact, verbatim } from '@/server/foundation/facts';

export const TOPIC_SLUGS = [
  'memes',
  'tech',
  'business',
  'lifestyle',
  'finance',
  'travel',
  'food',
  'coding',
] as const;
export type TopicSlug = (typeof TOPIC_SLUGS)[number];

export interface TopicDescription {
  readonly slug: TopicSlug;
  /** For language models. Users see `topicName`. */
  readonly name: string;
  readonly audience: string;
  readonly tone: string;
  /** Two finished posts that show the user what the topic sounds like. */
  readonly samples: readonly [string, string];
}

/** The eight topics that a workspace can choose from. Audience and tone are defaults that a workspace may change. */
export const TOPICS: Readonly<Record<TopicSlug, TopicDescription>> = {
  memes: {
    slug: 'memes',
    name: 'Memes',
    audience: 'People who scroll on a break and share what they recognize in themselves',
    tone: 'dry, quick and friendly; the joke is on all of us, never on one person',
    samples: [
      'My to-do list and I have an understanding: it does not look at me, and I do not look at it.',
      'Sent "quick question" at 9:02. It is now a project with a steering committee.',
    ],
  },
  tech: {
    slug: 'tech',
    name: 'Tech',
    audience: 'Curious people who buy, use and repair gadgets and software',
    tone: 'clear and concrete; what it does for you comes before how it works',
    samples: [
      'Before you buy a new phone, replace the battery of the old one. It costs a tenth and feels like the same upgrade.',
      'A backup that you have never restored is a hope. Pick one file today and bring it back.',
    ],
  },
  business: {
    slug: 'business',
    name: 'Business',
    audience: 'Founders, freelancers and owners of small firms with too little time',
    tone: 'direct and experienced; one idea, one example, no slogans',
    samples: [
      'Raise the price for the next customer, not for the last one. You learn the same and keep the friendship.',
      'The weekly report nobody reads costs two hours. Stop sending it and see who asks.',
    ],
  },
  lifestyle: {
    slug: 'lifestyle',
    name: 'Lifestyle',
    audience: 'Busy people who want calmer days and a home that works',
    tone: 'warm and unhurried; small steps, no guilt',
    samples: [
      'Put your keys in the same place for a week. It is the smallest habit with the largest effect on your mornings.',
      'A walk counts even when it is short, slow and in the rain.',
    ],
  },
  finance: {
    slug: 'finance',
    name: 'Finance',
    audience: 'People who want to understand their own money without a course',
    tone: 'sober and exact; plain words, no promises and no advice to buy anything in particular',
    samples: [
      'Know three numbers by heart: what comes in each month, what goes out, and how many months you could live on what is left.',
      'A fee of one per cent a year sounds small. Over thirty years it takes about a quarter of the final sum.',
    ],
  },
  travel: {
    slug: 'travel',
    name: 'Travel',
    audience: 'Independent travellers who plan themselves and prefer trains to tours',
    tone: 'vivid and practical; one place, one detail, one useful hint',
    samples: [
      'Take the first train of the morning. The old town is yours for an hour, and the bakery is the only thing open.',
      'Pack for three days, whatever the length of the trip. Every place on earth has a way to wash a shirt.',
    ],
  },
  food: {
    slug: 'food',
    name: 'Food',
    audience: 'Home cooks who want a good dinner on a weekday',
    tone: 'appetising and encouraging; senses first, then the method',
    samples: [
      'Salt the water until it tastes like soup. Most bad pasta is simply under-salted pasta.',
      'Let the onions take their time. Twenty quiet minutes in the pan do more than any spice.',
    ],
  },
  coding: {
    slug: 'coding',
    name: 'Coding',
    audience: 'Developers who ship and maintain software for a living',
    tone: 'precise and collegial; a small insight that can be used today',
    samples: [
      'Name the variable after what it holds, not after where it came from. The second reader of your code is you, in March.',
      'The fastest test suite is the one that people actually run. Start by deleting the sleep calls.',
    ],
  },
};

/** Returns the name of a topic for display. */
export const topicName = (slug: string): Fact =>
  isTopicSlug(slug) ? fact(`topics.names.${slug}`) : verbatim(slug);

/** Whether the slug is one of the eight topics. */
export const isTopicSlug = (slug: string): slug is TopicSlug =>
  (TOPIC_SLUGS as readonly string[]).includes(slug);
